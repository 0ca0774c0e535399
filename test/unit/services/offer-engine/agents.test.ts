import { expect } from "chai";
import { LASTING } from "../../../support/mesos/builders.ts";
import { EngineScenario } from "../../../support/mesos/engine-scenario.ts";

describe("agents in the engine", () => {
  it("admits a new agent only when its record is durable", () => {
    const scenario = new EngineScenario();
    scenario.holdsWrites = true;
    const link = scenario.agent("a");
    expect(scenario.agentEvents(link)).to.deep.equal([]);
    scenario.releaseWrites();
    expect(scenario.agentEvents(link)[0]).to.deep.include({
      type: "SUBSCRIBED",
      term: 1,
      agent_id: "m-S0",
      beat_interval_ms: 1000,
      lease_ms: 4000,
    });
  });

  it("expects an agent back that hung up before its record was durable", () => {
    const scenario = new EngineScenario();
    scenario.holdsWrites = true;
    const link = scenario.agent("a");
    scenario.put({ kind: "agentLinkClosed", linkId: link });
    scenario.releaseWrites();
    expect(scenario.engine.state.agents.size).to.equal(0);
    expect([...scenario.engine.state.recovered.keys()]).to.deep.equal(["m-S0"]);
  });

  it("gives an agent that lost its disk the id its node had (MES-31)", () => {
    const scenario = new EngineScenario();
    const first = scenario.agent("a", { node_uid: "n1" });
    const second = scenario.agent("a", { node_uid: "n1" });
    expect(scenario.agentIdOf(second)).to.equal(scenario.agentIdOf(first));
    expect(scenario.agentEvents(first).at(-1)?.type).to.equal("ERROR");
    expect(scenario.closed.has(first)).to.equal(true);
  });

  it("refuses an agent that has seen a higher term", () => {
    const scenario = new EngineScenario({ term: 3 });
    const link = scenario.agent("a", { term_seen: 4 });
    expect(scenario.agentEvents(link)[0]?.type).to.equal("ERROR");
  });

  it("rescinds offers that no longer fit a smaller total", () => {
    const scenario = new EngineScenario();
    const link = scenario.agent("a");
    scenario.framework("s", LASTING);
    scenario.agentCall(link, {
      type: "UPDATE_AGENT",
      total: [{ name: "cpus", type: "SCALAR", scalar: { value: 1 } }],
      attributes: [],
      oversubscribed: [],
      unschedulable: false,
    });
    expect(scenario.events("s").at(-1)?.type).to.equal("RESCIND");
  });

  it("offers nothing of a cordoned agent", () => {
    const scenario = new EngineScenario();
    scenario.agent("a", { unschedulable: true });
    scenario.framework("s");
    scenario.pass(2000);
    expect(scenario.offers("s")).to.have.length(0);
  });

  it("ends the tasks of an agent that leaves for good", () => {
    const scenario = new EngineScenario();
    const link = scenario.agent("a");
    const id = scenario.framework("s", LASTING);
    scenario.launch("s", id, "t1");
    scenario.agentCall(link, { type: "GOODBYE", reason: "remove", within_ms: 0 });
    expect(scenario.updates("s")[0]).to.deep.include({
      state: "TASK_GONE",
      reason: "REASON_AGENT_REMOVED",
      message: "Agent a removed: unregistered",
    });
    expect(scenario.engine.state.agents.size).to.equal(0);
  });
});
