import { setTimeout as delay } from "node:timers/promises";
import { ClusterError } from "./cluster-error.ts";

const FIRST_PAUSE_MS = 5;

export interface UntilOptions {
  readonly timeoutMs: number;
  /** The longest pause between two looks; the first looks follow each other faster. */
  readonly intervalMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** What a failure shows besides what was seen last. */
  readonly describeWorld?: () => Promise<string>;
}

/**
 * Polls `probe` until it hands back something else than `undefined` or `false`. A probe that throws counts as "not yet", and its
 * message as what was seen.
 * @throws {ClusterError} when the time is over, with what was seen last and, if given, a description of the world.
 */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  options: UntilOptions,
): Promise<T> {
  const { timeoutMs, intervalMs = 100, signal, describeWorld } = options;
  const deadlineMs = performance.now() + timeoutMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
    signal?.throwIfAborted();
    let seen: unknown;
    try {
      const value = await probe();
      if (value !== undefined && value !== false) return value;
      seen = value;
    } catch (error) {
      if (error instanceof FatalProbeError) throw error.reason;
      seen = error instanceof Error ? error.message : error;
    }
    if (performance.now() >= deadlineMs) {
      const world = describeWorld === undefined ? "" : `\n\n${await describeWorld()}`;
      throw new ClusterError(
        `${what}: not within ${timeoutMs / 1000} s; last seen: ${String(seen)}${world}`,
      );
    }
    await delay(Math.min(pauseMs, intervalMs), undefined, { signal });
  }
}

/** Thrown by a probe when waiting longer is pointless. */
export class FatalProbeError extends Error {
  readonly reason: Error;

  constructor(reason: Error) {
    super(reason.message);
    this.reason = reason;
  }
}
