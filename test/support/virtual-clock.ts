import type { CancelTimer, Clock } from "../../src/runtime/ports/clock.ts";
import type { Random } from "../../src/runtime/ports/random.ts";

interface Timer {
  readonly dueMs: number;
  /** Breaks ties between timers due at the same time: seeded, so that orders differ between seeds and never within one. */
  readonly tie: number;
  readonly order: number;
  readonly fire: () => void;
}

/**
 * Time that moves only when a test says so. `advance` fires timers in the order of their due times and lets everything
 * they woke run to its next wait before the next timer fires.
 */
export class VirtualClock implements Clock {
  #elapsedMs = 0;
  #wallMs: number;
  #order = 0;
  readonly #heap: Timer[] = [];
  readonly #cancelled = new Set<Timer>();
  readonly #random: Random | undefined;

  constructor(options: { readonly startMs?: number; readonly random?: Random } = {}) {
    this.#wallMs = options.startMs ?? Date.UTC(2026, 0, 1);
    this.#random = options.random;
  }

  nowMs(): number {
    return this.#wallMs;
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  after(delayMs: number, fire: () => void): CancelTimer {
    const timer: Timer = {
      dueMs: this.#elapsedMs + Math.max(0, delayMs),
      tie: this.#random?.next() ?? 0,
      order: this.#order++,
      fire,
    };
    push(this.#heap, timer);
    return () => this.#cancelled.add(timer);
  }

  /** Timers that are armed. */
  get pending(): number {
    return this.#heap.filter((timer) => !this.#cancelled.has(timer)).length;
  }

  /** Milliseconds until the next timer, or undefined when none is armed. */
  nextDelayMs(): number | undefined {
    this.#dropCancelled();
    const next = this.#heap[0];
    return next === undefined ? undefined : next.dueMs - this.#elapsedMs;
  }

  /** Moves the wall clock alone, as NTP or an administrator does. */
  jumpWall(byMs: number): void {
    this.#wallMs += byMs;
  }

  /** Lets `byMs` pass. */
  async advance(byMs: number): Promise<void> {
    await this.settle();
    const endMs = this.#elapsedMs + byMs;
    for (;;) {
      this.#dropCancelled();
      const next = this.#heap[0];
      if (next === undefined || next.dueMs > endMs) break;
      pop(this.#heap);
      this.#moveTo(next.dueMs);
      next.fire();
      await this.settle();
    }
    this.#moveTo(endMs);
  }

  /** Lets time pass timer by timer until `done()` holds; throws after `atMostMs`. */
  async advanceUntil(done: () => boolean, atMostMs: number): Promise<void> {
    const endMs = this.#elapsedMs + atMostMs;
    await this.settle();
    while (!done()) {
      const delayMs = this.nextDelayMs();
      if (delayMs === undefined || this.#elapsedMs + delayMs > endMs) {
        throw new Error(`not done within ${atMostMs} ms of virtual time`);
      }
      await this.advance(delayMs);
    }
  }

  /** Lets everything that can run without time passing run. */
  settle(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  #moveTo(elapsedMs: number): void {
    this.#wallMs += elapsedMs - this.#elapsedMs;
    this.#elapsedMs = elapsedMs;
  }

  #dropCancelled(): void {
    for (let next = this.#heap[0]; next !== undefined; next = this.#heap[0]) {
      if (!this.#cancelled.delete(next)) return;
      pop(this.#heap);
    }
  }
}

function before(a: Timer, b: Timer): boolean {
  if (a.dueMs !== b.dueMs) return a.dueMs < b.dueMs;
  return a.tie === b.tie ? a.order < b.order : a.tie < b.tie;
}

function push(heap: Timer[], timer: Timer): void {
  let at = heap.push(timer) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!before(heap[at]!, heap[parent]!)) return;
    [heap[at], heap[parent]] = [heap[parent]!, heap[at]!];
    at = parent;
  }
}

function pop(heap: Timer[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  heap[0] = last;
  for (let at = 0; ;) {
    const left = 2 * at + 1;
    const right = left + 1;
    let least = at;
    if (left < heap.length && before(heap[left]!, heap[least]!)) least = left;
    if (right < heap.length && before(heap[right]!, heap[least]!)) least = right;
    if (least === at) return;
    [heap[at], heap[least]] = [heap[least]!, heap[at]!];
    at = least;
  }
}
