import { invariant } from "../../api/invariant.ts";
import type { ObjectKey } from "../kube/kube-object.ts";
import type { CancelTimer, Clock } from "../ports/clock.ts";
import type { Meter } from "../ports/meter.ts";
import type { Random } from "../ports/random.ts";
import { DelayedKeys } from "./delayed-keys.ts";
import { keyBackoffMs } from "./key-backoff.ts";
import { queueMetrics, type QueueMetrics } from "./queue-metrics.ts";
import { ReadyKeys, type Priority } from "./ready-keys.ts";

export interface WorkQueueParts {
  /** The controller that works on it: the `name` of its metrics. */
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly meter: Meter;
}

export interface AddOptions {
  readonly priority?: Priority;
  readonly delayMs?: number;
}

interface Asked {
  readonly priority: Priority;
  readonly dueMs: number;
}

/**
 * Keys to look at. A key stands in it at most once, so its size is bounded by the number of objects; a key that is worked on is
 * not given out again before {@link done}, and an add meanwhile brings it back afterwards. Several adds merge to the highest
 * priority and the earliest time.
 *
 *     add ─► delayed ─(due)─► ready ─(take)─► in work ─(done)─► forgotten, or delayed/ready again
 */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #metrics: QueueMetrics;
  readonly #ready = new ReadyKeys();
  readonly #delayed = new DelayedKeys();
  readonly #delayedPriority = new Map<ObjectKey, Priority>();
  readonly #inWork = new Map<ObjectKey, number>();
  readonly #askedMeanwhile = new Map<ObjectKey, Asked>();
  readonly #failures = new Map<ObjectKey, number>();
  readonly #takers: ((key: ObjectKey | undefined) => void)[] = [];
  #cancelTimer: CancelTimer | undefined;
  #timerDueMs = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor({ name, clock, random, meter }: WorkQueueParts) {
    this.#clock = clock;
    this.#random = random;
    this.#metrics = queueMetrics(meter, name, {
      depth: (priority) => this.#ready.depth(priority),
      inWorkSeconds: () => {
        const nowMs = clock.monotonicMs();
        return [...this.#inWork.values()].map((sinceMs) => (nowMs - sinceMs) / 1_000);
      },
    });
  }

  /** Keys that may be worked on now. */
  get depth(): number {
    return this.#ready.depth(0) + this.#ready.depth(-100);
  }

  /** Asks for a look at `key`. After {@link close}, nothing. */
  add(key: ObjectKey, { priority = 0, delayMs = 0 }: AddOptions = {}): void {
    if (this.#closed) return;
    this.#metrics.added();
    this.#ask(key, { priority, dueMs: this.#clock.monotonicMs() + Math.max(0, delayMs) });
  }

  /** Asks again after a failure, later each time in a row. @returns the delay. */
  retry(key: ObjectKey): number {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    this.#metrics.retried();
    const delayMs = keyBackoffMs(failures, this.#random);
    this.add(key, { delayMs });
    return delayMs;
  }

  /** The next failure of `key` is its first again. */
  forget(key: ObjectKey): void {
    this.#failures.delete(key);
  }

  /** Failures of `key` in a row. */
  failures(key: ObjectKey): number {
    return this.#failures.get(key) ?? 0;
  }

  /** The next key, when there is one; `undefined` once the queue is closed. Whoever takes a key must call {@link done}. */
  take(): Promise<ObjectKey | undefined> {
    if (this.#closed) return Promise.resolve(undefined);
    const key = this.#takeNow();
    if (key !== undefined) return Promise.resolve(key);
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  done(key: ObjectKey): void {
    const sinceMs = this.#inWork.get(key);
    invariant(sinceMs !== undefined, "only a key that was taken is done");
    this.#inWork.delete(key);
    this.#metrics.worked((this.#clock.monotonicMs() - sinceMs) / 1_000);
    const asked = this.#askedMeanwhile.get(key);
    if (asked === undefined) return;
    this.#askedMeanwhile.delete(key);
    this.#ask(key, asked);
  }

  /** Takes no more keys and gives none out; keys in work end as usual. */
  close(): void {
    this.#closed = true;
    this.#cancelTimer?.();
    for (const taker of this.#takers.splice(0)) taker(undefined);
  }

  #ask(key: ObjectKey, asked: Asked): void {
    if (this.#closed) return;
    if (this.#inWork.has(key)) {
      this.#askedMeanwhile.set(key, merge(this.#askedMeanwhile.get(key), asked));
      return;
    }
    const nowMs = this.#clock.monotonicMs();
    const waiting = this.#delayedPriority.get(key);
    const priority = waiting === 0 ? 0 : asked.priority;
    if (asked.dueMs <= nowMs || this.#ready.has(key)) {
      this.#delayed.delete(key);
      this.#delayedPriority.delete(key);
      this.#makeReady(key, priority, nowMs);
      return;
    }
    this.#delayedPriority.set(key, priority);
    if (this.#delayed.add(key, asked.dueMs)) this.#arm();
  }

  #makeReady(key: ObjectKey, priority: Priority, nowMs: number): void {
    this.#ready.add(key, priority, nowMs);
    const taker = this.#takers.shift();
    if (taker !== undefined) taker(this.#takeNow());
  }

  #takeNow(): ObjectKey | undefined {
    const nowMs = this.#clock.monotonicMs();
    const next = this.#ready.take(nowMs);
    if (next === undefined) return undefined;
    this.#inWork.set(next.key, nowMs);
    this.#metrics.waited((nowMs - next.sinceMs) / 1_000);
    return next.key;
  }

  /** One timer for the earliest delayed key. */
  #arm(): void {
    const dueMs = this.#delayed.nextDueMs();
    if (dueMs === undefined || dueMs >= this.#timerDueMs) return;
    this.#cancelTimer?.();
    this.#timerDueMs = dueMs;
    this.#cancelTimer = this.#clock.after(dueMs - this.#clock.monotonicMs(), () => this.#fire());
  }

  #fire(): void {
    this.#timerDueMs = Number.POSITIVE_INFINITY;
    const nowMs = this.#clock.monotonicMs();
    for (const key of this.#delayed.takeDue(nowMs)) {
      const priority = this.#delayedPriority.get(key) ?? 0;
      this.#delayedPriority.delete(key);
      this.#makeReady(key, priority, nowMs);
    }
    this.#arm();
  }
}

function merge(known: Asked | undefined, asked: Asked): Asked {
  if (known === undefined) return asked;
  return {
    priority: known.priority === 0 ? 0 : asked.priority,
    dueMs: Math.min(known.dueMs, asked.dueMs),
  };
}
