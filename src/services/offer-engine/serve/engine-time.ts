import type { CancelTimer, Clock } from "../../../runtime/ports/clock.ts";

const TICK_MS = 250;

/** What becomes due. */
export interface DueTimes {
  /** Every 250 ms, that much later than it should have been. */
  readonly ticked: (lagMs: number) => void;
  readonly allocationDue: () => void;
}

/** The time of one engine: its wall time, its tick, and the one timer of its allocator. */
export class EngineTime {
  readonly #clock: Clock;
  readonly #due: DueTimes;
  readonly #wallOffsetMs: number;
  #cancelTick: CancelTimer = () => undefined;
  #cancelAllocation: CancelTimer | undefined;
  #allocationDueMs = Infinity;
  #lastTickMs = 0;
  #lastRunMs = -Infinity;
  #isStopped = false;

  constructor(clock: Clock, due: DueTimes) {
    this.#clock = clock;
    this.#due = due;
    this.#wallOffsetMs = clock.nowMs() - clock.monotonicMs();
  }

  /** Wall time that never jumps: it is read once and carried on by the monotonic clock. */
  nowMs(): number {
    return this.#clock.monotonicMs() + this.#wallOffsetMs;
  }

  start(): void {
    this.#lastTickMs = this.#clock.monotonicMs();
    this.#armTick();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelTick();
    this.#cancelAllocation?.();
  }

  /** When the allocator wants to be asked: the coalescing window, a filter that ends, the next interval. Undefined = not at all. */
  askAllocation(atMs: number | undefined): void {
    if (this.#isStopped) return;
    const askedMs = atMs ?? Infinity;
    // What a run could not settle (paused, a filter that waits for another run) is not asked again at once.
    const dueMs = askedMs <= this.#lastRunMs ? this.#lastRunMs + TICK_MS : askedMs;
    if (dueMs === this.#allocationDueMs) return;
    this.#cancelAllocation?.();
    this.#cancelAllocation = undefined;
    this.#allocationDueMs = dueMs;
    if (dueMs === Infinity) return;
    const delayMs = Math.max(0, dueMs - this.nowMs());
    this.#cancelAllocation = this.#clock.after(delayMs, () => {
      this.#allocationDueMs = Infinity;
      this.#cancelAllocation = undefined;
      this.#lastRunMs = this.nowMs();
      this.#due.allocationDue();
    });
  }

  #armTick(): void {
    this.#cancelTick = this.#clock.after(TICK_MS, () => {
      const nowMs = this.#clock.monotonicMs();
      const lagMs = Math.max(0, nowMs - this.#lastTickMs - TICK_MS);
      this.#lastTickMs = nowMs;
      this.#due.ticked(lagMs);
      if (!this.#isStopped) this.#armTick();
    });
  }
}
