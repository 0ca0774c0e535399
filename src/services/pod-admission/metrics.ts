import type { Counter, Histogram, Meter } from "../../runtime/ports/meter.ts";

export interface AdmissionMetrics {
  readonly admitted: Counter;
  readonly refused: Counter;
  readonly waitSeconds: Histogram;
}

/** `waiting` is asked for when somebody looks. */
export function admissionMetrics(meter: Meter, waiting: () => number): AdmissionMetrics {
  const gauge = meter.gauge({
    name: "orchestrator_admission_waiting",
    help: "Pool pods behind the admission gate.",
    stability: "alpha",
  });
  meter.onCollect(() => gauge.set(waiting()));
  const refused = meter.counter({
    name: "orchestrator_admission_refused_total",
    help: "Admissions that the API server refused (403, 422).",
    stability: "alpha",
  });
  const admitted = meter.counter({
    name: "orchestrator_admission_admitted_total",
    help: "Pool pods whose gate was opened.",
    stability: "alpha",
  });
  refused.add(0);
  admitted.add(0);
  return {
    refused,
    admitted,
    waitSeconds: meter.histogram({
      name: "orchestrator_admission_wait_seconds",
      help: "From the creation of a pool pod to the opening of its gate.",
      stability: "alpha",
      // From one coalescing window to the longest gate timeout in use: powers of about three.
      buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3600],
    }),
  };
}
