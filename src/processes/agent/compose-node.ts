import { MESOS_CLUSTER } from "../../api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import { OperatingError } from "../../api/errors/operating-error.ts";
import type { KubeNode, KubePod } from "../../domain/agent/kube-pod.ts";
import { scalarMilli } from "../../domain/resources/arithmetic.ts";
import type { Resources } from "../../domain/resources/resource.ts";
import { Informers } from "../../runtime/informer/informers.ts";
import { KINDS } from "../../runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../runtime/kube/kube-object.ts";
import type { KubeTransport } from "../../runtime/ports/kube-transport.ts";
import type { AgentMetrics } from "../../services/agent/metrics.ts";
import { NodeInventory } from "../../services/agent/node-inventory.ts";
import { PodJournal } from "../../services/agent/pod-journal.ts";
import { PodLauncher } from "../../services/agent/pod-launcher.ts";
import type { InventorySource, Journal, Launcher } from "../../services/agent/ports.ts";
import type { AgentConfig } from "./config.ts";
import type { KubeAccessParts } from "./kube-access.ts";

export interface NodeParts {
  readonly informers: Informers;
  readonly inventory: InventorySource;
  readonly launcher: Launcher;
  readonly journal: Journal;
}

/** The parts of an agent on a Kubernetes node with launcher `pod` and access `Api`. Caches are not started yet. */
export async function composeNode(
  config: AgentConfig,
  kube: KubeTransport,
  parts: KubeAccessParts & { readonly metrics: AgentMetrics },
  signal: AbortSignal,
): Promise<NodeParts> {
  const nodeName = config.node_name ?? "";
  const [clusterNamespace = "", pool = ""] = (config.cluster ?? "").split("/");
  const namespace = clusterNamespace;
  const informers = new Informers({ reader: kube, ...parts });
  const nodes = informers.of<KubeNode>(
    { kind: KINDS.Node, fieldSelector: `metadata.name=${nodeName}` },
    { isNoise: isHeartbeat },
  );
  const pods = informers.of<KubePod>({
    kind: KINDS.Pod,
    fieldSelector: `spec.nodeName=${nodeName}`,
  });
  const owner = await ownerOf(kube, clusterNamespace, pool, signal);
  const inventory = new NodeInventory({
    nodeName,
    nodes,
    pods,
    clock: parts.clock,
    attributes: config.attributes,
    attributeLabels: config.attribute_labels,
    rules: {
      pool,
      defaultRole: config.default_role,
      reserve: scalars(config.reserve),
      fixed: scalars(config.resources ?? []),
      ports: portRanges(config),
      extended: config.extended_resources,
    },
  });
  const launcher = new PodLauncher({
    kube,
    pods,
    clock: parts.clock,
    logger: parts.logger,
    metrics: parts.metrics,
    options: {
      namespace,
      nodeName,
      pool,
      owner,
      agentEndpoint: config.agent_endpoint ?? `${pool}-agent.${namespace}.svc:${config.port}`,
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
    },
  });
  return { informers, inventory, launcher, journal: new PodJournal() };
}

/** The MesosCluster as owner of task Pods: its deletion takes them along. */
async function ownerOf(
  kube: KubeTransport,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<{ apiVersion: string; kind: string; name: string; uid: string }> {
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
