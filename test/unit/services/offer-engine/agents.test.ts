import { expect } from "chai";
import { asId, type AgentId, type FrameworkId } from "../../../../src/api/ids/ids.ts";
import { EngineScenario } from "../../../support/mesos/engine-scenario.ts";

const LASTING = { framework_info: { user: "u", name: "fw", failover_timeout: 3600 } };

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
    expect(scenario.engine.ackedSeq(link)).to.equal(10_000);
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

describe("failover of the engine (HA-02)", () => {
  const agentInfo = { hostname: "a" };
  const frameworkInfo = { user: "u", name: "fw", failover_timeout: 3600, roles: ["*"] };
  const records = {
    agents: [{ key: "old-S0", value: { info: agentInfo, node_uid: "n1", deactivated: false } }],
    unreachable: [],
    gone: [{ key: "old-S9", value: { since_ms: 1 } }],
    completed: [],
    drains: [],
    frameworks: [
      {
        key: "old-0000",
        value: {
          info: { ...frameworkInfo, capabilities: [{ type: "MULTI_ROLE" as const }] },
          suppressed_roles: ["*"],
          connected: true,
          registered_ms: 1,
        },
      },
    ],
  };

  it("keeps ids, roles and suppression", () => {
    const scenario = new EngineScenario({ records });
    scenario.agent("a", { agent_id: "old-S0" });
    const framework = scenario.engine.state.frameworks.get(asId<FrameworkId>("old-0000"));
    expect(framework?.connection.kind).to.equal("recovered");
    expect([...(framework?.suppressed ?? [])]).to.deep.equal(["*"]);
    expect(scenario.engine.state.agents.has(asId<AgentId>("old-S0"))).to.equal(true);
    expect(scenario.engine.state.recovered.size).to.equal(0);
  });

  it("rebuilds tasks from the agents, without a word to the frameworks", () => {
    const scenario = new EngineScenario({ records });
    scenario.framework("s", { framework_info: { ...frameworkInfo, id: { value: "old-0000" } } });
    scenario.agent("a", {
      agent_id: "old-S0",
      tasks: [scenario.reported("old-0000", "old-S0", "t1", "TASK_RUNNING")],
    });
    const framework = scenario.engine.state.frameworks.get(asId<FrameworkId>("old-0000"));
    expect([...(framework?.tasks.keys() ?? [])]).to.deep.equal(["t1"]);
    expect(scenario.updates("s")).to.deep.equal([]);
    scenario.pass(50);
    expect(scenario.offers("s").map(({ resources }) => resources[0])).to.deep.include({
      kind: "scalar",
      name: "cpus",
      reservations: [],
      milli: 3000,
    });
  });

  it("is silent about tasks of agents that are not back (MES-17)", () => {
    const scenario = new EngineScenario({ records });
    const info = { ...frameworkInfo, id: { value: "old-0000" } };
    scenario.framework("s", { framework_info: info });
    const ask = (agentId: string): void =>
      scenario.call("old-0000", {
        type: "RECONCILE",
        reconcile: { tasks: [{ task_id: { value: "t1" }, agent_id: { value: agentId } }] },
      });
    ask("old-S0");
    expect(scenario.updates("s")).to.deep.equal([]);
    ask("old-S9");
    expect(scenario.updates("s")[0]?.message).to.equal("Reconciliation: Task is gone");
  });

  it("shuts an agent down that was marked gone", () => {
    const scenario = new EngineScenario({ records });
    const link = scenario.agent("b", { agent_id: "old-S9" });
    expect(scenario.agentEvents(link)[0]?.type).to.equal("SHUTDOWN");
  });

  it("knows frameworks that only agents remember, until they subscribe", () => {
    const scenario = new EngineScenario();
    scenario.agent("a", {
      agent_id: "old-S0",
      frameworks: [{ ...frameworkInfo, id: { value: "strange" } }],
      tasks: [scenario.reported("strange", "old-S0", "t1", "TASK_RUNNING")],
    });
    const framework = scenario.engine.state.frameworks.get(asId<FrameworkId>("strange"));
    expect([framework?.connection.kind, framework?.tasks.size]).to.deep.equal(["recovered", 1]);
  });

  it("gives agents up that are not back after the re-registration timeout", () => {
    const scenario = new EngineScenario({ records });
    scenario.pass(601_000);
    expect(scenario.engine.state.recovered.size).to.equal(0);
    expect(scenario.engine.state.unreachable.has(asId<AgentId>("old-S0"))).to.equal(true);
  });
});
