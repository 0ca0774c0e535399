import {
  type Bucket,
  fullBucket,
  type Rate,
  returnToken,
  takeToken,
} from "../../domain/rate-limits/token-bucket.ts";
import type { Clock } from "../../runtime/ports/clock.ts";

/** Five wrong secrets a minute. */
const FAILURES: Rate = { qps: 5 / 60, capacity: 5 };
const ADDRESSES_MAX = 10_000;

/** Keeps an address from trying secrets faster than five a minute; shared by the methods that take secrets. */
export class FailureLimit {
  readonly #clock: Clock;
  /** Oldest failure first. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Until when the address has to wait; 0: it may try. */
  waitMs(address: string): number {
    const bucket = this.#buckets.get(address);
    if (bucket === undefined) return 0;
    const look = takeToken(bucket, FAILURES, this.#clock.monotonicMs());
    return look.ok ? 0 : look.waitMs;
  }

  /** A try failed, or begins to be checked: then it counts until `succeeded` says otherwise. */
  failed(address: string): void {
    const nowMs = this.#clock.monotonicMs();
    const bucket = this.#buckets.get(address) ?? fullBucket(FAILURES, nowMs);
    this.#buckets.delete(address);
    this.#buckets.set(address, takeToken(bucket, FAILURES, nowMs).bucket);
    for (const oldest of this.#buckets.keys()) {
      if (this.#buckets.size <= ADDRESSES_MAX) return;
      this.#buckets.delete(oldest);
    }
  }

  /** What was counted by `failed` did not fail. */
  succeeded(address: string): void {
    const bucket = this.#buckets.get(address);
    if (bucket !== undefined) this.#buckets.set(address, returnToken(bucket, FAILURES));
  }
}
