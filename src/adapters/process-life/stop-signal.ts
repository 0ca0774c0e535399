import type { Logger } from "../../runtime/ports/logger.ts";

/** Conventional exit code of a process ended by a signal it did not want to wait for. */
const EXIT_BY_SECOND_SIGNAL = 1;

/**
 * Aborts at the first SIGTERM or SIGINT; a second one ends the process at once. Failures that nobody caught end it with code 1
 * after one line in the log: a process in an unknown state is better restarted.
 */
export function stopSignal(logger: Logger): AbortSignal {
  const controller = new AbortController();
  const onSignal = (signalName: string): void => {
    if (controller.signal.aborted) process.exit(EXIT_BY_SECOND_SIGNAL);
    logger.info("A signal asks to stop.", { signalName });
    controller.abort(new DOMException(`stopped by ${signalName}`, "AbortError"));
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
  const onUncaught = (error: unknown): void => {
    logger.error("A failure was caught by nobody; the process ends.", { error });
    process.exit(1);
  };
  process.on("uncaughtException", onUncaught);
  process.on("unhandledRejection", onUncaught);
  return controller.signal;
}
