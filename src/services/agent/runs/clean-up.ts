import { isRunOver } from "../../../domain/agent/run.ts";
import { sleep } from "../../../runtime/ports/clock.ts";
import type { Journal, Launcher } from "../ports.ts";
import type { RunDriver } from "./run-driver.ts";
import type { RunTable } from "./run-table.ts";
import { untilDone, type UntilDoneParts } from "../until-done.ts";

export interface CleanUpParts extends UntilDoneParts {
  readonly runs: RunTable;
  readonly driver: RunDriver;
  readonly launcher: Launcher;
  readonly journal: Journal;
  readonly signal: () => AbortSignal;
  /** Ends what is being done for runs: nothing is written of them any more when it resolves. */
  readonly quiesce: () => Promise<void>;
}

const LOOK_MS = 100;

/**
 * Ends and forgets the runs of a former life, which are in the table already.
 * @throws the reason of the signal when it aborts first.
 */
export async function cleanUp(parts: CleanUpParts): Promise<void> {
  const { runs, driver, launcher, journal, clock, quiesce } = parts;
  const signal = parts.signal();
  driver.killAll(runs.all(), "shutdown");
  while (runs.all().some((run) => !isRunOver(run))) {
    for (const { record } of runs.all()) driver.lookAgain(record.containerId);
    await sleep(clock, LOOK_MS, signal);
  }
  await quiesce();
  for (const { record } of runs.all()) {
    await untilDone(parts, record.containerId, () => launcher.release(record));
    await untilDone(parts, record.containerId, () => journal.forgetRun(record));
  }
  signal.throwIfAborted();
}
