import type { Clock } from "../../../runtime/ports/clock.ts";

/** Resolves after `delayMs`, or as soon as one of the promises resolves or of the signals aborts. Never rejects. */
export function wakeAfter(
  clock: Clock,
  delayMs: number,
  sooner: readonly (Promise<unknown> | AbortSignal)[],
): Promise<void> {
  const signals = sooner.filter((one) => one instanceof AbortSignal);
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      for (const signal of signals) signal.removeEventListener("abort", done);
      resolve();
    };
    const cancel = clock.after(delayMs, done);
    for (const one of sooner) {
      if (!(one instanceof AbortSignal)) void one.then(done, done);
      else if (one.aborted) done();
      else one.addEventListener("abort", done);
    }
  });
}
