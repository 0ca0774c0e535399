import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { planAddresses, type AddressPlan } from "./address-plan.ts";
import { ensureBinaries, type Binaries } from "./binaries/ensure-binaries.ts";
import { claimState, defaultStateDir } from "./claim-state.ts";
import type { Cluster, ClusterOptions } from "./cluster.ts";
import { createApiClient } from "./control-plane/api-client.ts";
import type { ComponentInputs } from "./control-plane/component-specs.ts";
import { createSimulatedNodes, kwokSpec } from "./control-plane/simulated-nodes.ts";
import { installCrds, rolloutsCrds } from "./control-plane/custom-kinds.ts";
import { startApiServer, startControllers } from "./control-plane/start-control-plane.ts";
import { guardExit, releaseExitGuard } from "./exit-guard.ts";
import { ClusterError } from "./host/cluster-error.ts";
import { installPackages } from "./host/debian-packages.ts";
import { findFreePorts } from "./host/free-port.ts";
import { createProgress, type Progress } from "./host/progress.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { claimClusterNumber } from "./nodes/network.ts";
import { prepareNodes, startNodes } from "./nodes/start-nodes.ts";
import { createClusterCertificates } from "./pki/cluster-certificates.ts";
import { buildHandle } from "./running-cluster.ts";
import { writeState, type ClusterState } from "./state-file.ts";
import { createSupervisor } from "./supervisor.ts";
import { teardown } from "./teardown.ts";
import { decideTier, gatherFacts, type Tier } from "./tier.ts";

const noAudit = undefined;

/**
 * Brings a real Kubernetes up on this machine, builds what it needs on first use, and hands it back
 * when every node is Ready. Stops by itself when this process ends, unless it is detached.
 * @throws {ClusterError} when the machine cannot run it, with a line that says what is missing.
 */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const progress = options.progress ?? createProgress();
  const name = options.name ?? "default";
  const stateDir = options.stateDir ?? defaultStateDir(name);
  const tier = await chooseTier(options, progress);
  const binaries = await ensureBinaries(
    [
      "kubernetes",
      ...((options.kwokNodes ?? 0) > 0 ? (["kwok"] as const) : []),
      ...(tier === "nodes" ? (["coredns"] as const) : []),
    ],
    { progress, ...pick(options, "cacheDir"), signal: options.signal },
  );
  const state = await claimState(name, stateDir, progress);
  guardExit(state);
  try {
    return await launch(state, tier, binaries, progress, options);
  } catch (error) {
    teardown(state);
    releaseExitGuard(stateDir);
    throw error;
  }
}

async function launch(
  state: ClusterState,
  tier: Tier,
  binaries: Binaries,
  progress: Progress,
  options: ClusterOptions,
): Promise<Cluster> {
  const { stateDir } = state;
  const { signal } = options;
  const startedMs = performance.now();
  state.tier = tier;
  const plan = await planFor(state, tier, options.nodes ?? 2);
  const certificates = createClusterCertificates(join(stateDir, "pki"), plan);
  const inputs = await componentInputs(state, plan, binaries, certificates, options);
  const apiServerUrl = `https://127.0.0.1:${inputs.ports.apiServer}`;
  state.apiServerUrl = apiServerUrl;
  const supervisor = createSupervisor(state);
  const api = createApiClient({
    url: apiServerUrl,
    authorityPem: certificates.authority.certificatePem,
    certificate: certificates.admin,
  });
  const nodeContext = { state, plan, binaries, certificates, supervisor, api, progress, options };
  progress.note(`starting cluster "${state.name}" (${tier}, ${plan.nodes.length} nodes)`);

  const preparing = prepareNodes(nodeContext);
  // Its failure is awaited below; until then it must not count as unhandled.
  preparing.catch(() => undefined);
  let simulated: string[];
  try {
    await startApiServer(inputs, supervisor, api, signal);
    await installCrds(inputs.crds, api, signal);
    await startControllers(inputs, supervisor, api, signal);
    await startNodes(nodeContext, await preparing, inputs.ports.apiServer, inputs.nodeGraceSeconds);
    simulated = await startSimulated(inputs, nodeContext);
  } catch (error) {
    // Whatever is still being made must be there before it is all removed.
    await preparing.catch(() => undefined);
    api.close();
    throw error;
  }

  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  progress.note(`cluster "${state.name}" is ready after ${seconds} s`);
  if (options.isDetached) {
    delete state.owner;
    releaseExitGuard(stateDir);
  }
  writeState(state);
  return buildHandle({
    ...nodeContext,
    tier,
    kubeconfigPath: inputs.kubeconfigs.admin,
    apiServerUrl,
    simulatedNodes: simulated,
    auditLogPath: inputs.audit?.logFile,
  });
}

