import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { HealthCheck } from "./health.ts";

const LOOK_EVERY_MS = 500;
const FATAL_LAG_MS = 10_000;
/** How long a fatal lag fails liveness: a few probe periods, so that kubelet sees it. */
const FATAL_SHOWN_MS = 60_000;

/** Measures how late timers fire: the time during which this process answered nobody and renewed nothing. */
export class LoopLag {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #warnAboveMs: number;
  #fatalAtMs = Number.NEGATIVE_INFINITY;

  /** `warnAboveMs`: half the renew deadline of the lease that this loop has to renew. */
  constructor(clock: Clock, logger: Logger, warnAboveMs: number) {
    this.#clock = clock;
    this.#logger = logger;
    this.#warnAboveMs = warnAboveMs;
  }

  /** Looks twice a second until the signal aborts. */
  start(signal: AbortSignal): void {
    if (signal.aborted) return;
    const sinceMs = this.#clock.monotonicMs();
    const cancel = this.#clock.after(LOOK_EVERY_MS, () => {
      signal.removeEventListener("abort", cancel);
      this.#saw(this.#clock.monotonicMs() - sinceMs - LOOK_EVERY_MS);
      this.start(signal);
    });
    signal.addEventListener("abort", cancel, { once: true });
  }

  readonly check: HealthCheck = {
    name: "event-loop",
    failure: () =>
      this.#clock.monotonicMs() - this.#fatalAtMs < FATAL_SHOWN_MS
        ? `lagged more than ${FATAL_LAG_MS / 1_000} s`
        : undefined,
  };

  #saw(lagMs: number): void {
    if (lagMs > FATAL_LAG_MS) this.#fatalAtMs = this.#clock.monotonicMs();
    if (lagMs > this.#warnAboveMs) {
      this.#logger.warn("The event loop was blocked.", { durationMs: lagMs });
    }
  }
}
