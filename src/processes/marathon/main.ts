import { Command, CommanderError } from "commander";
import { isOperatingError } from "../../api/errors/operating-error.ts";
import { createLogger } from "../../adapters/logging/winston-logger.ts";
import { stopSignal } from "../../adapters/process-life/stop-signal.ts";
import { SystemClock } from "../../adapters/system-clock/system-clock.ts";
import { EXIT, exitCodeOf } from "../../runtime/manager/exit-codes.ts";
import { VERSION } from "../version.ts";
import { composeMarathon } from "./compose.ts";
import { OPTIONS, parseMarathonConfig, type MarathonConfig } from "./config.ts";

const SWITCHES: ReadonlySet<string> = new Set(["strict", "metrics_on_health"]);

/** `orchestrator marathon`: Marathon's v2 API. */
export function marathonCommand(): Command {
  const command = new Command("marathon").description("serve Marathon's v2 API over MarathonApps");
  for (const [name, about] of Object.entries(OPTIONS)) {
    command.option(SWITCHES.has(name) ? `--${name}` : `--${name} <value>`, about);
  }
  return command.action(async (options: Record<string, unknown>) => {
    process.exitCode = await runWith(options);
  });
}

/** Runs the API with command-line arguments. @returns the exit code of operator.md 1.8. */
export async function runMarathon(argv: readonly string[]): Promise<number> {
  const command = marathonCommand().exitOverride();
  let code: number = EXIT.stopped;
  command.action(async (options: Record<string, unknown>) => {
    code = await runWith(options);
  });
  try {
    await command.parseAsync([...argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.stopped : EXIT.badConfiguration;
  }
  return code;
}

async function runWith(options: Record<string, unknown>): Promise<number> {
  const clock = new SystemClock();
  let config: MarathonConfig;
  try {
    config = parseMarathonConfig(options);
  } catch (error) {
    if (!isOperatingError(error)) throw error;
    process.stderr.write(`${error.message}\n${error.hint}\n`);
    return exitCodeOf(error);
  }
  const logger = createLogger({
    process: "marathon",
    version: VERSION,
    level: config.log_level,
    clock,
  });
  const stop = stopSignal(logger);
  try {
    const manager = await composeMarathon(config, clock, logger);
    return await manager.run(stop);
  } catch (error) {
    if (stop.aborted) return EXIT.stopped;
    logger.error("The Marathon API could not start.", { error });
    return exitCodeOf(error);
  }
}
