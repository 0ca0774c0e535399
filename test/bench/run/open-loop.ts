import { setTimeout as delay } from "node:timers/promises";
import { SeededRandom } from "../../support/seeded-random.ts";

/** Arrival times in ms from the start, at `perSecond` on average with exponential gaps; the same seed gives the same. */
export function arrivalTimes(seed: number, perSecond: number, durationMs: number): number[] {
  const random = new SeededRandom(seed);
  const times: number[] = [];
  const meanMs = 1000 / perSecond;
  const gap = (): number => -Math.log(1 - random.next()) * meanMs;
  for (let at = gap(); at < durationMs; at += gap()) times.push(at);
  return times;
}

/**
 * Calls `send` for every time, as late as the process is but never early, with the time it was meant for on the clock
 * of `performance.now()`: latency counts from there, so a stall is charged to everything it delays. Nothing waits for
 * an answer.
 */
export async function sendOnSchedule(
  timesMs: readonly number[],
  send: (intendedMs: number, index: number) => void,
): Promise<void> {
  const startMs = performance.now();
  for (let next = 0; next < timesMs.length;) {
    const nowMs = performance.now() - startMs;
    for (; next < timesMs.length && (timesMs[next] ?? Infinity) <= nowMs; next += 1) {
      send(startMs + (timesMs[next] ?? 0), next);
    }
    const dueMs = timesMs[next];
    if (dueMs !== undefined) await delay(Math.max(0, startMs + dueMs - performance.now()));
  }
}
