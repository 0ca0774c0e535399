import { expect } from "chai";
import type { Operation as WireOperation } from "../../../../src/api/mesos/operation.ts";
import type { OperationState } from "../../../../src/api/mesos/operation-status.ts";
import { wireOperation } from "../../../../src/domain/mesos/operations/operation.ts";
import { masterGauges } from "../../../../src/domain/mesos/views/metrics.ts";
import { formatResources } from "../../../../src/domain/resources/format-resources.ts";
import { reserve, unreserve, wire, withId } from "../../../support/mesos/operations.ts";
import {
  OperatingScenario,
  type OperatingOptions,
} from "../../../support/mesos/operating-scenario.ts";
import { recordsAfter } from "../../../support/mesos/recorded.ts";

const RESERVED = "cpus(web):1";
const operation = withId(reserve(RESERVED), "op");

/** The operation as an agent that got it lists it. */
function listed(scenario: OperatingScenario, state: OperationState): WireOperation {
  const [known] = [...scenario.agent.operations.values()];
  if (known === undefined) throw new Error("there is no operation");
  const uuid = { value: Buffer.from("status----------").toString("base64") };
  return { ...wireOperation(known), latest_status: { state, uuid }, statuses: [] };
}

/** The next master, the same framework, the agent back with what it tells. */
async function failover(
  before: OperatingScenario,
  told: Readonly<Record<string, unknown>>,
  options: OperatingOptions = {},
): Promise<OperatingScenario> {
  const { agentId, frameworkId } = before;
  const records = await recordsAfter(before.engine.writes);
  const place = { records, term: 2, frameworkId, isAgentAway: true };
  const after = new OperatingScenario({ ...options, ...place });
  after.link = after.subscribeAgent(agentId, told);
  return after;
}

describe("operations while agents come and go", () => {
  it("are sent again to an agent that returns without them, with what they made", () => {
    const scenario = new OperatingScenario();
    scenario.accept([operation]);
    scenario.link = scenario.subscribeAgent(scenario.agentId);
    expect(scenario.applied()).to.have.length(1);
    expect(formatResources(scenario.agent.total)).to.contain(RESERVED);
  });

  it("are not sent again to one that lists them", () => {
    const scenario = new OperatingScenario();
    scenario.accept([operation]);
    scenario.link = scenario.subscribeAgent(scenario.agentId, {
      operations: [listed(scenario, "OPERATION_FINISHED")],
      checkpointed_resources: wire(RESERVED),
    });
    expect(scenario.applied()).to.deep.equal([]);
    expect(formatResources(scenario.agent.checkpointed)).to.equal(RESERVED);
  });

  it("of an agent that came back from unreachable are as it says", () => {
    const scenario = new OperatingScenario();
    const { agentId } = scenario;
    scenario.accept([operation]);
    const told = listed(scenario, "OPERATION_FINISHED");
    scenario.engine.silence(scenario.link);
    scenario.engine.pass(30_000);
    scenario.link = scenario.subscribeAgent(agentId, {
      operations: [told],
      checkpointed_resources: wire(RESERVED),
    });
    expect(scenario.reconcile("op")).to.include({ state: "OPERATION_FINISHED" });
    scenario.acknowledge("op");
    expect(scenario.reconcile("op").state).to.equal("OPERATION_UNKNOWN");
  });

  it("that never reached an agent are gone when it comes back from unreachable", () => {
    const scenario = new OperatingScenario();
    const { agentId } = scenario;
    scenario.accept([operation]);
    scenario.engine.silence(scenario.link);
    scenario.engine.pass(30_000);
    scenario.link = scenario.subscribeAgent(agentId);
    expect(scenario.applied()).to.deep.equal([]);
    expect(scenario.reconcile("op").message).to.equal("Reconciliation: Operation is unknown");
    expect(scenario.offered()).to.not.contain("(web)");
  });

  it("of an agent marked gone are over", () => {
    const scenario = new OperatingScenario();
    const { agentId } = scenario;
    scenario.accept([operation]);
    scenario.engine.put({ kind: "agentMarkedGone", agentId: scenario.agent.id });
    expect(scenario.told().map(({ state }) => state)).to.deep.equal(["OPERATION_GONE_BY_OPERATOR"]);
    expect(scenario.reconcile("op", agentId).message).to.equal(
      "Reconciliation: Agent marked gone by operator",
    );
  });

  it("keep a draining agent from being drained (MES-29)", () => {
    const scenario = new OperatingScenario();
    scenario.accept([operation]);
    const { id } = scenario.agent;
    scenario.engine.put({
      kind: "agentDrained",
      agentId: id,
      markGone: false,
      maxGracePeriodMs: undefined,
    });
    scenario.engine.pass(1000);
    expect(scenario.agent.draining?.state).to.equal("DRAINING");
    scenario.answer("OPERATION_FINISHED");
    scenario.acknowledge("op");
    scenario.engine.pass(1000);
    expect(scenario.agent.draining?.state).to.equal("DRAINED");
  });

  it("are acknowledged again to an agent that did not hear it", () => {
    const scenario = new OperatingScenario();
    scenario.accept([operation]);
    scenario.answer("OPERATION_FINISHED");
    scenario.acknowledge("op");
    scenario.answer("OPERATION_FINISHED");
    expect(scenario.acknowledged()).to.have.length(2);
    expect(scenario.told()).to.have.length(1);
  });

  it("take an acknowledgement of what waits for it only", () => {
    const scenario = new OperatingScenario();
    scenario.accept([operation]);
    scenario.acknowledge("op");
    scenario.answer("OPERATION_FINISHED");
    scenario.acknowledge("another");
    expect(scenario.acknowledged()).to.deep.equal([]);
    const name = "master/invalid_operation_status_update_acknowledgements";
    expect(scenario.engine.engine.counters.get(name)).to.equal(2);
  });

  it("are all answered for when nothing is named", () => {
    const scenario = new OperatingScenario();
    scenario.accept([operation, withId(reserve("mem(web):10"), "other"), reserve("mem(web):1")]);
    scenario.engine.call(scenario.frameworkId, {
      type: "RECONCILE_OPERATIONS",
      reconcile_operations: {},
    });
    expect(scenario.told()).to.deep.equal(
      ["op", "other"].map((value) => ({
        operation_id: { value },
        state: "OPERATION_PENDING",
        message: "Reconciliation: Latest operation status",
        agent_id: { value: scenario.agentId },
      })),
    );
  });

  it("are counted by state while they are known", () => {
    const scenario = new OperatingScenario();
    const count = (name: string): number | undefined =>
      masterGauges(scenario.engine.engine.state, { nowMs: 0, startedMs: 0, elected: true })[
        `master/operations/${name}`
      ];
    const counts = (): unknown[] => ["total", "pending", "finished"].map(count);
    scenario.accept([operation]);
    expect(counts()).to.deep.equal([1, 1, 0]);
    scenario.answer("OPERATION_FINISHED");
    expect(counts()).to.deep.equal([1, 0, 1]);
    scenario.acknowledge("op");
    expect(counts()).to.deep.equal([0, 0, 0]);
  });

  it("of a framework that ended are acknowledged by the master, before and after they are done", () => {
    for (const answersFirst of [true, false]) {
      const scenario = new OperatingScenario();
      scenario.accept([operation]);
      if (answersFirst) scenario.answer("OPERATION_FINISHED");
      scenario.engine.call(scenario.frameworkId, { type: "TEARDOWN" });
      if (!answersFirst) scenario.answer("OPERATION_FINISHED");
      expect(scenario.acknowledged()).to.have.length(1);
      expect(scenario.agent.operations.size).to.equal(0);
    }
  });
});

