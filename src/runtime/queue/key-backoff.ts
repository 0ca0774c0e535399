import type { Random } from "../ports/random.ts";

const BASE_MS = 5;
export const BACKOFF_MAX_MS = 1_000_000;
const SPREAD = 0.1;

/**
 * Waiting time after the n-th failure in a row: 5 ms × 2ⁿ⁻¹, spread upward by up to a tenth so that keys that failed together
 * do not come back together, at most 1,000 s. Example: failures 1, 2, 10 → 5, 10, 2,560 ms (and up to 10 % more).
 */
export function keyBackoffMs(failures: number, random: Random): number {
  const evenMs = BASE_MS * 2 ** Math.min(failures - 1, 30);
  return Math.min(BACKOFF_MAX_MS, evenMs * (1 + SPREAD * random.next()));
}
