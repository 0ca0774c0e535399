import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { parse } from "yaml";
import { isOperatingError, OperatingError } from "../../api/errors/operating-error.ts";
import { createLogger } from "../../adapters/logging/winston-logger.ts";
import { stopSignal } from "../../adapters/process-life/stop-signal.ts";
import { keepAlive } from "../../adapters/system-clock/keep-alive.ts";
import { SystemClock } from "../../adapters/system-clock/system-clock.ts";
import { EXIT, exitCodeOf } from "../../runtime/manager/exit-codes.ts";
import { VERSION } from "../version.ts";
import { composeOperator } from "./compose.ts";
import { parseOperatorConfig, type OperatorConfig } from "./config.ts";

/** `orchestrator operator`: the leader-elected reconcilers. */
export function operatorCommand(): Command {
  return new Command("operator")
    .description("run the reconcilers of MesosClusters and MarathonApps")
    .option("--config <file>", "YAML file with any of these options in camelCase")
    .option("--kubeconfig <file>", "default: the pod's service account, else kubectl's default")
    .option("--namespace <name>", "the operator's own namespace; default: its pod's")
    .option("--service-account <name>", "the operator's own account")
    .option("--watch-namespace <name>", "look after this namespace only")
    .option("--instance <name>", "look after objects labelled orchestrator.io/instance=<name> only")
    .option("--image <image>", "image of masters and agents")
    .option("--node-image <image>", "image with a shell, for agents with host access and tasks")
    .option("--max-concurrent <count>", "objects of a kind in work at once")
    .option("--inherit-labels <keys>", "labels that children take over, comma-separated")
    .option("--inherit-annotations <keys>", "annotations that children take over")
    .option("--rollouts-instance-id <id>", "which Argo Rollouts controller acts on our Rollouts")
    .option("--no-leader-elect", "run without a lease; only ever one such process")
    .option("--kube-qps <rate>", "client-side rate limit; default: none")
    .option("--kube-burst <count>", "burst of that limit")
    .option("--health-address <address>", "where /healthz and /readyz are served")
    .option("--health-port <port>", "0: any free port")
    .option("--metrics-on-health", "serve /metrics there too; for loopback addresses")
    .option("--log-level <level>", "error, warn, info or debug")
    .action(async (options: Record<string, unknown>) => {
      process.exitCode = await runWith(options);
    });
}

/** Runs the operator with command-line arguments. @returns the exit code of operator.md 1.8. */
export async function runOperator(argv: readonly string[]): Promise<number> {
  const command = operatorCommand().exitOverride();
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

function readFile(path: unknown): Record<string, unknown> {
  if (typeof path !== "string") return {};
  try {
    return (parse(readFileSync(path, "utf8")) ?? {}) as Record<string, unknown>;
  } catch (error) {
    throw new OperatingError("CONFIG_INVALID", `--config: ${path} cannot be read`, {
      cause: error,
    });
  }
}

function configure({ config: file, ...flags }: Record<string, unknown>): OperatorConfig {
  // commander sets a default of its own for --no-…: only an explicit `false` is somebody's word.
  const { leaderElect, ...rest } = flags;
  return parseOperatorConfig(
    leaderElect === false ? { ...rest, leaderElect } : rest,
    readFile(file),
  );
}

async function runWith(options: Record<string, unknown>): Promise<number> {
  const clock = new SystemClock();
  let config: OperatorConfig;
  try {
    config = configure(options);
  } catch (error) {
    if (!isOperatingError(error)) throw error;
    process.stderr.write(`${error.message}\n${error.hint}\n`);
    return exitCodeOf(error);
  }
  const logger = createLogger({
    process: "operator",
    version: VERSION,
    level: config.logLevel,
    clock,
  });
  const stop = stopSignal(logger);
  const letGo = keepAlive();
  try {
    const manager = await composeOperator(config, clock, logger, stop);
    return await manager.run(stop);
  } catch (error) {
    if (stop.aborted) return EXIT.stopped;
    logger.error("The operator could not start.", { error });
    return exitCodeOf(error);
  } finally {
    letGo();
  }
}