describe("reservations when there is less to reserve (MES-09, MES-16)", () => {
  it("shrink with the inventory and are whole again with it", () => {
    const scenario = new OperatingScenario({ checkpointed: "cpus(web):3" });
    const resize = (text: string): void =>
      scenario.engine.agentCall(scenario.link, {
        type: "UPDATE_AGENT",
        total: wire(text),
        attributes: [],
        oversubscribed: [],
        unschedulable: false,
      });
    resize("cpus:2;mem:1000");
    expect(scenario.offered()).to.equal("cpus(web):2;mem:1000");
    resize("cpus:4;mem:1000");
    expect(scenario.offered()).to.equal("cpus(web):3;cpus:1;mem:1000");
  });
});

describe("reservations over a change of leader (HA-02, MES-16)", () => {
  it("are what an agent with a disk says they are", async () => {
    const before = new OperatingScenario();
    before.accept([operation]);
    const after = await failover(before, {
      operations: [listed(before, "OPERATION_FINISHED")],
      checkpointed_resources: wire(RESERVED),
    });
    expect(after.offered()).to.contain(RESERVED);
    expect(after.reconcile("op")).to.include({
      state: "OPERATION_FINISHED",
      message: "Reconciliation: Latest operation status",
    });
    after.acknowledge("op");
    expect(after.acknowledged()).to.have.length(1);
  });

  it("are answered for only when the agent is back", async () => {
    const before = new OperatingScenario();
    before.accept([operation]);
    const { agentId, frameworkId } = before;
    const records = await recordsAfter(before.engine.writes);
    const after = new OperatingScenario({ records, term: 2, frameworkId, isAgentAway: true });
    expect(after.reconcile("op", agentId).message).to.equal(
      "Reconciliation: Agent is recovered but has not re-registered",
    );
    expect(after.reconcile("op", "").message).to.equal(
      "Reconciliation: Both operation and agent are unknown",
    );
  });

  const diskless = { checkpointed: null };

  it("are in the Registry before an agent without a disk hears of them", () => {
    const scenario = new OperatingScenario(diskless);
    scenario.engine.holdsWrites = true;
    scenario.accept([operation]);
    expect(scenario.applied()).to.deep.equal([]);
    scenario.engine.releaseWrites();
    expect(scenario.applied()).to.have.length(1);
  });

  it("come from the Registry for an agent without a disk, and the operation is told again", async () => {
    const before = new OperatingScenario(diskless);
    before.accept([operation]);
    before.answer("OPERATION_FINISHED");
    const after = await failover(before, {}, diskless);
    expect(after.offered()).to.contain(RESERVED);
    expect(after.applied()).to.have.length(1);
    after.answer("OPERATION_FINISHED");
    expect(after.told().map(({ state }) => state)).to.deep.equal(["OPERATION_FINISHED"]);
    after.acknowledge("op");
    const again = await failover(before, {}, diskless);
    expect(again.offered()).to.contain(RESERVED);
  });

  it("are remembered while the agent's machine is DOWN for maintenance, whoever leads (HA-16)", async () => {
    const before = new OperatingScenario(diskless);
    before.accept([operation]);
    before.answer("OPERATION_FINISHED");
    before.acknowledge("op");
    const machines = [{ hostname: "a" }];
    before.engine.put({ kind: "machinesDownRecorded", machines });
    expect(before.engine.engine.state.agents.size).to.equal(0);
    before.engine.put({ kind: "machinesUpRecorded", machines });
    const after = await failover(before, {}, diskless);
    expect(after.offered()).to.contain(RESERVED);
    before.link = before.subscribeAgent(before.agentId);
    expect(before.offered()).to.contain(RESERVED);
  });

  it("tell an agent without a disk what there is, less what it is sent", async () => {
    const before = new OperatingScenario(diskless);
    before.accept([reserve("mem(web):10")]);
    before.answer("OPERATION_FINISHED");
    before.offered();
    before.accept([operation]);
    const after = await failover(before, {}, diskless);
    const event = after.engine.agentEvents(after.link).find(({ type }) => type === "SUBSCRIBED");
    expect(event?.type === "SUBSCRIBED" && event.checkpointed_resources).to.deep.equal(
      wire("mem(web):10"),
    );
  });

  it("are no more than a record holds", () => {
    const scenario = new OperatingScenario({ ...diskless, resources: "cpus:4;mem:100000" });
    const sizes: number[] = [];
    for (let n = 0; n < 60; n += 1) {
      const labels = { labels: [{ key: "k", value: `${n}`.padEnd(8000) }] };
      const level = { role: "web", type: "DYNAMIC" as const, labels };
      const resources = wire("mem:10").map((it) => ({ ...it, reservations: [level] }));
      scenario.accept([withId({ type: "RESERVE", reserve: { resources } }, `op${n}`)]);
      scenario.answer("OPERATION_FINISHED", { converted_resources: resources });
      scenario.offered();
      const [record] = scenario.engine.writes.slice(-1);
      sizes.push(JSON.stringify(record).length);
    }
    expect(Math.max(...sizes)).to.be.within(200_000, 500_000);
    const refused = scenario.told().find(({ state }) => state === "OPERATION_ERROR");
    expect(refused?.message).to.equal(
      `No more reservations and operations can be remembered for agent ${scenario.agentId}: ` +
        "acknowledge operations, or undo reservations, first",
    );
  });

  it("leave no record when nothing is left to remember", () => {
    const scenario = new OperatingScenario(diskless);
    scenario.accept([reserve(RESERVED)]);
    scenario.answer("OPERATION_FINISHED");
    scenario.offered();
    scenario.accept([unreserve(RESERVED)]);
    scenario.answer("OPERATION_FINISHED");
    const last = scenario.engine.writes.findLast(({ record }) => record === "operation");
    expect(last?.kind).to.equal("delete");
  });

  it("are remembered when a task uses them, even if the record was lost", async () => {
    const before = new OperatingScenario(diskless);
    before.engine.holdsWrites = true;
    const records = before.engine.writes.length;
    before.accept([reserve(RESERVED)]);
    const { agentId, frameworkId } = before;
    const kept = await recordsAfter(before.engine.writes.slice(0, records));
    const place = { records: kept, term: 2, frameworkId, isAgentAway: true };
    const after = new OperatingScenario({ ...diskless, ...place });
    const task = {
      framework_id: frameworkId,
      executor_id: "t",
      task: {
        name: "t",
        task_id: { value: "t" },
        agent_id: { value: agentId },
        resources: wire(RESERVED).map((it) => ({ ...it, allocation_info: { role: "web" } })),
      },
      latest_state: "TASK_RUNNING",
      launch_id: "l",
    };
    after.link = after.subscribeAgent(agentId, { tasks: [task] });
    expect(formatResources(after.agent.total)).to.contain(RESERVED);
    expect(after.offered()).to.equal("cpus:3;disk:100;mem:1000;ports:[31000-31009]");
  });
});
