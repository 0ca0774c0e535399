import { Command, CommanderError } from "commander";
import { isOperatingError } from "../../api/errors/operating-error.ts";
import { createLogger } from "../../adapters/logging/winston-logger.ts";
import { stopSignal } from "../../adapters/process-life/stop-signal.ts";
import { keepAlive } from "../../adapters/system-clock/keep-alive.ts";
import { SystemClock } from "../../adapters/system-clock/system-clock.ts";
import { EXIT, exitCodeOf } from "../../runtime/manager/exit-codes.ts";
import { VERSION } from "../version.ts";
import { composeMaster } from "./compose.ts";
import { parseMasterConfig, type MasterConfig } from "./config.ts";
import { runSidecar, type Lead } from "./sidecar.ts";

/** `orchestrator master`: the offer engine. */
export function masterCommand(): Command {
  return new Command("master")
    .description("run the offer engine: allocator, Mesos v1 API, pod admission")
    .option("--cluster <namespace/name>", "the MesosCluster to lead")
    .option("--sidecar", "beside an operator: lead the cluster that asks for it, if any")
    .option("--standalone", "no Kubernetes: records in --work-dir, no election")
    .option("--kubeconfig <file>", "default: the pod's service account, else kubectl's default")
    .option("--work-dir <folder>", "records of a standalone master")
    .option("--ip <address>", "address to listen on; default: all")
    .option("--port <port>", "Mesos API; default 5050, 0: any free port")
    .option("--hostname <name>", "name under which clients reach this master")
    .option("--advertise-ip <address>", "address under which clients reach this master")
    .option("--advertise-port <port>", "port under which clients reach this master")
    .option("--health-address <address>", "where /healthz and /readyz are served")
    .option("--health-port <port>", "0: any free port")
    .option("--metrics-on-health", "serve /metrics there too; for loopback addresses")
    .option("--cluster-name <name>", "shown in /state")
    .option("--roles <roles>", "the only roles that are welcome, comma-separated; default: all")
    .option("--weights <weights>", "role=weight,role=weight")
    .option("--root-submissions <boolean>", "whether frameworks of user root are welcome")
    .option("--offer-timeout-seconds <seconds>", "offers are rescinded after it; 0: never")
    .option("--max-tasks-per-offer <count>", "0: no limit")
    .option("--heartbeat-seconds <seconds>", "told to frameworks, 1 to 60")
    .option("--failover-timeout-max-seconds <seconds>", "longer failover timeouts are cut to it")
    .option("--allocation-interval-ms <ms>", "the periodic look at what is dirty")
    .option("--coalesce-ms <ms>", "events are gathered for so long before a run")
    .option("--allocation-trigger <mode>", "event, or interval as Mesos")
    .option("--allocation-seed <seed>", "same seed and events, same decisions")
    .option("--demand-aware <boolean>", "ask frameworks last that keep declining")
    .option("--lenient-input <boolean>", "read ids as text, resources as text and the like")
    .option("--trailing-heartbeat <boolean>", "a heartbeat 100 ms after a burst of events")
    .option("--authenticate-http-readonly", "ask for credentials on reads")
    .option("--authenticate-http-readwrite", "ask for credentials on the operator API")
    .option("--authenticate-http-frameworks", "ask frameworks for credentials")
    .option("--http-credentials <file>", "JSON: {credentials: [{principal, secret}]}")
    .option("--log-level <level>", "error, warn, info or debug")
    .action(async (options: Record<string, unknown>) => {
      process.exitCode = await runWith(options);
    });
}

/** Runs the master with command-line arguments. @returns the exit code. */
export async function runMaster(argv: readonly string[]): Promise<number> {
  const command = masterCommand().exitOverride();
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
  let config: MasterConfig;
  try {
    config = parseMasterConfig(options);
  } catch (error) {
    if (!isOperatingError(error)) throw error;
    process.stderr.write(`${error.message}\n${error.hint}\n`);
    return exitCodeOf(error);
  }
  const logger = createLogger({
    process: "master",
    version: VERSION,
    level: config.logLevel,
    clock,
  });
  const stop = stopSignal(logger);
  const letGo = keepAlive();
  const lead: Lead = async (leading, signal) => {
    const { manager, port } = await composeMaster(leading, clock, logger, signal);
    logger.info("The Mesos API is served.", { port });
    return manager.run(signal);
  };
  try {
    return await (config.sidecar
      ? runSidecar(config, clock, logger, stop, lead)
      : lead(config, stop));
  } catch (error) {
    if (stop.aborted) return EXIT.stopped;
    logger.error("The master could not start.", { error });
    return exitCodeOf(error);
  } finally {
    letGo();
  }
}
