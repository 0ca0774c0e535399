import type { SchedulerEvent } from "../../api/mesos/scheduler-event.ts";
import type { FrameworkInput } from "../../domain/frameworks/framework-logic.ts";
import type { Clock } from "../../runtime/ports/clock.ts";

export type NextInput =
  FrameworkInput | { readonly kind: "stopped" } | { readonly kind: "streamEnded" };

/**
 * Whatever comes first: the next event, the time `wakeAtMs`, the end of the stream, or the wish to stop. `pending` stays
 * pending when something else was first, and is given again.
 * @throws what the stream broke with.
 */
export function nextInput(
  pending: Promise<IteratorResult<SchedulerEvent>>,
  wakeAtMs: number | undefined,
  clock: Clock,
  stop: AbortSignal,
): Promise<NextInput> {
  return new Promise((resolve, reject) => {
    const done = (next: NextInput): void => {
      cancel();
      stop.removeEventListener("abort", onStop);
      resolve(next);
    };
    const onStop = (): void => done({ kind: "stopped" });
    const wake = (): void => done({ kind: "wake", nowMs: clock.monotonicMs() });
    const cancel =
      wakeAtMs === undefined ? () => undefined : clock.after(wakeAtMs - clock.monotonicMs(), wake);
    if (stop.aborted) {
      pending.catch(() => undefined);
      onStop();
      return;
    }
    stop.addEventListener("abort", onStop, { once: true });
    pending.then(
      (result) => {
        if (result.done === true) done({ kind: "streamEnded" });
        else done({ kind: "event", event: result.value, nowMs: clock.monotonicMs() });
      },
      (error: unknown) => {
        cancel();
        stop.removeEventListener("abort", onStop);
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}
