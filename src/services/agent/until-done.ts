import { type Clock, sleep } from "../../runtime/ports/clock.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import type { Random } from "../../runtime/ports/random.ts";
import { ReconnectBackoff } from "../../runtime/reconnect-backoff.ts";

export interface UntilDoneParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Aborts when nothing is to be repeated any more; absent: the attempts alone say so. */
  readonly signal?: () => AbortSignal;
}

/**
 * Tries something that nobody will ask for again, until it is done; up to 30 s lie between two attempts. What is not wanted any
 * more by then is for the attempt to see: it ends well without doing anything.
 * @returns false when the signal aborted first. There is always one attempt.
 */
export async function untilDone(
  parts: UntilDoneParts,
  containerId: string,
  attempt: () => Promise<unknown>,
): Promise<boolean> {
  const { clock, random, logger, signal } = parts;
  const backoff = new ReconnectBackoff(clock, random);
  for (let count = 1; ; count += 1) {
    try {
      await attempt();
      return true;
    } catch (error) {
      logger.warn("a step of a run failed and is tried again", {
        containerId,
        attempt: count,
        error,
      });
    }
    const isOver = await sleep(clock, backoff.nextDelayMs(), signal?.()).then(
      () => false,
      () => true,
    );
    if (isOver) return false;
  }
}
