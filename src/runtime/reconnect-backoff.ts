import type { Clock } from "./ports/clock.ts";
import type { Random } from "./ports/random.ts";

const FIRST_MS = 800;
const MAX_MS = 30_000;
const HEALTHY_AFTER_MS = 120_000;

/**
 * Waiting times between attempts to reach something that fails: 0.8 s doubled up to 30 s, each drawn evenly from [0, that)
 * (full jitter). Two minutes without asking count as health and start anew.
 */
export class ReconnectBackoff {
  readonly #clock: Clock;
  readonly #random: Random;
  #ceilingMs = FIRST_MS;
  #askedAtMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Milliseconds to wait before the next attempt. */
  nextDelayMs(): number {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#askedAtMs > HEALTHY_AFTER_MS) this.#ceilingMs = FIRST_MS;
    this.#askedAtMs = nowMs;
    const delayMs = this.#random.next() * this.#ceilingMs;
    this.#ceilingMs = Math.min(MAX_MS, this.#ceilingMs * 2);
    return delayMs;
  }
}
