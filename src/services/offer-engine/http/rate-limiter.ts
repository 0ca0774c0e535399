import { limitOf, type RateLimits } from "../../../domain/rate-limits/rate-limits.ts";
import { type Bucket, fullBucket, takeToken } from "../../../domain/rate-limits/token-bucket.ts";
import type { Clock } from "../../../runtime/ports/clock.ts";

/** Counts calls against the limits of their principals. One bucket per listed principal and one for the others. */
export class RateLimiter {
  readonly #limits: () => RateLimits;
  readonly #clock: Pick<Clock, "monotonicMs">;
  readonly #buckets = new Map<string, Bucket>();
  #counted: RateLimits | undefined;

  /** @param limits those that hold now; another object when they changed. */
  constructor(limits: () => RateLimits, clock: Pick<Clock, "monotonicMs">) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** How long the caller has to wait; 0: it may call, and has. */
  waitMs(principal: string | undefined): number {
    const limits = this.#limits();
    if (limits !== this.#counted) this.#begin(limits);
    const limit = limitOf(limits, principal);
    if (limit === undefined) return 0;
    const nowMs = this.#clock.monotonicMs();
    const bucket = this.#buckets.get(limit.bucket) ?? fullBucket(limit.rate, nowMs);
    const taken = takeToken(bucket, limit.rate, nowMs);
    this.#buckets.set(limit.bucket, taken.bucket);
    return taken.ok ? 0 : taken.waitMs;
  }

  /** New limits are counted anew. */
  #begin(limits: RateLimits): void {
    this.#counted = limits;
    this.#buckets.clear();
  }
}
