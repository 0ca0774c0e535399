import { expect } from "chai";
import type { OfferOperation } from "../../../src/api/mesos/offer.ts";
import { asId, type AgentId } from "../../../src/api/ids/ids.ts";
import type { LinkAgent } from "../../support/mesos/link-agent.ts";
import { FEEDBACK } from "../../support/mesos/operating-scenario.ts";
import {
  create,
  destroy,
  grow,
  reserve,
  shrink,
  unreserve,
  wire,
  withId,
} from "../../support/mesos/operations.ts";
import type { SchedulerClient } from "../../support/mesos/scheduler-client.ts";
import { accept, commandTask, launch } from "../../support/mesos/launching.ts";
import { startTestMaster } from "../../support/mesos/test-master.ts";
import { MasterInUse } from "../../support/mesos/use-master.ts";

const VOLUME = "disk(web)[v:data]:20";
const CAPABILITIES = [
  { type: "MULTI_ROLE" },
  { type: "PARTITION_AWARE" },
  { type: "RESERVATION_REFINEMENT" },
];

describe("operations of an ACCEPT on resources (MES-16)", () => {
  let world: MasterInUse;
  let agent: LinkAgent;
  let scheduler: SchedulerClient;
  afterEach(() => world.end());

  const begin = async (
    checkpointed = "",
    capabilities: readonly string[] = [...FEEDBACK, "AGENT_OPERATION_FEEDBACK"],
  ): Promise<void> => {
    world = await MasterInUse.of(startTestMaster({ config: { offerTimeoutMs: 0 } }));
    agent = await world.agent({
      resources: "cpus:4;mem:1000;disk:100",
      capabilities,
      checkpointed,
    });
    scheduler = await world.framework({ roles: ["web"], capabilities: CAPABILITIES });
  };
  const operate = async (...operations: readonly unknown[]): Promise<void> => {
    const offer = await scheduler.offer();
    expect((await accept(scheduler, [offer.id], operations)).status).to.equal(202);
  };
  /** What the framework is told of the operation `op`. */
  const told = async (): Promise<unknown> => {
    const { update_operation_status } = await scheduler.event(
      (it) => it.update_operation_status?.status.operation_id?.value === "op",
    );
    return update_operation_status?.status;
  };

  const done: Record<string, readonly [checkpointed: string, operation: OfferOperation]> = {
    RESERVE: ["", reserve("cpus(web):1")],
    UNRESERVE: ["cpus(web):1", unreserve("cpus(web):1")],
    CREATE: ["disk(web):20", create(VOLUME)],
    DESTROY: [VOLUME, destroy(VOLUME)],
    GROW_VOLUME: [`${VOLUME};disk(web):5`, grow(VOLUME, "disk(web):5")],
    SHRINK_VOLUME: [VOLUME, shrink(VOLUME, 5)],
  };
  for (const [name, [checkpointed, operation]] of Object.entries(done)) {
    it(`${name} goes to the agent`, async () => {
      await begin(checkpointed);
      await operate(operation);
      const order = await agent.event("APPLY_OPERATION");
      expect(order.operation.type).to.equal(name);
      expect(order.framework_id).to.equal(await scheduler.frameworkId());
    });
  }

  it("the next operation of the same ACCEPT may use what one made", async () => {
    await begin();
    const agentId = await agent.agentId();
    const [reserved] = wire("cpus(web):1");
    await operate(
      reserve("cpus(web):1;disk(web):20"),
      create(VOLUME),
      launch(commandTask("t", agentId, { resources: [reserved, ...wire(VOLUME)] })),
    );
    const run = await agent.event("RUN_TASK");
    expect(run.task.task_id.value).to.equal("t");
    const applied = agent.events().filter(({ type }) => type === "APPLY_OPERATION");
    expect(applied).to.have.length(2);
  });

  const has = "cpus:4;mem:1000;disk:100";
  const faults: Record<
    string,
    readonly [checkpointed: string, operation: OfferOperation, text: string]
  > = {
    "RESERVE with a source": [
      "",
      { type: "RESERVE", reserve: { source: wire("cpus(web):1"), resources: wire("cpus(web):1") } },
      "'Reserve.source' is for operators: frameworks reserve what they were offered",
    ],
    "RESERVE of more than is offered": [
      "",
      reserve("cpus(web):9"),
      `Invalid RESERVE operation: ${has} does not contain cpus:9`,
    ],
    "UNRESERVE of what is not reserved": [
      "",
      unreserve("cpus:1"),
      "Resource cpus:1 is not dynamically reserved",
    ],
    "CREATE on disk that is not offered": [
      "",
      create(VOLUME),
      `Invalid CREATE operation: ${has} does not contain disk(web):20`,
    ],
    "DESTROY of what is not there": ["", destroy(VOLUME), "Persistent volumes not found"],
    "GROW_VOLUME without its part": [
      "",
      { type: "GROW_VOLUME" },
      "Expecting 'grow_volume' to be present",
    ],
    "SHRINK_VOLUME by all that it is": [
      VOLUME,
      shrink(VOLUME, 20),
      "Value of 'ShrinkVolume.subtract' must be smaller than the size of 'ShrinkVolume.volume'",
    ],
    "CREATE_DISK of what is no raw disk": [
      "",
      { type: "CREATE_DISK", create_disk: { source: wire("disk:20")[0]!, target_type: "MOUNT" } },
      "'source' is not managed by a resource provider",
    ],
    "DESTROY_DISK of what is no disk of a provider": [
      "",
      { type: "DESTROY_DISK", destroy_disk: { source: wire("disk:20")[0]! } },
      "'source' is not managed by a resource provider",
    ],
  };
  for (const [name, [checkpointed, operation, text]] of Object.entries(faults)) {
    it(`OPERATION_ERROR for ${name}; the launch after it goes on`, async () => {
      await begin(checkpointed);
      await operate(
        withId(operation, "op"),
        launch(commandTask("t", await agent.agentId(), { resources: wire("cpus:1") })),
      );
      const status = (await told()) as Record<string, unknown>;
      expect(status).to.include({ state: "OPERATION_ERROR", message: text });
      expect(status).to.not.have.property("uuid");
      await agent.event("RUN_TASK");
      expect(agent.events().some(({ type }) => type === "APPLY_OPERATION")).to.equal(false);
    });
  }

  it("an id at an agent that gives no feedback is OPERATION_ERROR", async () => {
    await begin("", FEEDBACK);
    await operate(withId(reserve("cpus(web):1"), "op"));
    expect(await told()).to.deep.include({
      state: "OPERATION_ERROR",
      message:
        `Operation requested feedback, but agent ${await agent.agentId()} does not have the ` +
        "required AGENT_OPERATION_FEEDBACK capability",
    });
  });

  it("an invalid operation without id is dropped silently, and counted", async () => {
    await begin();
    await operate(reserve("cpus(web):9"));
    await scheduler.call({ type: "RECONCILE_OPERATIONS", reconcile_operations: {} });
    expect(await world.metric("master/dropped_messages")).to.equal(1);
    expect(scheduler.events().some((it) => it.update_operation_status !== undefined)).to.equal(
      false,
    );
  });

  describe("RECONCILE_OPERATIONS", () => {
    const away = {
      info: { hostname: "away" },
      nodeUid: undefined,
      draining: undefined,
      deactivatedByOperator: false,
    };
    const answers: Record<string, readonly [at: string | undefined, state: string, text: string]> =
      {
        "at an agent to come back": [
          "recovered",
          "OPERATION_RECOVERING",
          "Agent is recovered but has not re-registered",
        ],
        "at a registered agent": ["registered", "OPERATION_UNKNOWN", "Operation is unknown"],
        "at an unreachable agent": ["unreachable", "OPERATION_UNREACHABLE", "Agent is unreachable"],
        "at an agent that is gone": [
          "gone",
          "OPERATION_GONE_BY_OPERATOR",
          "Agent marked gone by operator",
        ],
        "at an agent nobody knows": [
          "nobody",
          "OPERATION_UNKNOWN",
          "Both operation and agent are unknown",
        ],
      };
    for (const [name, [at, state, text]] of Object.entries(answers)) {
      it(`answers ${state} for an unknown operation ${name}`, async () => {
        await begin();
        const { recovered, unreachable, gone } = world.state;
        const id = asId<AgentId>(at ?? "");
        if (at === "recovered") recovered.set(id, { id, ...away });
        if (at === "unreachable") unreachable.set(id, { id, ...away, sinceMs: 1 });
        if (at === "gone") gone.set(id, 1);
        const agent_id = { value: at === "registered" ? await agent.agentId() : (at ?? "") };
        const asked = await scheduler.call({
          type: "RECONCILE_OPERATIONS",
          reconcile_operations: { operations: [{ operation_id: { value: "op" }, agent_id }] },
        });
        expect([asked.status, asked.body]).to.deep.equal([202, ""]);
        expect(await told()).to.deep.include({ state, message: `Reconciliation: ${text}` });
      });
    }

    it("answers the latest status of a known operation", async () => {
      await begin();
      await operate(withId(reserve("cpus(web):1"), "op"));
      await agent.event("APPLY_OPERATION");
      await scheduler.call({ type: "RECONCILE_OPERATIONS", reconcile_operations: {} });
      expect(await told()).to.deep.include({
        state: "OPERATION_PENDING",
        message: "Reconciliation: Latest operation status",
      });
    });
  });
});
