import type { Counter, Gauge, Histogram, Meter } from "../../runtime/ports/meter.ts";

/** Metrics of an agent; one file, so that the reference page lists them. */
export interface AgentMetrics {
  readonly lowerTerms: Counter;
  readonly updatesPending: Gauge;
  readonly updateRetries: Counter;
  readonly invalidUpdates: Counter;
  readonly wrongUuids: Counter;
  readonly unknownContainers: Counter;
  readonly tasksFinished: Counter;
  readonly tasksFailed: Counter;
  readonly containersRunning: Gauge;
  readonly executorsRunning: Gauge;
  readonly launchSeconds: Histogram;
  readonly launchErrors: Counter;
}

/** Launches take from a warm fork (ms) to a cold pull (minutes). */
const LAUNCH_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600];

export function agentMetrics(meter: Meter): AgentMetrics {
  const metrics: AgentMetrics = {
    lowerTerms: meter.counter({
      name: "orchestrator_agent_lower_term_events_total",
      help: "Events of a master with an older term, refused.",
      stability: "alpha",
    }),
    updatesPending: meter.gauge({
      name: "orchestrator_agent_updates_pending",
      help: "Status updates that no framework has acknowledged yet.",
      stability: "alpha",
    }),
    updateRetries: meter.counter({
      name: "orchestrator_agent_update_retries_total",
      help: "Status updates sent again because no acknowledgement came in time.",
      stability: "alpha",
    }),
    invalidUpdates: meter.counter({
      name: "orchestrator_agent_invalid_updates_total",
      help: "Status updates dropped because the task had ended already.",
      stability: "alpha",
    }),
    wrongUuids: meter.counter({
      name: "orchestrator_agent_wrong_acknowledgements_total",
      help: "Acknowledgements that named another update than the outstanding one.",
      stability: "alpha",
    }),
    unknownContainers: meter.counter({
      name: "orchestrator_agent_unknown_containers_total",
      help: "Containers found that no record explains; deleted, never adopted.",
      stability: "alpha",
    }),
    tasksFinished: meter.counter({
      name: "mesos_agent_tasks_finished_total",
      help: "Tasks that ended by themselves with exit code 0.",
      stability: "alpha",
    }),
    tasksFailed: meter.counter({
      name: "mesos_agent_tasks_failed_total",
      help: "Tasks that failed, could not be started or were lost here.",
      stability: "alpha",
    }),
    containersRunning: meter.gauge({
      name: "mesos_agent_containers_running",
      help: "Containers of tasks that run now.",
      stability: "alpha",
    }),
    executorsRunning: meter.gauge({
      name: "mesos_agent_executors_running",
      help: "Executors, built-in ones included, that have a live task.",
      stability: "alpha",
    }),
    launchSeconds: meter.histogram({
      name: "mesos_agent_container_launch_duration_seconds",
      help: "From the launch event to the first running report.",
      stability: "alpha",
      buckets: LAUNCH_SECONDS,
    }),
    launchErrors: meter.counter({
      name: "mesos_agent_container_launch_errors_total",
      help: "Launches that ended without a running container.",
      stability: "alpha",
    }),
  };
  for (const counter of [
    metrics.lowerTerms,
    metrics.updateRetries,
    metrics.invalidUpdates,
    metrics.wrongUuids,
    metrics.unknownContainers,
    metrics.tasksFinished,
    metrics.tasksFailed,
    metrics.launchErrors,
  ]) {
    counter.add(0);
  }
  return metrics;
}
