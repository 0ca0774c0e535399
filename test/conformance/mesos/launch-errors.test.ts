import { expect } from "chai";
import type { Offer } from "../../../src/api/mesos/offer.ts";
import { asId, type AgentId } from "../../../src/api/ids/ids.ts";
import type { LinkAgent } from "../../support/mesos/link-agent.ts";
import { wire } from "../../support/mesos/operations.ts";
import type { SchedulerClient } from "../../support/mesos/scheduler-client.ts";
import {
  accept,
  commandTask,
  CUSTOM_EXECUTOR,
  launch,
  launchOn,
  statusOf,
} from "../../support/mesos/launching.ts";
import { startTestMaster } from "../../support/mesos/test-master.ts";
import { MasterInUse } from "../../support/mesos/use-master.ts";

const AWARE = [{ type: "MULTI_ROLE" }, { type: "PARTITION_AWARE" }];
const UNAWARE = [{ type: "MULTI_ROLE" }];
const GROUP_EXECUTOR = {
  executor_id: { value: "g" },
  type: "DEFAULT",
  resources: wire("cpus:0.1"),
};

describe("what an ACCEPT answers of tasks that it does not start", () => {
  let world: MasterInUse;
  let agent: LinkAgent;
  let scheduler: SchedulerClient;

  beforeEach(async () => {
    world = await MasterInUse.of(
      startTestMaster({ config: { offerTimeoutMs: 0, maxTasksPerOffer: 2 } }),
    );
    agent = await world.agent({ resources: "cpus:4;mem:1024;disk:100;ports:[31000-31009]" });
    scheduler = await world.framework({ roles: ["a"] });
  });
  afterEach(() => world.end());

  describe("LAUNCH: TASK_ERROR with REASON_TASK_INVALID (MES-28)", () => {
    const tooMuch =
      "Total resources cpus:5 required by task and its executor is more than available " +
      "cpus:4;mem:1024;disk:100;ports:[31000-31009]";
    const faults: Record<string, readonly [Record<string, unknown>, string]> = {
      "a task id with a slash": [
        { task_id: { value: "a/b" } },
        "'a/b' contains invalid characters",
      ],
      "another agent": [
        { agent_id: { value: "x" } },
        "Task uses invalid agent x while agent AGENT is expected",
      ],
      "a negative grace period": [
        { kill_policy: { grace_period: { nanoseconds: -1 } } },
        "Task's 'kill_policy.grace_period' must be non-negative",
      ],
      "a negative max_completion_time": [
        { max_completion_time: { nanoseconds: -1 } },
        "Task's `max_completion_time` must be non-negative",
      ],
      "a check without type": [
        { check: {} },
        "Task uses invalid check: CheckInfo must specify 'type'",
      ],
      "a health check without its part": [
        { health_check: { type: "HTTP" } },
        "Task uses invalid health check: Expecting 'http' to be set for HTTP health check",
      ],
      "no resources": [{ resources: [] }, "Task uses no resources"],
      "resources of two roles": [
        {
          resources: [
            ...wire("cpus:1").map((it) => ({ ...it, allocation_info: { role: "a" } })),
            ...wire("mem:1").map((it) => ({ ...it, allocation_info: { role: "b" } })),
          ],
        },
        "Task's resources are not allocated to a single role: a, b",
      ],
      "revocable beside regular": [
        {
          resources: [...wire("cpus:1"), ...wire("cpus:1").map((it) => ({ ...it, revocable: {} }))],
        },
        "Task mixes revocable and non-revocable resources: " +
          "Cannot use both revocable and non-revocable 'cpus' at the same time",
      ],
      "a secret variable without secret": [
        { command: { value: "x", environment: { variables: [{ name: "V", type: "SECRET" }] } } },
        "Task's `CommandInfo` is invalid: Environment variable 'V' of type 'SECRET' must have a secret set",
      ],
      "a Docker container without docker": [
        { container: { type: "DOCKER" } },
        "Task's `ContainerInfo` is invalid: DockerInfo 'docker' is not set for DOCKER typed ContainerInfo",
      ],
      "a limit below the request": [
        { limits: { cpus: { value: 0.5 } } },
        "The resource limit of 'cpus' is less than its request (0.5 < 1)",
      ],
      "a limit of disk": [
        { limits: { disk: { value: 5 } } },
        "Task resource limits are only supported for 'cpus' and 'mem', not for 'disk'",
      ],
      "neither command nor executor": [
        { command: undefined },
        "Task should have at least one (but not both) of CommandInfo or ExecutorInfo present",
      ],
      "an executor of another framework": [
        { command: undefined, executor: { ...CUSTOM_EXECUTOR, framework_id: { value: "x" } } },
        "ExecutorInfo has an invalid FrameworkID (Actual: x vs Expected: FRAMEWORK)",
      ],
      "more than the offer": [{ resources: wire("cpus:5") }, tooMuch],
    };
    for (const [name, [parts, text]] of Object.entries(faults)) {
      it(`refuses ${name}, starts the next task`, async () => {
        const offer = await scheduler.offer();
        const agentId = offer.agent_id.value;
        const bad = commandTask("bad", agentId, parts);
        const { status } = await accept(
          scheduler,
          [offer.id],
          [launch(bad, commandTask("good", agentId))],
        );
        expect(status).to.equal(202);
        const { value } = bad["task_id"] as { value: string };
        const told = await statusOf(scheduler, value);
        expect(told).to.include({
          state: "TASK_ERROR",
          source: "SOURCE_MASTER",
          reason: "REASON_TASK_INVALID",
          message: text
            .replace("AGENT", agentId)
            .replace("FRAMEWORK", await scheduler.frameworkId()),
        });
        expect(told.uuid).to.equal(undefined);
        expect((await agent.event("RUN_TASK")).task.task_id.value).to.equal("good");
      });
    }

    it("refuses the id of a task that is known", async () => {
      await launchOn(agent, scheduler, "t");
      const offer = await scheduler.offer(
        ({ resources }) => resources?.find(({ name }) => name === "cpus")?.scalar?.value === 3,
      );
      await accept(scheduler, [offer.id], [launch(commandTask("t", offer.agent_id.value))]);
      expect(await statusOf(scheduler, "t")).to.include({
        state: "TASK_ERROR",
        message: "Task has duplicate ID: t",
      });
    });

    it("refuses another ExecutorInfo under the id of an executor that is there", async () => {
      const offer = await scheduler.offer();
      const task = (id: string, command: string): Record<string, unknown> =>
        commandTask(id, offer.agent_id.value, {
          command: undefined,
          executor: { ...CUSTOM_EXECUTOR, command: { value: command } },
        });
      await accept(scheduler, [offer.id], [launch(task("t1", "./one"), task("t2", "./two"))]);
      expect((await statusOf(scheduler, "t2")).message).to.equal(
        "ExecutorInfo is not compatible with existing ExecutorInfo with same ExecutorID 'e'",
      );
    });

    it("refuses an id on the operation", async () => {
      const offer = await scheduler.offer();
      const operation = launch(commandTask("t", offer.agent_id.value));
      await accept(scheduler, [offer.id], [{ ...operation, id: { value: "op" } }]);
      expect(await statusOf(scheduler, "t")).to.include({
        state: "TASK_ERROR",
        reason: "REASON_TASK_INVALID",
      });
    });
  });

  describe("LAUNCH_GROUP: TASK_ERROR of every task with REASON_TASK_GROUP_INVALID (MES-31)", () => {
    const faults: Record<
      string,
      readonly [executor: Record<string, unknown>, second: Record<string, unknown>, text: string]
    > = {
      "a task with an executor of its own": [
        {},
        { executor: CUSTOM_EXECUTOR },
        "Task 't2' is invalid: 'TaskInfo.executor' must not be set",
      ],
      "a Docker container": [
        {},
        { container: { type: "DOCKER", docker: { image: "x" } } },
        "Task 't2' is invalid: Docker ContainerInfo is not supported on the task of a task group",
      ],
      "a DEFAULT executor with a command": [
        { command: { value: "x" } },
        {},
        "'ExecutorInfo.command' must not be set for 'DEFAULT' executor",
      ],
      "an executor without type": [{ type: undefined }, {}, "'ExecutorInfo.type' must be set"],
      "a task that is too large": [
        {},
        { resources: wire("cpus:9") },
        "Total resources cpus:10.1;mem:64 required by task group and its executor is more than " +
          "available cpus:4;mem:1024;disk:100;ports:[31000-31009]",
      ],
    };
    for (const [name, [executor, second, text]] of Object.entries(faults)) {
      it(`refuses ${name}, and starts none`, async () => {
        const offer = await scheduler.offer();
        const agentId = offer.agent_id.value;
        const tasks = [commandTask("t1", agentId), commandTask("t2", agentId, second)];
        await accept(
          scheduler,
          [offer.id],
          [
            {
              type: "LAUNCH_GROUP",
              launch_group: {
                executor: { ...GROUP_EXECUTOR, ...executor },
                task_group: { tasks },
              },
            },
          ],
        );
        for (const id of ["t1", "t2"]) {
          expect(await statusOf(scheduler, id)).to.include({
            state: "TASK_ERROR",
            reason: "REASON_TASK_GROUP_INVALID",
            message: text,
          });
        }
        await scheduler.offer(({ id }) => id.value !== offer.id.value);
        expect(agent.events().some(({ type }) => type === "RUN_GROUP")).to.equal(false);
      });
    }

    it("refuses no task: nothing is started, and the offer returns", async () => {
      const offer = await scheduler.offer();
      const launch_group = { executor: GROUP_EXECUTOR, task_group: { tasks: [] } };
      await accept(scheduler, [offer.id], [{ type: "LAUNCH_GROUP", launch_group }]);
      await scheduler.offer(({ id }) => id.value !== offer.id.value);
      expect(agent.events().some(({ type }) => type === "RUN_GROUP")).to.equal(false);
    });

    it("starts a group that is right as one", async () => {
      const offer = await scheduler.offer();
      const agentId = offer.agent_id.value;
      const tasks = ["t1", "t2"].map((id) => commandTask(id, agentId));
      const launch_group = { executor: GROUP_EXECUTOR, task_group: { tasks } };
      await accept(scheduler, [offer.id], [{ type: "LAUNCH_GROUP", launch_group }]);
      const run = await agent.event("RUN_GROUP");
      expect(run.tasks.map(({ task_id }) => task_id.value)).to.deep.equal(["t1", "t2"]);
    });
  });

  for (const [kind, capabilities, state] of [
    ["aware", AWARE, "TASK_DROPPED"],
    ["other", UNAWARE, "TASK_LOST"],
  ] as const) {
    describe(`${state} to ${kind} frameworks (API-02)`, () => {
      let client: SchedulerClient;
      beforeEach(async () => {
        await scheduler.call({ type: "TEARDOWN" });
        client = await world.framework({ roles: ["a", "b"], capabilities });
      });

      /** An offer of a second agent, of the role of the first or of the other. */
      const second = async (first: Offer, isSameRole: boolean): Promise<Offer> => {
        const { role = "" } = first.allocation_info ?? {};
        const other = role === "a" ? "b" : "a";
        const roles = [isSameRole ? other : role];
        await client.call({ type: "SUPPRESS", suppress: { roles } });
        await world.agent({ hostname: "agent-2" });
        return client.offer(({ hostname }) => hostname === "agent-2");
      };

      const offersFault: Record<
        string,
        readonly [ids: (first: Offer) => unknown[] | Promise<unknown[]>, text: RegExp]
      > = {
        "an offer that is not there": [
          () => [{ value: "nobody" }],
          /^Offer nobody is no longer valid$/,
        ],
        "the same offer twice": [({ id }) => [id, id], /^Duplicate offer \S+-O\d+ in offer list$/],
        "offers of two roles": [
          async (first) => [first.id, (await second(first, false)).id],
          /^Aggregated offers must be allocated to the same role\. Offer \S+ uses role '[ab]' but another is using role '[ab]'$/,
        ],
        "offers of two agents": [
          async (first) => [first.id, (await second(first, true)).id],
          /^Aggregated offers must belong to one single agent\. Offer \S+ uses agent \S+-S\d+ and agent \S+-S\d+$/,
        ],
        "no offer": [() => [], /^No offers specified$/],
      };
      for (const [name, [idsOf, text]] of Object.entries(offersFault)) {
        it(`tasks and operations on ${name}: REASON_INVALID_OFFERS, and the others return`, async () => {
          const first = await client.offer();
          const ids = await idsOf(first);
          const reserving = { type: "RESERVE", id: { value: "op" }, reserve: { resources: [] } };
          const task = commandTask("t", first.agent_id.value);
          const answer = await accept(client, ids, [launch(task), reserving]);
          expect(answer.status).to.equal(202);
          const told = await statusOf(client, "t");
          expect(told).to.include({ state, reason: "REASON_INVALID_OFFERS" });
          const [, cause = ""] =
            /^Task launched with invalid offers: (.*)$/.exec(told.message ?? "") ?? [];
          expect(cause).to.match(text);
          const { update_operation_status } = await client.event(
            (it) => it.update_operation_status !== undefined,
          );
          expect(update_operation_status?.status).to.include({
            state: "OPERATION_ERROR",
            message: `Operation attempted with invalid offers: ${cause}`,
          });
        });
      }

      it("tasks above max_tasks_per_offer: REASON_TASK_INVALID, those below start (MES-45)", async () => {
        const offer = await client.offer();
        const tasks = ["t1", "t2", "t3"].map((id) => commandTask(id, offer.agent_id.value));
        await accept(client, [offer.id], [launch(...tasks)]);
        expect(await statusOf(client, "t3")).to.include({
          state,
          reason: "REASON_TASK_INVALID",
          message: "Task exceeds max_tasks_per_offer (2)",
        });
        await agent.event("RUN_TASK", ({ task }) => task.task_id.value === "t2");
      });

      it("tasks on an agent that is disconnected: REASON_AGENT_DISCONNECTED", async () => {
        const offer = await client.offer();
        // The offers of an agent are rescinded with its lease; a suspect agent has no link already.
        world.state.agents.get(asId<AgentId>(offer.agent_id.value))!.link = {
          kind: "disconnected",
        };
        await accept(client, [offer.id], [launch(commandTask("t", offer.agent_id.value))]);
        expect(await statusOf(client, "t")).to.include({
          state,
          reason: "REASON_AGENT_DISCONNECTED",
          message: "Agent disconnected",
        });
      });

      it("tasks on an agent that was removed: REASON_AGENT_REMOVED", async () => {
        const offer = await client.offer();
        world.state.agents.delete(asId<AgentId>(offer.agent_id.value));
        await accept(client, [offer.id], [launch(commandTask("t", offer.agent_id.value))]);
        expect(await statusOf(client, "t")).to.include({
          state,
          reason: "REASON_AGENT_REMOVED",
          message: "Agent removed",
        });
      });

      it("tasks on an agent that drains: REASON_AGENT_DRAINING (HA-16)", async () => {
        const offer = await client.offer();
        world.state.agents.get(asId<AgentId>(offer.agent_id.value))!.draining = {
          state: "DRAINING",
          markGone: false,
          maxGracePeriodMs: undefined,
        };
        await accept(client, [offer.id], [launch(commandTask("t", offer.agent_id.value))]);
        expect(await statusOf(client, "t")).to.include({ state, reason: "REASON_AGENT_DRAINING" });
      });
    });
  }
});
