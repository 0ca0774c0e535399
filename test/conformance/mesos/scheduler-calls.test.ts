import { expect } from "chai";
import { asId, type AgentId } from "../../../src/api/ids/ids.ts";
import { until } from "../../cluster/host/until.ts";
import type { LinkAgent } from "../../support/mesos/link-agent.ts";
import type { SchedulerClient } from "../../support/mesos/scheduler-client.ts";
import { CUSTOM_EXECUTOR, launchOn, statusOf } from "../../support/mesos/launching.ts";
import { startTestMaster } from "../../support/mesos/test-master.ts";
import { MasterInUse } from "../../support/mesos/use-master.ts";

const AWARE = [{ type: "MULTI_ROLE" }, { type: "PARTITION_AWARE" }];
const UNAWARE = [{ type: "MULTI_ROLE" }];
const FOREVER = { filters: { refuse_seconds: 3600 } };

describe("calls of a framework", () => {
  let world: MasterInUse;
  let agent: LinkAgent;
  let scheduler: SchedulerClient;

  beforeEach(async () => {
    world = await MasterInUse.of(startTestMaster({ config: { offerTimeoutMs: 0 } }));
    agent = await world.agent();
    scheduler = await world.framework({ roles: ["a"], failover_timeout: 60 });
  });
  afterEach(() => world.end());

  const offersOf = (client: SchedulerClient): number =>
    client.events().flatMap(({ offers }) => offers?.offers ?? []).length;

  /** One call that is answered 202 without body. */
  const take = async (call: Record<string, unknown>): Promise<void> => {
    const { status, body } = await scheduler.call(call);
    expect([status, body]).to.deep.equal([202, ""]);
  };

  describe("about offers", () => {
    it("DECLINE leaves the offer to others, and keeps it from the framework for refuse_seconds (MES-12)", async () => {
      const offer = await scheduler.offer();
      await take({
        type: "DECLINE",
        decline: { offer_ids: [{ value: "no-such-offer" }, offer.id], ...FOREVER },
      });
      const other = await world.framework({ roles: ["b"] });
      expect((await other.offer()).hostname).to.equal("agent-1");
      expect(offersOf(scheduler)).to.equal(1);
    });

    it("REVIVE ends the filters of the framework (MES-11)", async () => {
      const offer = await scheduler.offer();
      await take({ type: "DECLINE", decline: { offer_ids: [offer.id], ...FOREVER } });
      await take({ type: "REVIVE" });
      await scheduler.offer(({ id }) => id.value !== offer.id.value);
    });

    it("SUPPRESS leaves what is offered and asks for no more, until REVIVE (MES-11)", async () => {
      await scheduler.offer();
      await take({ type: "SUPPRESS", suppress: { roles: ["a"] } });
      await take({ type: "SUPPRESS" });
      await world.agent({ hostname: "agent-2" });
      const other = await world.framework({ roles: ["b"] });
      await other.offer(({ hostname }) => hostname === "agent-2");
      expect(offersOf(scheduler)).to.equal(1);
      expect(scheduler.events().some(({ rescind }) => rescind !== undefined)).to.equal(false);
      await other.call({ type: "TEARDOWN" });
      await take({ type: "REVIVE", revive: { roles: ["a"] } });
      await scheduler.offer(({ hostname }) => hostname === "agent-2");
    });

    it("REVIVE and SUPPRESS of a role that is not the framework's are dropped whole, and counted (MES-11)", async () => {
      await scheduler.offer();
      await take({ type: "SUPPRESS", suppress: { roles: ["a", "other"] } });
      await take({ type: "REVIVE", revive: { roles: ["a", "-bad"] } });
      expect(await world.metric("master/dropped_messages")).to.equal(2);
      await world.agent({ hostname: "agent-2" });
      await scheduler.offer(({ hostname }) => hostname === "agent-2");
    });

    it("REQUEST is taken and counted (NFR-17)", async () => {
      await scheduler.frameworkId();
      await take({ type: "REQUEST", request: { requests: [] } });
      expect(await world.metric("master/messages_resource_request")).to.equal(1);
    });
  });

  describe("about tasks", () => {
    it("KILL goes to the agent with its policy, as often as it is asked (MES-30)", async () => {
      await launchOn(agent, scheduler, "t");
      const kill_policy = { grace_period: { nanoseconds: 2_000_000_000 } };
      await take({ type: "KILL", kill: { task_id: { value: "t" } } });
      await take({ type: "KILL", kill: { task_id: { value: "t" }, kill_policy } });
      const told = await agent.event("KILL", (it) => it.kill_policy !== undefined);
      expect(told).to.deep.include({ task_id: "t", kill_policy });
      expect(agent.events().filter(({ type }) => type === "KILL")).to.have.length(2);
    });

    it("KILL at another agent than the task's is ignored, and counted (MES-30)", async () => {
      await launchOn(agent, scheduler, "t");
      await take({ type: "KILL", kill: { task_id: { value: "t" }, agent_id: { value: "x" } } });
      expect(await world.metric("master/dropped_messages")).to.equal(1);
      await take({ type: "KILL", kill: { task_id: { value: "t" } } });
      await agent.event("KILL");
      expect(agent.events().filter(({ type }) => type === "KILL")).to.have.length(1);
    });

    it("KILL of an unknown task is answered as a question about it (MES-30)", async () => {
      await scheduler.offer();
      await take({ type: "KILL", kill: { task_id: { value: "nobody" } } });
      expect(await statusOf(scheduler, "nobody")).to.include({
        state: "TASK_UNKNOWN",
        reason: "REASON_RECONCILIATION",
        message: "Reconciliation: Task is unknown",
      });
    });

    it("ACKNOWLEDGE of its end takes a task out of the memory, one with another uuid does not (MES-29)", async () => {
      await launchOn(agent, scheduler, "t");
      const frameworkId = await scheduler.frameworkId();
      await agent.update(frameworkId, "t", "TASK_FINISHED", "end");
      const { uuid, agent_id, task_id } = await statusOf(scheduler, "t");
      const other = Buffer.alloc(16).toString("base64");
      const isRemembered = (): boolean =>
        world.state.frameworks.get(asId(frameworkId))?.tasks.has(asId("t")) ?? false;
      await take({ type: "ACKNOWLEDGE", acknowledge: { agent_id, task_id, uuid: other } });
      expect(isRemembered()).to.equal(true);
      await take({ type: "ACKNOWLEDGE", acknowledge: { agent_id, task_id, uuid } });
      expect(isRemembered()).to.equal(false);
      const told = await agent.event("ACKNOWLEDGE", (it) => it.uuid === uuid);
      expect(told.task_id).to.equal("t");
    });

    it("ACKNOWLEDGE at an agent nobody knows is dropped, and counted (MES-29)", async () => {
      await scheduler.frameworkId();
      const uuid = Buffer.alloc(16).toString("base64");
      await take({
        type: "ACKNOWLEDGE",
        acknowledge: { agent_id: { value: "x" }, task_id: { value: "t" }, uuid },
      });
      expect(await world.metric("master/invalid_status_update_acknowledgements")).to.equal(1);
    });

    it("TEARDOWN shuts the tasks down, records them as killed and closes the stream (MES-18)", async () => {
      await launchOn(agent, scheduler, "t");
      await take({ type: "TEARDOWN" });
      await scheduler.stream.until(() => scheduler.stream.isEnded || undefined, "end");
      expect((await agent.event("SHUTDOWN_FRAMEWORK")).framework_id).to.equal(
        await scheduler.frameworkId(),
      );
      const { completed_frameworks } = JSON.parse((await world.get("/frameworks")).body) as {
        completed_frameworks: { completed_tasks: { id: string; state: string }[] }[];
      };
      const [task] = completed_frameworks[0]?.completed_tasks ?? [];
      expect([task?.id, task?.state]).to.deep.equal(["t", "TASK_KILLED"]);
      expect(scheduler.events().some(({ update }) => update !== undefined)).to.equal(false);
    });

    it("a stream that closes ends a framework without failover_timeout, and keeps one that has it (MES-19)", async () => {
      const brief = await world.framework({ roles: ["b"] });
      const briefId = asId<never>(await brief.frameworkId());
      const lastingId = asId<never>(await scheduler.frameworkId());
      scheduler.close();
      brief.close();
      await until("end of the framework", () => world.state.completed.has(briefId), {
        timeoutMs: 8_000,
      });
      expect(world.state.frameworks.get(lastingId)?.connection.kind).to.equal("disconnected");
    });
  });

  describe("about executors", () => {
    const launchExecutor = async (): Promise<{ frameworkId: string; agent_id: unknown }> => {
      await launchOn(agent, scheduler, "t", { command: undefined, executor: CUSTOM_EXECUTOR });
      return {
        frameworkId: await scheduler.frameworkId(),
        agent_id: { value: await agent.agentId() },
      };
    };
    const executor_id = CUSTOM_EXECUTOR.executor_id;
    const data = Buffer.from("hello").toString("base64");

    it("SHUTDOWN goes to the agent that has the executor (MES-34)", async () => {
      const { frameworkId, agent_id } = await launchExecutor();
      await take({ type: "SHUTDOWN", shutdown: { executor_id, agent_id } });
      const told = await agent.event("SHUTDOWN_EXECUTOR");
      expect(told).to.include({ framework_id: frameworkId, executor_id: "e" });
    });

    it("SHUTDOWN of an executor nobody has is dropped, and counted (MES-34)", async () => {
      await scheduler.frameworkId();
      const agent_id = { value: await agent.agentId() };
      await take({ type: "SHUTDOWN", shutdown: { executor_id, agent_id } });
      expect(await world.metric("master/dropped_messages")).to.equal(1);
    });

    it("MESSAGE goes to the executor, and back (MES-33)", async () => {
      const { frameworkId, agent_id } = await launchExecutor();
      await take({ type: "MESSAGE", message: { agent_id, executor_id, data } });
      expect(await agent.event("MESSAGE")).to.include({ executor_id: "e", data });
      await agent.call({ type: "MESSAGE", framework_id: frameworkId, executor_id: "e", data });
      const { message } = await scheduler.event((it) => it.message !== undefined);
      expect(message).to.deep.equal({ agent_id, executor_id, data });
    });

    it("MESSAGE to an agent nobody knows is dropped, and counted (MES-33)", async () => {
      await scheduler.frameworkId();
      await take({ type: "MESSAGE", message: { agent_id: { value: "x" }, executor_id, data } });
      expect(await world.metric("master/invalid_framework_to_executor_messages")).to.equal(1);
    });

    it("FAILURE tells of an executor that exited, with its status even if it is 0 (MES-34)", async () => {
      const { frameworkId, agent_id } = await launchExecutor();
      await agent.call({
        type: "EXECUTOR_EXITED",
        framework_id: frameworkId,
        executor_id: "e",
        status: 0,
      });
      const { failure } = await scheduler.event((it) => it.failure !== undefined);
      expect(failure).to.deep.equal({ agent_id, executor_id, status: 0 });
    });
  });

  describe("RECONCILE (MES-29)", () => {
    const away = { info: { hostname: "away" }, nodeUid: undefined, draining: undefined };
    const orders = { deactivatedByOperator: false };

    /** Agents in every state but registered, which `agent` is. */
    const knowAgents = (): void => {
      const { unreachable, gone } = world.state;
      const id = asId<AgentId>("unreachable");
      unreachable.set(id, { id, ...away, ...orders, sinceMs: 7000 });
      gone.set(asId<AgentId>("gone"), 1);
    };
    const ask = (
      ...tasks: readonly (readonly [string, string | undefined])[]
    ): Record<string, unknown> => ({
      type: "RECONCILE",
      reconcile: {
        tasks: tasks.map(([task, at]) => ({
          task_id: { value: task },
          ...(at === undefined ? {} : { agent_id: { value: at } }),
        })),
      },
    });

    const answers: Record<string, readonly [at: string | undefined, aware: string, text: string]> =
      {
        "of a registered agent": ["registered", "TASK_GONE", "Task is unknown to the agent"],
        "of an unreachable agent": ["unreachable", "TASK_UNREACHABLE", "Task is unreachable"],
        "of an agent that is gone": ["gone", "TASK_GONE_BY_OPERATOR", "Task is gone"],
        "of an agent nobody knows": ["nobody", "TASK_UNKNOWN", "Task is unknown"],
        "without an agent": [undefined, "TASK_UNKNOWN", "Task is unknown"],
      };
    for (const [name, [at, aware, text]] of Object.entries(answers)) {
      for (const [capabilities, state] of [
        [AWARE, aware],
        [UNAWARE, "TASK_LOST"],
      ] as const) {
        it(`answers ${state} for an unknown task ${name} (to ${aware === state ? "aware" : "other"} frameworks)`, async () => {
          knowAgents();
          const asker = await world.framework({ roles: ["b"], capabilities });
          const place = at === "registered" ? await agent.agentId() : at;
          await asker.call(ask(["t", place]));
          const status = await statusOf(asker, "t");
          expect(status).to.include({
            state,
            source: "SOURCE_MASTER",
            reason: "REASON_RECONCILIATION",
            message: `Reconciliation: ${text}`,
          });
          expect(status.uuid).to.equal(undefined);
          expect(status.unreachable_time).to.deep.equal(
            at === "unreachable" ? { nanoseconds: 7_000_000_000 } : undefined,
          );
        });
      }
    }

    it("answers the latest state of a known task, also to no question at all", async () => {
      await launchOn(agent, scheduler, "t");
      await agent.update(await scheduler.frameworkId(), "t", "TASK_RUNNING", "u");
      await statusOf(scheduler, "t", ({ uuid }) => uuid !== undefined);
      const answered = (): number =>
        scheduler.events().filter(({ update }) => update?.status.message?.startsWith("Reconcil"))
          .length;
      for (const [count, question] of [ask(["t", undefined]), ask()].entries()) {
        await take(question);
        await scheduler.stream.until(() => answered() > count || undefined, "answer");
      }
      const status = await statusOf(scheduler, "t", ({ uuid }) => uuid === undefined);
      expect(status).to.include({
        state: "TASK_RUNNING",
        message: "Reconciliation: Latest task state",
        reason: "REASON_RECONCILIATION",
      });
    });

    it("is silent about tasks that an agent to come back may know", async () => {
      const id = asId<AgentId>("recovered");
      world.state.recovered.set(id, { id, ...away, ...orders });
      await scheduler.frameworkId();
      await take(ask(["a", "recovered"], ["b", undefined], ["c", await agent.agentId()]));
      await statusOf(scheduler, "c");
      const told = scheduler.events().flatMap(({ update }) => update?.status.task_id.value ?? []);
      expect(told).to.deep.equal(["c"]);
    });
  });
});
