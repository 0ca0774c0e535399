import { expect } from "chai";
import { accept, commandTask, launch, statusOf } from "../../support/mesos/launching.ts";
import { startTestMaster } from "../../support/mesos/test-master.ts";
import { MasterInUse } from "../../support/mesos/use-master.ts";

/** `master/` names of dashboards and exporters, by what they tell of. */
const NAMES: Record<string, readonly string[]> = {
  "the master": ["uptime_secs", "elected"],
  resources: ["cpus", "gpus", "mem", "disk"].flatMap((name) =>
    ["", "_revocable"].flatMap((kind) =>
      ["total", "used", "percent"].map((part) => `${name}${kind}_${part}`),
    ),
  ),
  agents: ["active", "inactive", "connected", "disconnected", "unreachable"].map(
    (it) => `slaves_${it}`,
  ),
  frameworks: ["active", "inactive", "connected", "disconnected"].map((it) => `frameworks_${it}`),
  tasks: [
    ...["staging", "starting", "running", "killing", "unreachable", "finished", "failed"],
    ...["killed", "error", "lost", "dropped", "gone", "gone_by_operator"],
  ].map((it) => `tasks_${it}`),
  offers: ["outstanding_offers"],
  "messages dropped, valid and invalid": [
    "dropped_messages",
    ...[
      "status_updates",
      "status_update_acknowledgements",
      "framework_to_executor_messages",
      "executor_to_framework_messages",
      "operation_status_updates",
      "operation_status_update_acknowledgements",
    ].flatMap((it) => [`valid_${it}`, `invalid_${it}`]),
  ],
  "messages by kind": [
    ...["register_framework", "reregister_framework", "unregister_framework"],
    ...["deactivate_framework", "kill_task", "launch_tasks", "decline_offers", "revive_offers"],
    ...["suppress_offers", "reconcile_tasks", "reconcile_operations", "resource_request"],
    ...["framework_to_executor", "executor_to_framework", "status_update"],
    ...["status_update_acknowledgement", "register_slave", "reregister_slave"],
    ...["unregister_slave", "update_slave", "exited_executor", "authenticate"],
  ].map((it) => `messages_${it}`),
  "agents that come and go": [
    ...["registrations", "reregistrations", "removals"],
    ...["unhealthy", "unregistered", "registered"].map((it) => `removals/reason_${it}`),
    ...["scheduled", "completed", "canceled"].flatMap((it) => [
      `shutdowns_${it}`,
      `unreachable_${it}`,
    ]),
  ].map((it) => `slave_${it}`),
  "agents lost in a failover": ["recovery_slave_removals"],
  "the event queue": ["dispatches", "messages", "http_requests"].map((it) => `event_queue_${it}`),
  "the cache and who watches": ["http_cache_hits", "operator_event_stream_subscribers"],
  operations: ["total", "pending", "finished", "failed", "error", "dropped"].map(
    (it) => `operations/${it}`,
  ),
};

describe("/metrics/snapshot has the names that dashboards read, as numbers, from the start (NFR-17)", () => {
  let world: MasterInUse;
  let snapshot: Record<string, unknown>;
  before(async () => {
    world = await MasterInUse.of(startTestMaster());
    snapshot = JSON.parse((await world.get("/metrics/snapshot")).body) as Record<string, unknown>;
  });
  after(() => world.end());

  for (const [what, names] of Object.entries(NAMES)) {
    it(`metrics of ${what}`, () => {
      const lacking = names.filter((name) => typeof snapshot[`master/${name}`] !== "number");
      expect(lacking).to.deep.equal([]);
    });
  }
});

describe("/metrics/snapshot while tasks come and go (NFR-17)", () => {
  let world: MasterInUse;
  beforeEach(async () => {
    world = await MasterInUse.of(startTestMaster({ config: { offerTimeoutMs: 0 } }));
  });
  afterEach(() => world.end());

  it("counts tasks that ended by state, source and reason", async () => {
    const agent = await world.agent();
    const scheduler = await world.framework({ roles: ["a"] });
    const offer = await scheduler.offer();
    const agentId = offer.agent_id.value;
    const bad = commandTask("bad", agentId, { resources: [] });
    await accept(scheduler, [offer.id], [launch(bad, commandTask("t", agentId))]);
    await agent.event("RUN_TASK");
    await agent.call({ type: "GOODBYE", reason: "remove" });
    await statusOf(scheduler, "t");
    const ends = [
      "master/task_error/source_master/reason_task_invalid",
      "master/task_gone/source_master/reason_slave_removed",
      "master/tasks_error",
      "master/tasks_gone",
    ];
    for (const name of ends) expect(await world.metric(name), name).to.equal(1);
  });
});
