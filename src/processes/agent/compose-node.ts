import { MESOS_CLUSTER } from "../../api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import { OperatingError } from "../../api/errors/operating-error.ts";
import type { KubeNode, KubePod } from "../../domain/agent/kube-pod.ts";
import { scalarMilli } from "../../domain/resources/arithmetic.ts";
import type { Resources } from "../../domain/resources/resource.ts";
import type { Informer } from "../../runtime/informer/informer.ts";
import { Informers } from "../../runtime/informer/informers.ts";
import { KINDS } from "../../runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../runtime/kube/kube-object.ts";
import type { KubeTransport } from "../../runtime/ports/kube-transport.ts";
import type { AgentMetrics } from "../../services/agent/metrics.ts";
import { NodeInventory } from "../../services/agent/launchers/node-inventory.ts";
import { PodJournal } from "../../services/agent/launchers/pod-journal.ts";
import {
  PodLauncher,
  type PodLauncherOptions,
} from "../../services/agent/launchers/pod-launcher.ts";
import { podIndexes, PodsByNode } from "../../services/agent/launchers/pods-by-node.ts";
import type { Journal, Launcher } from "../../services/agent/ports.ts";
import type { MeteredParts } from "../run-process.ts";
import type { AgentConfig } from "./config.ts";

/** What agents of one process share. Caches are not started yet. */
export interface NodeCaches {
  readonly informers: Informers;
  readonly nodes: Informer<KubeNode>;
  readonly pods: PodsByNode;
}

export interface NodeParts {
  readonly inventory: NodeInventory;
  readonly launcher: Launcher;
  readonly journal: Journal;
}

/** Caches of the one node of this agent, or of all nodes of a selector and every bound Pod. */
export function composeCaches(
  config: AgentConfig,
  kube: KubeTransport,
  parts: MeteredParts,
): NodeCaches {
  const informers = new Informers({ reader: kube, ...parts });
  const ofNode = config.node_name;
  const nodes = informers.of<KubeNode>(
    {
      kind: KINDS.Node,
      ...(ofNode === undefined
        ? { labelSelector: config.nodes ?? "" }
        : { fieldSelector: `metadata.name=${ofNode}` }),
    },
    { isNoise: isHeartbeat },
  );
  const pods = informers.of<KubePod>(
    {
      kind: KINDS.Pod,
      fieldSelector: `spec.nodeName${ofNode === undefined ? "!=" : `=${ofNode}`}`,
    },
    { indexes: podIndexes },
  );
  return { informers, nodes, pods: new PodsByNode(pods) };
}

/** The parts of the agent of one Kubernetes node with launcher `pod` and access `Api`. */
export function composeNode(
  config: AgentConfig,
  nodeName: string,
  shared: NodeCaches & {
    readonly kube: KubeTransport;
    readonly owner: Owner;
    readonly metrics: AgentMetrics;
  } & MeteredParts,
): NodeParts {
  const pods = shared.pods.of(nodeName);
  const inventory = new NodeInventory({
    nodeName,
    nodes: shared.nodes,
    pods,
    clock: shared.clock,
    attributes: config.attributes,
    attributeLabels: config.attribute_labels,
    rules: {
      pool: shared.owner.name,
      defaultRole: config.default_role,
      reserve: scalars(config.reserve),
      fixed: scalars(config.resources ?? []),
      ports: portRanges(config),
      extended: config.extended_resources,
    },
  });
  const launcher = new PodLauncher({
    kube: shared.kube,
    pods,
    clock: shared.clock,
    random: shared.random,
    logger: shared.logger,
    metrics: shared.metrics,
    options: launcherOptions(config, nodeName, shared.owner),
  });
  return { inventory, launcher, journal: new PodJournal() };
}

function launcherOptions(config: AgentConfig, nodeName: string, owner: Owner): PodLauncherOptions {
  const namespace = clusterOf(config).namespace;
  return {
    namespace,
    nodeName,
    pool: owner.name,
    owner,
    agentEndpoint: config.agent_endpoint ?? `${owner.name}-agent.${namespace}.svc:${config.port}`,
    recoveryTimeoutMs: config.recovery_timeout,
    shutdownGraceMs: config.executor_shutdown_grace_period,
    podRetentionMs: config.pod_retention,
    patience: {
      imagePullAttempts: config.image_pull_attempts,
      imagePullTimeoutMs: config.image_pull_timeout,
      podStartTimeoutMs: config.pod_start_timeout,
    },
    rules: {
      defaultTaskImage: config.default_task_image,
      ...(config.docker_registry === undefined ? {} : { dockerRegistry: config.docker_registry }),
      taskNetwork: config.task_network,
      networks: config.networks,
      userMap: config.user_map,
      requireNonRoot: config.require_non_root,
      cpuLimits: config.cgroups_enable_cfs,
      enforceDiskQuota: config.enforce_container_disk_quota,
      hostPathVolumes: config.host_path_volumes,
      allowPrivileged: config.allow_privileged,
      allowHostPid: config.allow_host_pid,
      allowHostIpc: config.allow_host_ipc,
      ignoredDockerParameters: config.ignored_docker_parameters,
      graceDefaultMs: config.graceful_shutdown_timeout,
    },
  };
}

export interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

function clusterOf(config: AgentConfig): { readonly namespace: string; readonly name: string } {
  const [namespace = "", name = ""] = (config.cluster ?? "").split("/");
  return { namespace, name };
}

/** The MesosCluster as owner of task Pods: its deletion takes them along. */
export async function ownerOf(
  config: AgentConfig,
  kube: KubeTransport,
  signal: AbortSignal,
): Promise<Owner> {
  const { namespace, name } = clusterOf(config);
  const cluster = await kube.get<KubeObject>({ kind: MESOS_CLUSTER, namespace, name }, { signal });
  const uid = cluster?.metadata.uid;
  if (uid === undefined) {
    throw new OperatingError("KUBE_NOT_FOUND", `MesosCluster ${namespace}/${name} does not exist`);
  }
  return { apiVersion: "orchestrator.io/v1alpha1", kind: "MesosCluster", name, uid };
}

/** Kubelet writes its conditions every few minutes: of no interest unless something we read changed. */
function isHeartbeat(previous: KubeNode, next: KubeNode): boolean {
  const read = ({ metadata, spec, status }: KubeNode): string =>
    JSON.stringify([metadata.labels, spec?.unschedulable, status?.allocatable, status?.nodeInfo]);
  return read(previous) === read(next);
}

function scalars(resources: Resources): Readonly<Record<string, number>> {
  const names = resources.filter(({ kind }) => kind === "scalar").map(({ name }) => name);
  return Object.fromEntries(names.map((name) => [name, scalarMilli(resources, name)]));
}

export function portRanges(config: AgentConfig): readonly (readonly [number, number])[] {
  const given = config.resources?.find(({ name, kind }) => name === "ports" && kind === "ranges");
  return given?.kind === "ranges" ? given.ranges : config.ports;
}
