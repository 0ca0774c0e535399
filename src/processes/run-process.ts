import { createLogger, type LogLevel } from "../adapters/logging/winston-logger.ts";
import type { PromMeter } from "../adapters/metrics/prom-meter.ts";
import { stopSignal } from "../adapters/process-life/stop-signal.ts";
import { SystemClock } from "../adapters/system-clock/system-clock.ts";
import { SystemRandom } from "../adapters/system-random/system-random.ts";
import { EXIT, exitCodeOf, type ExitCode } from "../runtime/manager/exit-codes.ts";
import type { Clock } from "../runtime/ports/clock.ts";
import type { Logger } from "../runtime/ports/logger.ts";
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
}

/** The parts of a process that counts. */
export interface MeteredParts extends ProcessParts {
  readonly meter: PromMeter;
}

/** Clock, random and log of a process. */
export function openParts(name: string, level: LogLevel): ProcessParts {
  const clock = new SystemClock();
  const logger = createLogger({ process: name, version: VERSION, level, clock });
  return { process: name, version: VERSION, clock, random: new SystemRandom(), logger };
}

/**
 * Runs `work` until it ends or a signal asks to stop. The exit code is what `work` gives; 0 when it failed because it was
 * stopped; else the code of its failure, which is logged.
 */
export async function runProcess(
  { logger }: ProcessParts,
  work: (stop: AbortSignal) => Promise<ExitCode>,
): Promise<void> {
  const stop = stopSignal(logger);
  try {
    process.exitCode = await work(stop);
  } catch (error) {
    if (!stop.aborted) logger.error("The process failed.", { error });
    // At once: what was opened on the way to the failure, a port or watches, would keep the process alive.
    process.exit(stop.aborted ? EXIT.stopped : exitCodeOf(error));
  }
}