async function chooseTier(options: ClusterOptions, progress: Progress): Promise<Tier> {
  const facts = await gatherFacts();
  const { tier, reasons } = decideTier(facts);
  const why = reasons.join("; ");
  if (tier === undefined) throw new ClusterError(`no cluster can run here: ${why}`);
  if (options.tier === "nodes" && tier !== "nodes") {
    throw new ClusterError(`real nodes cannot run here: ${why}`);
  }
  const chosen = options.tier ?? tier;
  if (options.tier === undefined) progress.note(`tier ${chosen}: ${why}`);
  if (chosen === "nodes") await installPackages(facts.missingPackages, progress, options.signal);
  return chosen;
}

async function planFor(state: ClusterState, tier: Tier, nodes: number): Promise<AddressPlan> {
  if (tier === "control-plane") return planAddresses(0, 0);
  const number = await claimClusterNumber((_number, links, namespaces) => {
    state.links = links;
    state.namespaces = namespaces;
    writeState(state);
  });
  return planAddresses(number, nodes);
}

async function componentInputs(
  state: ClusterState,
  plan: AddressPlan,
  binaries: Binaries,
  certificates: ComponentInputs["certificates"],
  options: ClusterOptions,
): Promise<ComponentInputs> {
  const { stateDir } = state;
  const ports = await findFreePorts(8);
  const port = (index: number): number => ports[index] ?? 0;
  const kubeconfig = (user: "admin" | "controllerManager" | "scheduler"): string =>
    writeKubeconfig(join(stateDir, `${user}.kubeconfig`), {
      server: `https://127.0.0.1:${port(2)}`,
      authorityPem: certificates.authority.certificatePem,
      user,
      certificate: certificates[user],
    });
  return {
    binaries,
    certificates,
    plan,
    stateDir,
    ports: {
      etcdClient: port(0),
      etcdPeer: port(1),
      apiServer: port(2),
      controllerManager: port(3),
      scheduler: port(4),
      rolloutsMetrics: port(5),
      rolloutsHealth: port(6),
      kwok: port(7),
    },
    kubeconfigs: {
      admin: kubeconfig("admin"),
      controllerManager: kubeconfig("controllerManager"),
      scheduler: kubeconfig("scheduler"),
    },
    hasNodes: plan.nodes.length > 0,
    nodeGraceSeconds: Math.max(4, options.nodeGraceSeconds ?? 40),
    evictionSeconds: options.evictionSeconds ?? 300,
    audit: options.hasAuditLog ? auditFiles(stateDir) : noAudit,
    crds: [...rolloutsCrds(binaries), ...(options.crds ?? [])],
    extraArgs: options.extraArgs ?? {},
  };
}

function auditFiles(stateDir: string): NonNullable<ComponentInputs["audit"]> {
  const policyFile = join(stateDir, "audit-policy.json");
  writeFileSync(
    policyFile,
    JSON.stringify({
      apiVersion: "audit.k8s.io/v1",
      kind: "Policy",
      omitStages: ["RequestReceived"],
      rules: [{ level: "Metadata" }],
    }),
  );
  mkdirSync(join(stateDir, "logs"), { recursive: true });
  return { policyFile, logFile: join(stateDir, "logs", "audit.log") };
}

async function startSimulated(
  inputs: ComponentInputs,
  context: Parameters<typeof prepareNodes>[0],
): Promise<string[]> {
  const { options, supervisor, api } = context;
  const count = options.kwokNodes ?? 0;
  if (count === 0) return [];
  supervisor.start(kwokSpec(inputs));
  return await createSimulatedNodes(
    api,
    {
      count,
      cpus: options.kwokCpus ?? 32,
      memoryGiB: options.kwokMemoryGiB ?? 256,
      podsMax: options.kwokPodsMax ?? 250,
      isTainted: options.isKwokTainted ?? inputs.hasNodes,
    },
    options.signal,
  );
}

function pick<T extends object, K extends keyof T>(from: T, key: K): Partial<Pick<T, K>> {
  const value = from[key];
  return value === undefined ? {} : ({ [key]: value } as Pick<T, K>);
}
