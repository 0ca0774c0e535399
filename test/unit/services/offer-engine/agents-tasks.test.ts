import { expect } from "chai";
import { asId, type FrameworkId } from "../../../../src/api/ids/ids.ts";
import { LASTING } from "../../../support/mesos/builders.ts";
import { EngineScenario } from "../../../support/mesos/engine-scenario.ts";

describe("tasks on agents in the engine", () => {
  it("applies a call once, however often its number comes", () => {
    const scenario = new EngineScenario();
    const link = scenario.agent("a");
    const id = scenario.framework("s", LASTING);
    scenario.launch("s", id, "t1");
    const call = {
      type: "STATUS_UPDATE" as const,
      seq: 10_000,
      framework_id: id,
      status: { task_id: { value: "t1" }, state: "TASK_RUNNING" as const, uuid: "AAAA" },
      latest_state: "TASK_RUNNING" as const,
    };
    scenario.put({ kind: "agentCalled", linkId: link, calls: [call, call] });
    scenario.put({ kind: "agentCalled", linkId: link, calls: [call] });
    expect(scenario.updates("s")).to.have.length(1);
    expect(scenario.engine.agentLink(link)?.ackedSeq).to.equal(10_000);
  });

  it("frees resources at the latest state although an older update is the head (MES-20)", () => {
    const scenario = new EngineScenario();
    const link = scenario.agent("a");
    const id = scenario.framework("s", LASTING);
    scenario.launch("s", id, "t1", "cpus:4;mem:1024");
    const before = scenario.offers("s").length;
    scenario.update(link, id, "t1", "TASK_RUNNING", "TASK_FINISHED");
    scenario.pass(50);
    expect(scenario.offers("s").length).to.equal(before + 1);
    expect(scenario.updates("s").map(({ state }) => state)).to.deep.equal(["TASK_RUNNING"]);
  });

  it("forgets a terminal task when it is acknowledged, not before", () => {
    const scenario = new EngineScenario();
    const link = scenario.agent("a");
    const id = scenario.framework("s", LASTING);
    scenario.launch("s", id, "t1");
    scenario.update(link, id, "t1", "TASK_FINISHED");
    const framework = scenario.engine.state.frameworks.get(asId<FrameworkId>(id));
    expect(framework?.tasks.size).to.equal(1);
    scenario.acknowledge(id, link, "t1");
    expect([framework?.tasks.size, framework?.completedTasks.length]).to.deep.equal([0, 1]);
    expect(scenario.agentEvents(link).at(-1)?.type).to.equal("ACKNOWLEDGE");
  });

  it("drops what an agent says of a framework nobody knows, and does not acknowledge it", () => {
    const scenario = new EngineScenario();
    const link = scenario.agent("a");
    scenario.update(link, "nobody", "t1", "TASK_RUNNING");
    expect(scenario.engine.counters.get("master/invalid_status_updates")).to.equal(1);
    expect(scenario.agentEvents(link).map(({ type }) => type)).to.not.include("ACKNOWLEDGE");
  });

  it("answers for tasks of spent offers and loses nothing (MES-03)", () => {
    const scenario = new EngineScenario();
    scenario.agent("a");
    const id = scenario.framework("s", LASTING);
    const offer = scenario.lastOffer("s");
    scenario.launch("s", id, "t1");
    scenario.pass(1500);
    scenario.call(id, {
      type: "ACCEPT",
      accept: {
        offer_ids: [{ value: offer.id }],
        operations: [
          {
            type: "LAUNCH",
            launch: {
              task_infos: [
                { name: "t2", task_id: { value: "t2" }, agent_id: { value: offer.agent.id } },
              ],
            },
          },
        ],
      },
    });
    expect(scenario.updates("s").at(-1)).to.deep.include({
      state: "TASK_DROPPED",
      reason: "REASON_INVALID_OFFERS",
      message: `Task launched with invalid offers: Offer ${offer.id} is no longer valid`,
    });
  });
});
