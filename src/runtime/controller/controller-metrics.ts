import type { Meter } from "../ports/meter.ts";

/** controller-runtime's buckets: from a reconcile that reads caches only to one that runs into its timeout. */
const RECONCILE_SECONDS = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1,
  1.25, 1.5, 1.75, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
];
export const RECONCILE_RESULTS = ["success", "error", "requeue", "requeue_after"] as const;
export type ReconcileResultLabel = (typeof RECONCILE_RESULTS)[number];

export interface ControllerMetrics {
  readonly reconciled: (result: ReconcileResultLabel, seconds: number) => void;
  readonly failed: () => void;
  readonly failedTerminally: () => void;
  readonly panicked: () => void;
  readonly timedOut: () => void;
  readonly staleSkipped: () => void;
  readonly hotLoopFound: () => void;
  readonly planned: (actions: number) => void;
  readonly activeWorkers: (count: number) => void;
}

export function controllerMetrics(
  meter: Meter,
  controller: string,
  maxConcurrent: number,
): ControllerMetrics {
  const labels = { controller };
  const count = (name: string, help: string, stability: "stable" | "alpha" = "stable") => {
    const counter = meter.counter({ name, help, stability, labelNames: ["controller"] });
    counter.add(0, labels);
    return (value = 1): void => counter.add(value, labels);
  };
  const results = meter.counter({
    name: "controller_runtime_reconcile_total",
    help: "Total number of reconciliations per controller.",
    stability: "stable",
    labelNames: ["controller", "result"],
  });
  for (const result of RECONCILE_RESULTS) results.add(0, { controller, result });
  const time = meter.histogram({
    name: "controller_runtime_reconcile_time_seconds",
    help: "Length of time per reconciliation per controller.",
    stability: "stable",
    labelNames: ["controller"],
    buckets: RECONCILE_SECONDS,
  });
  const active = meter.gauge({
    name: "controller_runtime_active_workers",
    help: "Number of currently used workers per controller.",
    stability: "stable",
    labelNames: ["controller"],
  });
  active.set(0, labels);
  meter
    .gauge({
      name: "controller_runtime_max_concurrent_reconciles",
      help: "Maximum number of concurrent reconciles per controller.",
      stability: "stable",
      labelNames: ["controller"],
    })
    .set(maxConcurrent, labels);
  return {
    reconciled: (result, seconds) => {
      results.add(1, { controller, result });
      time.observe(seconds, labels);
    },
    failed: count(
      "controller_runtime_reconcile_errors_total",
      "Total number of reconciliation errors per controller.",
    ),
    failedTerminally: count(
      "controller_runtime_terminal_reconcile_errors_total",
      "Total number of terminal reconciliation errors per controller.",
    ),
    panicked: count(
      "controller_runtime_reconcile_panics_total",
      "Total number of reconciles that threw something unforeseen.",
    ),
    timedOut: count(
      "controller_runtime_reconcile_timeouts_total",
      "Total number of reconciles that ran into their timeout.",
    ),
    staleSkipped: count(
      "stale_sync_skips_total",
      "Reconciles put off because the cache had not seen our own writes.",
    ),
    hotLoopFound: count(
      "orchestrator_hot_loops_total",
      "Keys slowed down because they were worked on again and again without a change.",
      "alpha",
    ),
    planned: count("orchestrator_plan_actions_total", "Actions that reconciles planned.", "alpha"),
    activeWorkers: (workers) => active.set(workers, labels),
  };
}
