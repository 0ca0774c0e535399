import { existsSync, readFileSync } from "node:fs";
import { Command } from "commander";
import { parse as parseYaml } from "yaml";
import { AgentLinkHttp } from "../../adapters/agent-link-http/agent-link-http.ts";
import { HealthServer } from "../../adapters/health-server/health-server.ts";
import { startHttpServer } from "../../adapters/http/http-server.ts";
import { createLogger } from "../../adapters/logging/winston-logger.ts";
import { PromMeter } from "../../adapters/metrics/prom-meter.ts";
import { stopSignal } from "../../adapters/process-life/stop-signal.ts";
import { SystemClock } from "../../adapters/system-clock/system-clock.ts";
import { isOperatingError, OperatingError } from "../../api/errors/operating-error.ts";
import { EXIT, exitCodeOf } from "../../runtime/manager/exit-codes.ts";
import { VERSION } from "../version.ts";
import { composeAgent } from "./compose.ts";
import { type AgentConfig, parseAgentConfig, processEnvironment } from "./config.ts";

/** `orchestrator agent`: flags in Mesos' spelling, parsed by the agent itself. */
export function agentCommand(): Command {
  return new Command("agent")
    .description("offer this machine or node to the pool and run its tasks")
    .argument(
      "[flags...]",
      "flags in the spelling of Mesos, e.g. --master=http://mesos-master:5050",
    )
    .allowUnknownOption()
    .helpOption(false)
    .action(async (flags: readonly string[]) => {
      process.exitCode = await runAgent(flags);
    });
}

/** Runs an agent until SIGTERM; gives the exit code. */
export async function runAgent(argv: readonly string[]): Promise<number> {
  let config: AgentConfig;
  try {
    config = readConfig(argv);
  } catch (error) {
    if (!isOperatingError(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    return exitCodeOf(error);
  }
  const clock = new SystemClock();
  const logger = createLogger({
    process: "agent",
    version: VERSION,
    level: config.log_level,
    clock,
  });
  if (config.ignored.length > 0) {
    logger.warn("flags without meaning in this version", { reason: config.ignored.join(", ") });
  }
  const stop = stopSignal(logger);
  const meter = new PromMeter({ defaults: true });
  const link = new AgentLinkHttp({
    masters: config.master,
    ...tokenFileOf(config),
  });
  const ends: (() => Promise<void>)[] = [() => link.close()];
  try {
    const agent = await composeAgent(config, { clock, logger, meter, link }, stop);
    ends.unshift(() => agent.close());
    const server = await startHttpServer({
      handler: agent.http,
      logger,
      port: config.port,
      ...(config.ip === undefined ? {} : { host: config.ip }),
    });
    ends.unshift(() => server.close());
    const health = await startHealth(config, agent.health);
    if (health !== undefined) ends.unshift(() => health.stop());
    logger.info("agent listens", { port: server.port });
    await agent.run(stop);
    return EXIT.stopped;
  } catch (error) {
    if (stop.aborted) return EXIT.stopped;
    logger.error("agent failed", { error });
    return exitCodeOf(error);
  } finally {
    // Whatever was opened keeps the process alive until it is closed.
    for (const end of ends) await end();
  }
}

/** Where the operator mounts the token for the master. */
const MASTER_TOKEN_FILE = "/var/run/secrets/orchestrator/master/token";

function tokenFileOf(config: AgentConfig): { readonly tokenFile?: string } {
  if (config.master_token_file !== undefined) return { tokenFile: config.master_token_file };
  return existsSync(MASTER_TOKEN_FILE) ? { tokenFile: MASTER_TOKEN_FILE } : {};
}

/** Kubelet's probes in a Pod come to a port of their own. */
const HEALTH_PORT_IN_POD = 8081;

async function startHealth(
  config: AgentConfig,
  checks: { readonly isReady: () => boolean },
): Promise<HealthServer | undefined> {
  const port =
    config.health_port ?? (config.environment.podIp === undefined ? 0 : HEALTH_PORT_IN_POD);
  if (port === 0) return undefined;
  const registered = {
    name: "registered",
    failure: () => (checks.isReady() ? undefined : "not registered with a master"),
  };
  const server = new HealthServer({
    address: "0.0.0.0",
    port,
    liveness: [],
    readiness: [registered],
  });
  await server.start();
  return server;
}

function readConfig(argv: readonly string[]): AgentConfig {
  const at = argv.findIndex((word) => word === "--config" || word.startsWith("--config="));
  const word = argv[at];
  const isSplit = word === "--config";
  const path = isSplit ? argv[at + 1] : word?.slice("--config=".length);
  const rest = at < 0 ? argv : argv.toSpliced(at, isSplit ? 2 : 1);
  return parseAgentConfig({
    argv: rest,
    env: processEnvironment(),
    file: path === undefined ? {} : readFile(path),
  });
}

function readFile(path: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = parseYaml(readFileSync(path, "utf8"));
    return typeof parsed === "object" && parsed !== null ? { ...parsed } : {};
  } catch (cause) {
    throw new OperatingError("CONFIG_INVALID", `--config: ${path} cannot be read`, { cause });
  }
}

if (process.argv[1] === import.meta.filename)
  process.exitCode = await runAgent(process.argv.slice(2));
