import type { Meter } from "../ports/meter.ts";
import { PRIORITIES, type Priority } from "./ready-keys.ts";

/** client-go's buckets: 10 ns to 1,000 s by tens; a queue is idle or badly behind, little lies between. */
const TENS = Array.from({ length: 12 }, (_, power) => 1e-8 * 10 ** power);

export interface QueueState {
  readonly depth: (priority: Priority) => number;
  /** Seconds that each key in work has been worked on. */
  readonly inWorkSeconds: () => readonly number[];
}

export interface QueueMetrics {
  readonly added: () => void;
  readonly retried: () => void;
  readonly waited: (seconds: number) => void;
  readonly worked: (seconds: number) => void;
}

/** The names of controller-runtime's queue metrics; gauges are read from `state` when somebody scrapes. */
export function queueMetrics(meter: Meter, controller: string, state: QueueState): QueueMetrics {
  const labels = { name: controller, controller };
  const labelNames = ["name", "controller"];
  const stable = { stability: "stable", labelNames } as const;
  const adds = meter.counter({
    name: "workqueue_adds_total",
    help: "Total number of adds handled by workqueue.",
    ...stable,
  });
  const retries = meter.counter({
    name: "workqueue_retries_total",
    help: "Total number of retries handled by workqueue.",
    ...stable,
  });
  const queued = meter.histogram({
    name: "workqueue_queue_duration_seconds",
    help: "How long in seconds an item stays in workqueue before being requested.",
    ...stable,
    buckets: TENS,
  });
  const worked = meter.histogram({
    name: "workqueue_work_duration_seconds",
    help: "How long in seconds processing an item from workqueue takes.",
    ...stable,
    buckets: TENS,
  });
  const depth = meter.gauge({
    name: "workqueue_depth",
    help: "Current depth of workqueue by workqueue and priority.",
    stability: "stable",
    labelNames: [...labelNames, "priority"],
  });
  const unfinished = meter.gauge({
    name: "workqueue_unfinished_work_seconds",
    help: "Seconds of work that is in progress and has not been observed by work_duration.",
    ...stable,
  });
  const longest = meter.gauge({
    name: "workqueue_longest_running_processor_seconds",
    help: "How many seconds the longest running processor for workqueue has been running.",
    ...stable,
  });
  adds.add(0, labels);
  retries.add(0, labels);
  meter.onCollect(() => {
    for (const priority of PRIORITIES) {
      depth.set(state.depth(priority), { ...labels, priority: String(priority) });
    }
    const seconds = state.inWorkSeconds();
    unfinished.set(
      seconds.reduce((sum, one) => sum + one, 0),
      labels,
    );
    longest.set(Math.max(0, ...seconds), labels);
  });
  return {
    added: () => adds.add(1, labels),
    retried: () => retries.add(1, labels),
    waited: (seconds) => queued.observe(seconds, labels),
    worked: (seconds) => worked.observe(seconds, labels),
  };
}
