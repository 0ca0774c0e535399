import { createLog, type LogLevel } from "../adapters/logging/winston-logger.ts";
import type { PromMeter } from "../adapters/metrics/prom-meter.ts";
import { stopSignal } from "../adapters/process-life/stop-signal.ts";
import { SystemClock } from "../adapters/system-clock/system-clock.ts";
import { SystemRandom } from "../adapters/system-random/system-random.ts";
import { EXIT, exitCodeOf, type ExitCode } from "../runtime/manager/exit-codes.ts";
import type { Clock } from "../runtime/ports/clock.ts";
import type { LogControl, Logger } from "../runtime/ports/logger.ts";
import type { Random } from "../runtime/ports/random.ts";
import { VERSION } from "./version.ts";

/** What every process has, whatever it is for. */
export interface ProcessParts {
  /** Name of the process, in its log and in the API server's audit log. */
  readonly process: string;
  readonly version: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** What can be asked of the log while the process runs. */
  readonly log: LogControl;
}

/** The parts of a process that counts. */
export interface MeteredParts extends ProcessParts {
  readonly meter: PromMeter;
}

/** Clock, random and log of a process; commands whose standard output is for people log to standard error. */
export function openParts(
  name: string,
  level: LogLevel,
  stream: NodeJS.WritableStream = process.stdout,
): ProcessParts {
  const clock = new SystemClock();
  const { logger, control } = createLog({ process: name, version: VERSION, level, clock, stream });
  const random = new SystemRandom();
  return { process: name, version: VERSION, clock, random, logger, log: control };
}

/**
 * Runs `work` until it ends or a signal asks to stop, and ends the process at once: ports and watches that are still open, as after
 * a lost lease or a failed start, would keep it alive with nobody in charge. The exit code is what `work` gives; 0 when it failed
 * because it was stopped; else the code of its failure, which is logged.
 */
export async function runProcess(
  { logger }: ProcessParts,
  work: (stop: AbortSignal) => Promise<ExitCode>,
): Promise<never> {
  const stop = stopSignal(logger);
  const code = await work(stop).catch((error: unknown) => {
    if (stop.aborted) return EXIT.stopped;
    logger.error("The process failed.", { error });
    return exitCodeOf(error);
  });
  process.exit(code);
}
