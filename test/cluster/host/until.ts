import { setTimeout as delay } from "node:timers/promises";
import { ClusterError } from "./cluster-error.ts";

export interface UntilOptions {
  readonly timeoutMs: number;
  readonly intervalMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Polls `probe` until it hands back something else than `undefined` or `false`.
 * A probe that throws counts as "not yet"; its last error is named when the time is over.
 */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  options: UntilOptions,
): Promise<T> {
  const deadlineMs = performance.now() + options.timeoutMs;
  for (;;) {
    options.signal?.throwIfAborted();
    let lastError: unknown;
    try {
      const value = await probe();
      if (value !== undefined && value !== false) return value;
    } catch (error) {
      if (error instanceof FatalProbeError) throw error.reason;
      lastError = error;
    }
    if (performance.now() >= deadlineMs) {
      const because = lastError instanceof Error ? `: ${lastError.message}` : "";
      throw new ClusterError(
        `${what}: not within ${Math.round(options.timeoutMs / 1000)} s${because}`,
      );
    }
    await delay(options.intervalMs ?? 100, undefined, { signal: options.signal });
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
