import type { AgentLinkHttp } from "../../adapters/agent-link-http/agent-link-http.ts";
import { ProcfsUsage, readMachine } from "../../adapters/procfs/machine.ts";
import { connectKubernetes } from "../../adapters/kubernetes/connect.ts";
import { openAccess } from "../../adapters/kubernetes/open-access.ts";
import type { HttpHandler } from "../../runtime/ports/http-exchange.ts";
import { AgentHttp } from "../../services/agent/agent-http.ts";
import type { AgentOptions } from "../../services/agent/agent-parts.ts";
import { AgentService } from "../../services/agent/agent-service.ts";
import { agentState } from "../../services/agent/agent-state.ts";
import { Fleet } from "../../services/agent/fleet.ts";
import { fillGauges } from "../../services/agent/gauges.ts";
import { agentMetrics, type AgentMetrics } from "../../services/agent/metrics.ts";
import type {
  InventorySource,
  Journal,
  Launcher,
  UsageReader,
  VolumeStore,
} from "../../services/agent/ports.ts";
import type { MeteredParts } from "../run-process.ts";
import { composeMachine } from "./compose-machine.ts";
import { composeCaches, composeNode, ownerOf } from "./compose-node.ts";
import type { AgentConfig } from "./config.ts";

export interface ComposedAgent {
  readonly http: HttpHandler;
  readonly health: { readonly isReady: () => boolean };
  /** Runs until the signal aborts, and says goodbye. */
  run(stop: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

interface Given extends MeteredParts {
  readonly link: AgentLinkHttp;
}
type Shared = Given & { readonly metrics: AgentMetrics };

/** The agents of this process, one or many. */
interface Crew {
  readonly services: () => readonly AgentService[];
  readonly inventoryOf: (service: AgentService) => InventorySource | undefined;
  readonly isReady: () => boolean;
  readonly isRecovered: () => boolean;
  readonly start: () => Promise<void>;
  readonly run: (signal: AbortSignal) => Promise<void>;
  readonly goodbye: (withinMs: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** At `Api` a passing failure of the API server delays a launch, it does not fail it. */
const LAUNCH_RETRY_MS = 60_000;
/** `kubectl drain` must not hang on an absent framework. */
const RELEASE_AFTER_END_MS = 300_000;

/** Puts the agent together; nothing runs yet but, on Kubernetes, the first read of its MesosCluster. */
export async function composeAgent(
  config: AgentConfig,
  given: Given,
  stop: AbortSignal,
): Promise<ComposedAgent> {
  const shared = { ...given, metrics: agentMetrics(given.meter) };
  const crew =
    config.mode === "machine"
      ? await machineCrew(config, shared)
      : await kubernetesCrew(config, shared, stop);
  given.meter.onCollect(() => fillGauges(shared.metrics, crew.services()));
  return {
    http: httpFace(config, shared, crew),
    health: { isReady: crew.isReady },
    run: async (signal) => {
      await crew.start();
      await runUntil(crew, signal, config.restart_grace);
    },
    close: crew.close,
  };
}

async function machineCrew(config: AgentConfig, shared: Shared): Promise<Crew> {
  const machine = await readMachine(config.work_dir);
  const endpoint = `${addressOf(config)}:${config.advertise_port ?? config.port}`;
  const parts = composeMachine(config, machine, endpoint, shared);
  const service = composeService(config, config.hostname ?? machine.hostname, shared, {
    ...parts,
    usage: new ProcfsUsage(),
  });
  return {
    services: () => [service],
    inventoryOf: () => parts.inventory,
    isReady: () => service.ready,
    isRecovered: () => service.recovered,
    start: () => Promise.resolve(),
    run: (signal) => (config.recover === "cleanup" ? service.cleanUp(signal) : service.run(signal)),
    goodbye: (withinMs) => service.goodbye("restart", withinMs),
    close: () => Promise.resolve(),
  };
}

async function kubernetesCrew(
  config: AgentConfig,
  shared: Shared,
  stop: AbortSignal,
): Promise<Crew> {
  const access = await openAccess(config, shared.clock);
  const connection = connectKubernetes({ ...shared, access });
  const kube = connection.transport;
  const caches = composeCaches(config, kube, shared);
  const owner = await ownerOf(config, kube, stop);
  const inventories = new Map<AgentService, InventorySource>();
  /** Ends caches after the agents, so that their last words can still read them. */
  const cachesEnd = new AbortController();
  const usage: UsageReader = { read: () => Promise.resolve(undefined) };
  const fleet = new Fleet({
    nodes: caches.nodes,
    logger: shared.logger,
    compose: (nodeName) => {
      const node = composeNode(config, nodeName, { ...shared, ...caches, kube, owner });
      const hostname = config.mode === "node" ? (config.hostname ?? nodeName) : nodeName;
      const service = composeService(config, hostname, shared, { ...node, usage });
      inventories.set(service, node.inventory);
      const release = (): void => {
        caches.pods.forget(nodeName);
        inventories.delete(service);
      };
      return { service, nodeChanged: () => node.inventory.noteChange(), release };
    },
  });
  return {
    services: () => fleet.services(),
    inventoryOf: (service) => inventories.get(service),
    // A node agent without its node is none; a hosted one may wait for nodes.
    isReady: () => fleet.ready && (config.mode === "hosted" || fleet.services().length > 0),
    isRecovered: () => fleet.recovered,
    start: () => caches.informers.start(cachesEnd.signal),
    run: (signal) => fleet.run(signal),
    goodbye: (withinMs) => fleet.goodbye("restart", withinMs),
    close: async () => {
      cachesEnd.abort();
      await connection.close();
    },
  };
}

function composeService(
  config: AgentConfig,
  hostname: string,
  shared: Shared,
  parts: {
    readonly inventory: InventorySource;
    readonly launcher: Launcher;
    readonly journal: Journal;
    readonly volumes?: VolumeStore;
    readonly usage: UsageReader;
  },
): AgentService {
  const options: AgentOptions = {
    hostname,
    advertisePort: config.advertise_port ?? config.port,
    version: shared.version,
    access: config.access,
    graceDefaultMs: config.graceful_shutdown_timeout,
    launchRetryMs: LAUNCH_RETRY_MS,
    releaseAfterEndMs: RELEASE_AFTER_END_MS,
  };
  return new AgentService({ ...shared, ...parts, options });
}

/** Node agents show the state of the node, hosted ones that of the first: each agent's own is at the master. */
function httpFace(config: AgentConfig, shared: Shared, crew: Crew): AgentHttp {
  const startedAtMs = shared.clock.nowMs();
  const flags = shownFlags(config);
  return new AgentHttp({
    isRecovered: crew.isRecovered,
    isReady: crew.isReady,
    flags: () => flags,
    version: shared.version,
    metrics: () => shared.meter.expose(),
    state: () => {
      const [service] = crew.services();
      const inventory = service === undefined ? undefined : crew.inventoryOf(service);
      if (service === undefined || inventory === undefined) return {};
      return agentState({
        agentId: service.agentId ?? "",
        hostname: service.hostname,
        ip: addressOf(config),
        port: config.advertise_port ?? config.port,
        version: shared.version,
        startedAtMs,
        flags,
        inventory: inventory.current(),
        checkpointed: service.checkpointed,
        runs: service.runs(),
        completedRuns: service.completedRuns(),
        latestStatus: (frameworkId, taskId) => service.latestStatus(frameworkId, taskId),
      });
    },
  });
}

function addressOf(config: AgentConfig): string {
  return config.advertise_ip ?? config.environment.hostIp ?? config.ip ?? "127.0.0.1";
}

/** The link outlives the signal by the goodbye, so that the master hears it. */
async function runUntil(crew: Crew, signal: AbortSignal, restartGraceMs: number): Promise<void> {
  const link = new AbortController();
  const running = crew.run(link.signal);
  const stopped = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await Promise.race([running, stopped]);
  await crew.goodbye(restartGraceMs);
  link.abort();
  await running.catch(() => undefined);
}

/** Flags as text, for `/flags` and `/state`; none of them is secret. */
function shownFlags(config: AgentConfig): Readonly<Record<string, string>> {
  const { environment: _environment, inCluster: _inCluster, ignored: _ignored, ...flags } = config;
  return Object.fromEntries(
    Object.entries(flags).map(([name, value]) => [
      name,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}
