import type { Meter } from "../ports/meter.ts";

export const RELIST_REASONS = ["first", "gone", "tooLarge"] as const;
export type RelistReason = (typeof RELIST_REASONS)[number];

export interface InformerMetrics {
  readonly sawEvent: (wallMs: number) => void;
  readonly reconnected: () => void;
  readonly relisted: (reason: RelistReason) => void;
  readonly handlerFailed: () => void;
}

export function informerMetrics(meter: Meter, gvk: string): InformerMetrics {
  const lastEvent = meter.gauge({
    name: "orchestrator_watch_last_event_timestamp_seconds",
    help: "When a watch last heard from the API server, bookmarks included.",
    stability: "alpha",
    labelNames: ["gvk"],
  });
  const reconnects = meter.counter({
    name: "orchestrator_watch_reconnects_total",
    help: "Watches opened anew after one ended or failed.",
    stability: "alpha",
    labelNames: ["gvk"],
  });
  const relists = meter.counter({
    name: "orchestrator_relists_total",
    help: "Whole lists read, by reason.",
    stability: "alpha",
    labelNames: ["gvk", "reason"],
  });
  const failures = meter.counter({
    name: "orchestrator_informer_handler_errors_total",
    help: "Change handlers that threw; the change was skipped for them.",
    stability: "alpha",
    labelNames: ["gvk"],
  });
  for (const reason of RELIST_REASONS) relists.add(0, { gvk, reason });
  reconnects.add(0, { gvk });
  failures.add(0, { gvk });
  return {
    sawEvent: (wallMs) => lastEvent.set(wallMs / 1_000, { gvk }),
    reconnected: () => reconnects.add(1, { gvk }),
    relisted: (reason) => relists.add(1, { gvk, reason }),
    handlerFailed: () => failures.add(1, { gvk }),
  };
}
