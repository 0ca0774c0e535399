import { linkSignals } from "../link-signals.ts";

/** Ends a timer; calling it again, or after it fired, does nothing. */
export type CancelTimer = () => void;

/** The only source of time. `nowMs` is wall time (epoch), `monotonicMs` never jumps and starts anywhere. */
export interface Clock {
  nowMs(): number;
  monotonicMs(): number;
  /** Calls `fire` once after `delayMs` (clamped to ≥ 0). Timers do not keep the process alive. */
  after(delayMs: number, fire: () => void): CancelTimer;
}

/** Resolves after `delayMs`; rejects with the signal's reason when it aborts first. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const onAbort = (): void => {
      cancel();
      reject(signal?.reason as Error);
    };
    const cancel = clock.after(delayMs, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/**
 * A signal that aborts with the parent, or with a `TimeoutError` after `timeoutMs` of this clock. `done` must be called when the
 * work has ended: it stops the timer and lets go of the parent.
 */
export function deadline(
  clock: Clock,
  timeoutMs: number,
  parent?: AbortSignal,
): { readonly signal: AbortSignal; readonly done: () => void } {
  const timer = new AbortController();
  const cancel = clock.after(timeoutMs, () =>
    timer.abort(new DOMException(`timed out after ${timeoutMs} ms`, "TimeoutError")),
  );
  if (parent === undefined) return { signal: timer.signal, done: cancel };
  const { signal, unlink } = linkSignals(parent, timer.signal);
  return {
    signal,
    done: () => {
      cancel();
      unlink();
    },
  };
}
