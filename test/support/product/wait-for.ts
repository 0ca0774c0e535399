import { setTimeout as pause } from "node:timers/promises";

const POLL_MS = 200;

/** What a condition answers: true when it holds, or else a sentence (or nothing) that says how far it is. */
export type Verdict = boolean | string | undefined;

/**
 * Looks until the condition holds.
 * @throws {Error} after `seconds`, with what was seen last and, if given, a description of the world.
 */
export async function waitFor(
  what: string,
  condition: () => Promise<Verdict> | Verdict,
  seconds: number,
  describeWorld?: () => Promise<string>,
): Promise<void> {
  const deadlineMs = performance.now() + seconds * 1000;
  let seen: Verdict;
  for (;;) {
    try {
      seen = await condition();
      if (seen === true) return;
    } catch (error) {
      seen = error instanceof Error ? error.message : String(error);
    }
    if (performance.now() >= deadlineMs) break;
    await pause(POLL_MS);
  }
  const world = describeWorld === undefined ? "" : `\n\n${await describeWorld()}`;
  throw new Error(`${what}: not within ${seconds} s; last seen: ${String(seen)}${world}`);
}
