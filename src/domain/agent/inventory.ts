import { normalizeRanges, type Range, type Ranges, subtractRanges } from "../resources/ranges.ts";
import type { MesosResource, RangesResource, ScalarResource } from "../resources/resource.ts";
import { isPodLive, type KubeNode, type KubePod, type PodPhase } from "./kube-pod.ts";
import { parseQuantityMilli } from "./kube-quantity.ts";
import {
  effectivePodRequest,
  type ExtendedResourceNames,
  hostPortsOf,
  mesosQuantity,
  podRequestResources,
} from "./pod-request.ts";

/** Label whose value names the pool (the MesosCluster) a Pod belongs to. */
export const POOL_LABEL = "orchestrator.io/pool";
/** Label on pods that agents make (`task`, `hook`, …); such pods are no pool pods. */
export const KIND_LABEL = "orchestrator.io/kind";
export const ROLE_ANNOTATION = "orchestrator.io/role";

export interface InventoryRules {
  readonly pool: string;
  /** Role of a pool pod that names none. */
  readonly defaultRole: string;
  /** Held back from the pool, in milli-units (cpus, mem and disk in MiB) by Mesos name. */
  readonly reserve: Readonly<Record<string, number>>;
  /** Ports to advertise before those of outside pods are taken out. */
  readonly ports: Ranges;
  readonly extended: ExtendedResourceNames;
  /** Overrides by flag: where a name is given here, this stands for the node's allocatable amount (milli-units). */
  readonly fixed: Readonly<Record<string, number>>;
}

export interface PoolPodSeen {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly role: string;
  readonly requests: readonly MesosResource[];
  readonly phase: PodPhase;
}

export interface Inventory {
  /** What the agent advertises; every entry > 0, unreserved. */
  readonly total: readonly MesosResource[];
  /** Pods the node can still take; at 0 the agent is not offered. */
  readonly podSlots: number;
  /** Pods of the pool that are no tasks, by uid. */
  readonly poolPods: readonly PoolPodSeen[];
  readonly unschedulable: boolean;
}

/** Bound to this node, still running or to run, and not of this pool: what it asks for is not ours to give. */
export function isOutsidePod(pod: KubePod, pool: string): boolean {
  return isPodLive(pod) && pod.metadata.labels?.[POOL_LABEL] !== pool;
}

export function isTaskPod(pod: KubePod, pool: string): boolean {
  const labels = pod.metadata.labels;
  return labels?.[POOL_LABEL] === pool && labels[KIND_LABEL] !== undefined;
}

/**
 * What one node has for the pool.
 *
 *     advertised = max(0, allocatable − Σ requests of outside pods − reserve)
 *
 * Pool pods and task pods are not subtracted: the master books them. `pods` are all Pods bound to the node.
 */
export function computeInventory(
  node: KubeNode,
  pods: readonly KubePod[],
  rules: InventoryRules,
): Inventory {
  const outside = pods.filter((pod) => isOutsidePod(pod, rules.pool));
  const free = allocatableOf(node, rules);
  for (const pod of outside) {
    for (const [name, milli] of effectivePodRequest(pod.spec)) {
      const mapped = mesosQuantity(name, milli, rules.extended, "up");
      if (mapped !== undefined && free.has(mapped.name)) {
        free.set(mapped.name, (free.get(mapped.name) ?? 0) - mapped.milli);
      }
    }
  }
  for (const [name, milli] of Object.entries(rules.reserve)) {
    if (free.has(name)) free.set(name, (free.get(name) ?? 0) - milli);
  }
  const total: MesosResource[] = [];
  for (const [name, milli] of free) {
    if (milli > 0) total.push(scalar(name, milli));
  }
  const taken = outside.flatMap((pod) => hostPortsOf(pod.spec)).map((port): Range => [port, port]);
  const ports = subtractRanges(normalizeRanges(rules.ports), normalizeRanges(taken));
  if (ports.length > 0) total.push(ranges("ports", ports));
  const live = pods.filter(isPodLive).length;
  return {
    total,
    podSlots: Math.max(0, wholeOf(node.status?.allocatable?.["pods"]) - live),
    poolPods: poolPodsOf(pods, rules),
    unschedulable: node.spec?.unschedulable === true,
  };
}

function allocatableOf(node: KubeNode, rules: InventoryRules): Map<string, number> {
  const free = new Map<string, number>();
  for (const [name, text] of Object.entries(node.status?.allocatable ?? {})) {
    const mapped = mesosQuantity(name, parseQuantityMilli(text) ?? 0, rules.extended, "down");
    if (mapped !== undefined) free.set(mapped.name, (free.get(mapped.name) ?? 0) + mapped.milli);
  }
  for (const [name, milli] of Object.entries(rules.fixed)) free.set(name, milli);
  return free;
}

function poolPodsOf(pods: readonly KubePod[], rules: InventoryRules): readonly PoolPodSeen[] {
  return pods
    .filter((pod) => isPodLive(pod) && pod.metadata.labels?.[POOL_LABEL] === rules.pool)
    .filter((pod) => pod.metadata.labels?.[KIND_LABEL] === undefined)
    .map((pod) => ({
      uid: pod.metadata.uid ?? "",
      namespace: pod.metadata.namespace ?? "",
      name: pod.metadata.name,
      role: pod.metadata.annotations?.[ROLE_ANNOTATION] ?? rules.defaultRole,
      requests: podRequestResources(pod, rules.extended),
      phase: pod.status?.phase ?? "Unknown",
    }))
    .sort((a, b) => (a.uid < b.uid ? -1 : 1));
}

function wholeOf(text: string | number | undefined): number {
  return text === undefined ? 0 : Math.floor((parseQuantityMilli(text) ?? 0) / 1000);
}

function scalar(name: string, milli: number): ScalarResource {
  return { kind: "scalar", name, reservations: [], milli };
}

function ranges(name: string, value: Ranges): RangesResource {
  return { kind: "ranges", name, reservations: [], ranges: value };
}
