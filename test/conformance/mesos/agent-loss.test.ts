import { expect } from "chai";
import type { LinkAgent } from "../../support/mesos/link-agent.ts";
import type { SchedulerClient } from "../../support/mesos/scheduler-client.ts";
import { commandTask, launchOn, statusOf } from "../../support/mesos/launching.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";
import { startTestMaster } from "../../support/mesos/test-master.ts";
import { MasterInUse } from "../../support/mesos/use-master.ts";

const AWARE = [{ type: "MULTI_ROLE" }, { type: "PARTITION_AWARE" }];
const UNAWARE = [{ type: "MULTI_ROLE" }];
/** Longer than an agent may be silent. */
const SILENCE_MS = 26_000;

for (const [kind, capabilities] of [
  ["aware", AWARE],
  ["other", UNAWARE],
] as const) {
  const isAware = kind === "aware";

  describe(`what ${kind} frameworks hear of a lost agent`, () => {
    let clock: VirtualClock;
    let world: MasterInUse;
    let agent: LinkAgent;
    let agentId: string;
    let scheduler: SchedulerClient;

    beforeEach(async () => {
      clock = new VirtualClock();
      world = await MasterInUse.of(
        startTestMaster({ config: { offerTimeoutMs: 0 }, parts: { clock } }),
      );
      agent = await world.agent();
      agentId = await agent.agentId();
      scheduler = await world.framework({ roles: ["a"], capabilities, failover_timeout: 3600 });
      await scheduler.frameworkId();
      // Offers are made by the clock.
      await clock.advance(1000);
      await launchOn(agent, scheduler, "t");
      await agent.beat();
      await clock.advance(1000);
    });
    afterEach(() => world.end());

    const untilFailure = async (): Promise<void> => {
      const { failure } = await scheduler.event((it) => it.failure !== undefined);
      expect(failure).to.deep.equal({ agent_id: { value: agentId } });
    };

    it("unreachable: status with the time of the loss, FAILURE, offers rescinded (MES-04)", async () => {
      const offer = await scheduler.offer(
        ({ resources }) => resources?.find(({ name }) => name === "cpus")?.scalar?.value === 3,
      );
      await clock.advance(SILENCE_MS);
      const status = await statusOf(scheduler, "t");
      expect(status).to.include({
        state: isAware ? "TASK_UNREACHABLE" : "TASK_LOST",
        source: "SOURCE_MASTER",
        reason: "REASON_AGENT_REMOVED",
        message: "Agent agent-1 is unreachable",
      });
      expect(status.uuid).to.equal(undefined);
      expect(status.unreachable_time).to.have.property("nanoseconds");
      const { rescind } = await scheduler.event((it) => it.rescind !== undefined);
      expect(rescind?.offer_id).to.deep.equal(offer.id);
      await untilFailure();
    });

    it("returned from unreachable: the real state, and the task lives on (MES-29)", async () => {
      await clock.advance(SILENCE_MS);
      await untilFailure();
      const frameworkId = await scheduler.frameworkId();
      const back = await world.agent({
        agentId,
        tasks: [
          {
            framework_id: frameworkId,
            executor_id: "t",
            task: commandTask("t", agentId),
            latest_state: "TASK_RUNNING",
            launch_id: "l",
          },
        ],
      });
      await back.agentId();
      const status = await statusOf(scheduler, "t", ({ state }) => state === "TASK_RUNNING");
      expect(status).to.include({
        reason: "REASON_AGENT_REREGISTERED",
        message: "Unreachable agent re-reregistered",
      });
      expect(back.events().some(({ type }) => type === "KILL")).to.equal(false);
    });

    it("unregistered: the task is over (MES-03)", async () => {
      await agent.call({ type: "GOODBYE", reason: "remove" });
      expect(await statusOf(scheduler, "t")).to.include({
        state: isAware ? "TASK_GONE" : "TASK_LOST",
        reason: "REASON_AGENT_REMOVED",
        message: "Agent agent-1 removed: unregistered",
      });
      await untilFailure();
    });

    it("marked gone: the task is over for good (MES-29)", async () => {
      const answer = await world.call({
        type: "MARK_AGENT_GONE",
        mark_agent_gone: { agent_id: { value: agentId } },
      });
      expect(answer.status).to.equal(200);
      expect(await statusOf(scheduler, "t")).to.include(
        isAware
          ? { state: "TASK_GONE_BY_OPERATOR", reason: "REASON_AGENT_REMOVED_BY_OPERATOR" }
          : { state: "TASK_LOST", reason: "REASON_AGENT_REMOVED" },
      );
      await untilFailure();
    });
  });
}
