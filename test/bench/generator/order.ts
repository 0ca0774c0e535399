import type { Spread } from "../bench.ts";
import type { Figures } from "../run/process-figures.ts";

/** What the generator is told to do, with everything fixed in advance. */
export interface TrafficOrder {
  readonly port: number;
  readonly seed: number;
  readonly agents: number;
  readonly frameworks: number;
  /** Counted is what is sent after the warm-up. */
  readonly warmUpMs: number;
  readonly durationMs: number;
  readonly tasksPerAccept: number;
  readonly launchesPerSecond: number;
  /** Each task runs that long and ends with an update. */
  readonly lifetimeMs: number;
  /** Offers declined, so that what comes back is offered again. */
  readonly declinesPerSecond: number;
  /** New agents; each leaves after a while. */
  readonly registrationsPerMinute: number;
}

export type LatencyName = "offer" | "ack" | "dispatch" | "forwarding";

/** What came of it, on the generator's clock, from the intended send. */
export interface TrafficReport {
  readonly latencies: Readonly<
    Record<LatencyName, { readonly spread: Spread; readonly count: number }>
  >;
  readonly counts: TrafficCounts;
  readonly figures: Figures;
  /** Memory of the generator says nothing; this is how late it sent, at the 99th percentile. */
  readonly sendLateP99Ms: number;
}

/** All since the start, warm-up included. */
export interface TrafficCounts {
  accepts: number;
  /** ACCEPTs that no framework had an offer for when they were due. */
  starved: number;
  tasksAccepted: number;
  tasksDispatched: number;
  running: number;
  finished: number;
  /** Updates of any other state. */
  otherUpdates: number;
  acknowledged: number;
  declines: number;
  registrations: number;
  /** Requests that were answered otherwise than they should. */
  refused: number;
}

export type GeneratorMessage =
  /** Everybody is subscribed; the warm-up begins. */
  | { readonly kind: "ready" }
  | { readonly kind: "measuring" }
  /** The schedule is over; what is under way is waited for. */
  | { readonly kind: "measured" }
  | { readonly kind: "done"; readonly report: TrafficReport };
