import { expect } from "chai";
import { asId, type AgentId, type FrameworkId } from "../../../../src/api/ids/ids.ts";
import { EngineScenario } from "../../../support/mesos/engine-scenario.ts";

describe("failover of the engine (HA-02)", () => {
  const agentInfo = { hostname: "a" };
  const frameworkInfo = { user: "u", name: "fw", failover_timeout: 3600, roles: ["*"] };
  const records = {
    agents: [{ key: "old-S0", value: { info: agentInfo, node_uid: "n1", deactivated: false } }],
    unreachable: [],
    gone: [{ key: "old-S9", value: { since_ms: 1 } }],
    completed: [],
    drains: [],
    checkpoints: [],
    machines: [],
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
