import type { CancelTimer, Clock } from "../../runtime/ports/clock.ts";

/** Longest delay that the platform's timers hold (2³¹ − 1 ms, about 24.8 days). */
const TIMER_MAX_MS = 2_147_483_647;

/** The machine's clock: the only place where bare timers and `Date.now` exist. */
export class SystemClock implements Clock {
  nowMs(): number {
    return Date.now();
  }

  monotonicMs(): number {
    return performance.now();
  }

  after(delayMs: number, fire: () => void): CancelTimer {
    const dueMs = performance.now() + Math.max(0, delayMs);
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      const leftMs = dueMs - performance.now();
      timer =
        leftMs > TIMER_MAX_MS
          ? setTimeout(arm, TIMER_MAX_MS)
          : setTimeout(fire, Math.max(0, leftMs));
      timer.unref();
    };
    arm();
    return () => clearTimeout(timer);
  }
}
