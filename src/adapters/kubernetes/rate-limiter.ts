import { sleep, type Clock } from "../../runtime/ports/clock.ts";

/** A token bucket in front of all calls, for people who ask for one; API Priority and Fairness decides otherwise. */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #filledAtMs: number;

  constructor(clock: Clock, options: { readonly perSecond: number; readonly burst: number }) {
    this.#clock = clock;
    this.#perSecond = options.perSecond;
    this.#burst = options.burst;
    this.#tokens = options.burst;
    this.#filledAtMs = clock.monotonicMs();
  }

  /** Resolves when the call may go, with the milliseconds waited. Callers pass in the order they came. */
  async pass(signal: AbortSignal): Promise<number> {
    const nowMs = this.#clock.monotonicMs();
    const earned = ((nowMs - this.#filledAtMs) / 1_000) * this.#perSecond;
    this.#tokens = Math.min(this.#burst, this.#tokens + earned) - 1;
    this.#filledAtMs = nowMs;
    if (this.#tokens >= 0) return 0;
    const waitMs = (-this.#tokens / this.#perSecond) * 1_000;
    await sleep(this.#clock, waitMs, signal);
    return waitMs;
  }
}
