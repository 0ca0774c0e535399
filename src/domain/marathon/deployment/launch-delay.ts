/** How an app's launches are slowed down after failures; seconds as in the app. */
export interface Backoff {
  readonly backoffSeconds: number;
  readonly backoffFactor: number;
  readonly maxLaunchDelaySeconds: number;
}

const NANOS = 1_000_000_000;

/**
 * The delay after one more failure, in nanoseconds (integer): `min(backoff, max)` first, then `min(max, delay · factor)` with
 * fractions of a nanosecond cut. Example: 1 s · 1.15 → 1 s, 1.15 s, 1.3225 s.
 * @param previousNanos the delay before this failure; `undefined` for the first one
 */
export function nextDelayNanos(backoff: Backoff, previousNanos: number | undefined): number {
  const max = backoff.maxLaunchDelaySeconds * NANOS;
  if (previousNanos === undefined) return Math.min(backoff.backoffSeconds * NANOS, max);
  return Math.min(max, Math.trunc(previousNanos * backoff.backoffFactor));
}
