import { existsSync } from "node:fs";
import { Command } from "commander";
import { AgentLinkHttp } from "../../adapters/agent-link-http/agent-link-http.ts";
import { HealthServer } from "../../adapters/health-server/health-server.ts";
import { PromMeter } from "../../adapters/metrics/prom-meter.ts";
import { EXIT, type ExitCode } from "../../runtime/manager/exit-codes.ts";
import { readConfigFile } from "../config-file.ts";
import { HttpComponent } from "../http-component.ts";
import { openParts, type ProcessParts, runProcess } from "../run-process.ts";
import { composeAgent } from "./compose.ts";
import { type AgentConfig, parseAgentConfig, processEnvironment } from "./config.ts";

/** `orchestrator agent`: flags in Mesos' spelling, parsed by the agent itself. */
export function agentCommand(): Command {
  return new Command("agent")
    .argument(
      "[flags...]",
      "flags in the spelling of Mesos, e.g. --master=http://mesos-master:5050",
    )
    .allowUnknownOption()
    .helpOption(false)
    .action(async (flags: readonly string[]) => {
      const config = readConfig(flags);
      const parts = openParts("agent", config.log_level);
      await runProcess(parts, (stop) => runAgent(config, parts, stop));
    });
}

/** Runs an agent, or the agents of the nodes it stands for, until the signal aborts or there is nothing left to clean up. */
async function runAgent(
  config: AgentConfig,
  parts: ProcessParts,
  stop: AbortSignal,
): Promise<ExitCode> {
  const { logger } = parts;
  if (config.ignored.length > 0) {
    logger.warn("flags without meaning in this version", { reason: config.ignored.join(", ") });
  }
  const meter = new PromMeter({ defaults: true });
  const link = new AgentLinkHttp({ masters: config.master, ...tokenFileOf(config) });
  const ends: (() => Promise<void>)[] = [() => link.close()];
  try {
    const agent = await composeAgent(config, { ...parts, meter, link }, stop);
    ends.unshift(() => agent.close());
    const http = new HttpComponent({
      name: "agent-api",
      logger,
      host: config.ip,
      port: config.port,
    });
    http.serve(agent.http);
    await http.start();
    ends.unshift(() => http.stop());
    const health = await startHealth(config, agent.health);
    if (health !== undefined) ends.unshift(() => health.stop());
    await agent.run(stop);
    return EXIT.stopped;
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
    checks: () => ({ liveness: [], readiness: [registered] }),
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
    file: readConfigFile(path),
  });
}
