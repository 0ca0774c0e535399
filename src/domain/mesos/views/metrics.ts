import { scalarMilli } from "../../resources/arithmetic.ts";
import type { Resources } from "../../resources/resource.ts";
import type { MasterState } from "../master-state.ts";
import { isActive } from "./legacy-agent.ts";
import { usedOnAgent } from "./usage.ts";

/** Counters that exist from the start, 0 until something happens (spec/mesos.md 13). */
export const MASTER_COUNTERS: readonly string[] = [
  ...["finished", "failed", "killed", "error", "lost", "dropped", "gone", "gone_by_operator"].map(
    (state) => `master/tasks_${state}`,
  ),
  "master/dropped_messages",
  ...[
    "status_updates",
    "status_update_acknowledgements",
    "framework_to_executor_messages",
    "executor_to_framework_messages",
    "operation_status_updates",
    "operation_status_update_acknowledgements",
  ].flatMap((name) => [`master/invalid_${name}`, `master/valid_${name}`]),
  ...[
    "register_framework",
    "reregister_framework",
    "unregister_framework",
    "deactivate_framework",
    "kill_task",
    "launch_tasks",
    "decline_offers",
    "revive_offers",
    "suppress_offers",
    "reconcile_tasks",
    "reconcile_operations",
    "resource_request",
    "framework_to_executor",
    "executor_to_framework",
    "operation_status_update",
    "operation_status_update_acknowledgement",
    "status_update",
    "status_update_acknowledgement",
    "register_slave",
    "reregister_slave",
    "unregister_slave",
    "update_slave",
    "exited_executor",
    "authenticate",
  ].map((name) => `master/messages_${name}`),
  "master/slave_registrations",
  "master/slave_reregistrations",
  "master/slave_removals",
  "master/slave_removals/reason_unhealthy",
  "master/slave_removals/reason_unregistered",
  "master/slave_removals/reason_registered",
  "master/slave_shutdowns_scheduled",
  "master/slave_shutdowns_completed",
  "master/slave_shutdowns_canceled",
  "master/slave_unreachable_scheduled",
  "master/slave_unreachable_completed",
  "master/slave_unreachable_canceled",
  "master/recovery_slave_removals",
  "master/event_queue_dispatches",
  "master/event_queue_messages",
  "master/event_queue_http_requests",
  "master/http_cache_hits",
  "master/operator_event_stream_subscribers",
];

const SCALARS = ["cpus", "gpus", "mem", "disk"];

/** Gauges of `/metrics/snapshot` that are read off the tables. */
export function masterGauges(
  state: MasterState,
  facts: { readonly nowMs: number; readonly startedMs: number; readonly elected: boolean },
): Record<string, number> {
  const agents = [...state.agents.values()];
  const frameworks = [...state.frameworks.values()];
  const connected = frameworks.filter(({ connection }) => connection.kind === "connected").length;
  const linked = agents.filter(({ link }) => link.kind !== "disconnected").length;
  const active = agents.filter(isActive).length;
  const gauges: Record<string, number> = {
    "master/uptime_secs": (facts.nowMs - facts.startedMs) / 1000,
    "master/elected": facts.elected ? 1 : 0,
    "master/slaves_active": active,
    "master/slaves_inactive": agents.length - active,
    "master/slaves_connected": linked,
    "master/slaves_disconnected": agents.length - linked,
    "master/slaves_unreachable": state.unreachable.size,
    "master/frameworks_active": connected,
    "master/frameworks_inactive": frameworks.length - connected,
    "master/frameworks_connected": connected,
    "master/frameworks_disconnected": frameworks.length - connected,
    "master/outstanding_offers": state.offers.size,
    "master/tasks_staging": 0,
    "master/tasks_starting": 0,
    "master/tasks_running": 0,
    "master/tasks_killing": 0,
    "master/tasks_unreachable": 0,
  };
  for (const framework of frameworks) {
    for (const task of framework.tasks.values()) {
      const name = `master/tasks_${task.state.slice("TASK_".length).toLowerCase()}`;
      if (gauges[name] !== undefined) gauges[name] += 1;
    }
    gauges["master/tasks_unreachable"] =
      (gauges["master/tasks_unreachable"] ?? 0) + framework.unreachableTasks.size;
  }
  addOperationGauges(gauges, state);
  addResourceGauges(gauges, state);
  return gauges;
}

const OPERATION_STATES = [
  "pending",
  "recovering",
  "unreachable",
  "finished",
  "failed",
  "error",
  "dropped",
  "gone_by_operator",
];

/** Operations that are known, by state: over or not, until the last status is acknowledged. */
function addOperationGauges(gauges: Record<string, number>, state: MasterState): void {
  for (const name of ["total", ...OPERATION_STATES]) gauges[`master/operations/${name}`] = 0;
  const count = (name: string): void => {
    gauges[`master/operations/${name}`] = (gauges[`master/operations/${name}`] ?? 0) + 1;
  };
  for (const { operations } of state.agents.values()) {
    for (const operation of operations.values()) {
      count("total");
      count(operation.state.slice("OPERATION_".length).toLowerCase());
    }
  }
}

function addResourceGauges(gauges: Record<string, number>, state: MasterState): void {
  const use = [...state.agents.values()].map((agent) => ({
    total: agent.total,
    used: usedOnAgent(state, agent),
  }));
  for (const name of SCALARS) {
    for (const suffix of ["", "_revocable"]) {
      const isRevocable = suffix !== "";
      let totalMilli = 0;
      let usedMilli = 0;
      for (const { total, used } of use) {
        totalMilli += scalarMilli(onlyRevocable(total, isRevocable), name);
        usedMilli += scalarMilli(onlyRevocable(used, isRevocable), name);
      }
      gauges[`master/${name}${suffix}_total`] = totalMilli / 1000;
      gauges[`master/${name}${suffix}_used`] = usedMilli / 1000;
      gauges[`master/${name}${suffix}_percent`] = totalMilli === 0 ? 0 : usedMilli / totalMilli;
    }
  }
}

function onlyRevocable(resources: Resources, revocable: boolean): Resources {
  return resources.filter((resource) => (resource.revocable === true) === revocable);
}
