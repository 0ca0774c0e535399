import { expect } from "chai";
import { asId, type FrameworkId } from "../../../../src/api/ids/ids.ts";
import { LASTING } from "../../../support/mesos/builders.ts";
import { EngineScenario } from "../../../support/mesos/engine-scenario.ts";

describe("agents in the engine that fall silent and return", () => {
  it("is suspect after two missed beats, disconnected after four, unreachable after 25 s", () => {
    const scenario = new EngineScenario();
    const link = scenario.agent("a");
    const id = scenario.framework("s", LASTING);
    const agentId = scenario.agentIdOf(link);
    scenario.launch("s", id, "t1");
    scenario.pass(1500);
    scenario.silence(link);
    const kind = (): string | undefined => scenario.engine.state.agents.get(agentId)?.link.kind;
    scenario.pass(1500);
    expect(kind()).to.equal("active");
    scenario.pass(1000);
    expect(kind()).to.equal("suspect");
    scenario.pass(2000);
    expect(kind()).to.equal("disconnected");
    expect(scenario.engine.state.offers.size).to.equal(0);
    expect(scenario.updates("s")).to.deep.equal([]);
    scenario.pass(22_000);
    expect(kind()).to.equal(undefined);
    expect(scenario.updates("s")[0]).to.deep.include({
      state: "TASK_UNREACHABLE",
      reason: "REASON_AGENT_REMOVED",
      source: "SOURCE_MASTER",
    });
    expect(scenario.updates("s")[0]).to.have.property("unreachable_time");
    expect(scenario.events("s").at(-1)).to.deep.equal({
      type: "FAILURE",
      failure: { agent_id: { value: agentId } },
    });
  });

  it("tells LOST to a framework that is not partition-aware", () => {
    const scenario = new EngineScenario();
    const link = scenario.agent("a");
    const info = { ...LASTING.framework_info, capabilities: [], roles: [], role: "*" };
    const { roles: _none, ...old } = info;
    const id = scenario.framework("s", { framework_info: { ...old, roles: [] } });
    scenario.launch("s", id, "t1");
    scenario.silence(link);
    scenario.pass(27_000);
    expect(scenario.updates("s")[0]?.state).to.equal("TASK_LOST");
  });

  it("takes tasks back when an unreachable agent returns; none is killed (MES-28)", () => {
    const scenario = new EngineScenario();
    const link = scenario.agent("a");
    const id = scenario.framework("s", LASTING);
    const agentId = scenario.agentIdOf(link);
    scenario.launch("s", id, "t1");
    scenario.silence(link);
    scenario.pass(27_000);
    const again = scenario.agent("a", {
      agent_id: agentId,
      tasks: [scenario.reported(id, agentId, "t1", "TASK_RUNNING")],
    });
    expect(scenario.updates("s").at(-1)).to.deep.include({
      state: "TASK_RUNNING",
      reason: "REASON_AGENT_REREGISTERED",
      message: "Unreachable agent re-reregistered",
    });
    expect(scenario.agentEvents(again).map(({ type }) => type)).to.deep.equal([
      "SUBSCRIBED",
      "REACTIVATE",
    ]);
    const framework = scenario.engine.state.frameworks.get(asId<FrameworkId>(id));
    expect([framework?.tasks.size, framework?.unreachableTasks.size]).to.deep.equal([1, 0]);
  });

  const without: Record<string, [capabilities: "PARTITION_AWARE"[], states: string[]]> = {
    "is told that it is gone": [["PARTITION_AWARE"], ["TASK_UNREACHABLE", "TASK_GONE"]],
    "has been told already that it is lost": [[], ["TASK_LOST"]],
  };
  for (const [name, [capabilities, states]] of Object.entries(without)) {
    it(`ends a task that an unreachable agent returns without: the framework ${name} (MES-29)`, () => {
      const scenario = new EngineScenario();
      const link = scenario.agent("a");
      const agentId = scenario.agentIdOf(link);
      const types = ["MULTI_ROLE" as const, ...capabilities].map((type) => ({ type }));
      const id = scenario.framework("s", {
        framework_info: { ...LASTING.framework_info, roles: ["*"], capabilities: types },
      });
      scenario.launch("s", id, "t1");
      scenario.silence(link);
      scenario.pass(27_000);
      scenario.agent("a", { agent_id: agentId });
      expect(scenario.updates("s").map(({ state }) => state)).to.deep.equal(states);
      const framework = scenario.engine.state.frameworks.get(asId<FrameworkId>(id));
      expect([framework?.tasks.size, framework?.unreachableTasks.size]).to.deep.equal([0, 0]);
      expect(framework?.completedTasks).to.have.length(1);
    });
  }

  it("tells nobody when the agent is back before the record of its loss is durable", () => {
    const scenario = new EngineScenario();
    const link = scenario.agent("a");
    const id = scenario.framework("s", LASTING);
    const agentId = scenario.agentIdOf(link);
    scenario.launch("s", id, "t1");
    scenario.silence(link);
    scenario.holdsWrites = true;
    scenario.pass(27_000);
    scenario.agent("a", {
      agent_id: agentId,
      tasks: [scenario.reported(id, agentId, "t1", "TASK_RUNNING")],
    });
    scenario.releaseWrites();
    expect(scenario.updates("s")).to.deep.equal([]);
    expect(scenario.writes.at(-1)).to.deep.equal({
      kind: "delete",
      record: "unreachable",
      key: agentId,
    });
  });

  it("believes no storm: nobody is declared unreachable when most fall silent at once", () => {
    const scenario = new EngineScenario();
    const links = ["a", "b", "c", "d", "e"].map((name) => scenario.agent(name));
    for (const link of links.slice(0, 4)) scenario.silence(link);
    scenario.pass(40_000);
    expect(scenario.engine.isStorm).to.equal(true);
    expect(scenario.engine.state.unreachable.size).to.equal(0);
  });

  it("extends leases by its own stall", () => {
    const scenario = new EngineScenario();
    const link = scenario.agent("a");
    scenario.put({ kind: "ticked", lagMs: 30_000 });
    scenario.pass(1000);
    expect(scenario.engine.state.agents.get(scenario.agentIdOf(link))?.link.kind).to.equal(
      "active",
    );
  });

  it("lists what the agent did not report, so that it answers for it", () => {
    const scenario = new EngineScenario();
    const link = scenario.agent("a");
    const id = scenario.framework("s", LASTING);
    scenario.launch("s", id, "t1");
    const again = scenario.agent("a", { agent_id: scenario.agentIdOf(link) });
    expect(scenario.agentEvents(again)[0]).to.deep.include({
      tasks: [{ framework_id: id, task_id: "t1", partition_aware: true }],
    });
  });

  it("keeps a KILL for an agent that is away and sends it on its return", () => {
    const scenario = new EngineScenario();
    const link = scenario.agent("a");
    const agentId = scenario.agentIdOf(link);
    const id = scenario.framework("s", LASTING);
    scenario.launch("s", id, "t1");
    scenario.put({ kind: "agentLinkClosed", linkId: link });
    scenario.call(id, { type: "KILL", kill: { task_id: { value: "t1" } } });
    const again = scenario.agent("a", {
      agent_id: agentId,
      tasks: [scenario.reported(id, agentId, "t1", "TASK_RUNNING")],
    });
    expect(scenario.agentEvents(again).map(({ type }) => type)).to.deep.equal([
      "SUBSCRIBED",
      "KILL",
      "REACTIVATE",
    ]);
  });
});
