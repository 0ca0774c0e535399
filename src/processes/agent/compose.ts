import type { AgentLinkHttp } from "../../adapters/agent-link-http/agent-link-http.ts";
import type { PromMeter } from "../../adapters/metrics/prom-meter.ts";
import { ProcfsUsage, readMachine } from "../../adapters/procfs/machine.ts";
import { SystemRandom } from "../../adapters/system-random/system-random.ts";
import type { Clock } from "../../runtime/ports/clock.ts";
import type { HttpHandler } from "../../runtime/ports/http-exchange.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import { AgentHttp } from "../../services/agent/agent-http.ts";
import { AgentService } from "../../services/agent/agent-service.ts";
import { agentState } from "../../services/agent/agent-state.ts";
import { agentMetrics } from "../../services/agent/metrics.ts";
import type { UsageReader } from "../../services/agent/ports.ts";
import { VERSION } from "../version.ts";
import { composeMachine, type MachineParts } from "./compose-machine.ts";
import { composeNode } from "./compose-node.ts";
import type { AgentConfig } from "./config.ts";
import { openKube } from "./kube-access.ts";

export interface ComposedAgent {
  readonly http: HttpHandler;
  readonly health: { readonly isReady: () => boolean };
  /** Runs until the signal aborts, and says goodbye. */
  run(stop: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

interface Parts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: PromMeter;
  readonly link: AgentLinkHttp;
}

/** At `Api` a passing failure of the API server delays a launch, it does not fail it. */
const LAUNCH_RETRY_MS = 60_000;
/** `kubectl drain` must not hang on an absent framework. */
const RELEASE_AFTER_END_MS = 300_000;

/** Puts the agent together; nothing runs yet but, on a node, the first read of its MesosCluster. */
export async function composeAgent(
  config: AgentConfig,
  { clock, logger, meter, link }: Parts,
  stop: AbortSignal,
): Promise<ComposedAgent> {
  const random = new SystemRandom();
  const metrics = agentMetrics(meter);
  const shared = { clock, random, logger, meter, metrics };
  const ends: (() => Promise<void>)[] = [];
  /** Ends caches after the agent, so that its last words can still read them. */
  const caches = new AbortController();
  const ip = config.advertise_ip ?? config.environment.hostIp ?? config.ip ?? "127.0.0.1";
  const advertisePort = config.advertise_port ?? config.port;
  let hostname = config.hostname ?? config.node_name;
  let parts: MachineParts;
  let usage: UsageReader = { read: () => Promise.resolve(undefined) };
  let startCaches = (): Promise<void> => Promise.resolve();
  if (config.mode === "node") {
    const kube = await openKube(config, shared);
    ends.push(() => kube.close());
    const node = await composeNode(config, kube.transport, shared, stop);
    startCaches = () => node.informers.start(caches.signal);
    parts = node;
  } else {
    const machine = await readMachine(config.work_dir);
    hostname ??= machine.hostname;
    usage = new ProcfsUsage();
    parts = composeMachine(config, machine, `${ip}:${advertisePort}`, shared);
  }
  const service = new AgentService({
    link,
    ...parts,
    ...shared,
    usage,
    options: {
      hostname: hostname ?? "localhost",
      advertisePort,
      version: VERSION,
      access: config.access,
      graceDefaultMs: config.graceful_shutdown_timeout,
      launchRetryMs: LAUNCH_RETRY_MS,
      releaseAfterEndMs: RELEASE_AFTER_END_MS,
    },
  });
  meter.onCollect(() => service.fillGauges());
  const startedAtMs = clock.nowMs();
  const flags = shownFlags(config);
  const http = new AgentHttp({
    isRecovered: () => service.recovered,
    isReady: () => service.ready,
    flags: () => flags,
    version: VERSION,
    metrics: () => meter.expose(),
    state: () =>
      agentState({
        agentId: service.agentId ?? "",
        hostname: hostname ?? "localhost",
        ip,
        port: advertisePort,
        version: VERSION,
        startedAtMs,
        flags,
        inventory: parts.inventory.current(),
        runs: service.runs(),
        completedRuns: service.completedRuns(),
        latestStatus: (frameworkId, taskId) => service.latestStatus(frameworkId, taskId),
      }),
  });
  return {
    http,
    health: { isReady: () => service.ready },
    run: async (signal) => {
      await startCaches();
      await runUntil(service, signal, config.restart_grace);
    },
    close: async () => {
      caches.abort();
      for (const end of ends) await end();
    },
  };
}

/** The link outlives the signal by the goodbye, so that the master hears it. */
async function runUntil(
  service: AgentService,
  signal: AbortSignal,
  restartGraceMs: number,
): Promise<void> {
  const link = new AbortController();
  const running = service.run(link.signal);
  const stopped = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await Promise.race([running, stopped]);
  await service.goodbye("restart", restartGraceMs);
  link.abort();
  await running.catch(() => undefined);
}

/** Flags as text, for `/flags` and `/state`; none of them is secret. */
function shownFlags(config: AgentConfig): Readonly<Record<string, string>> {
  const { environment: _environment, ignored: _ignored, ...flags } = config;
  return Object.fromEntries(
    Object.entries(flags).map(([name, value]) => [
      name,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}
