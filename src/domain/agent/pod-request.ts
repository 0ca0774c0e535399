import { normalizeRanges } from "../resources/ranges.ts";
import type { MesosResource } from "../resources/resource.ts";
import type { KubeContainerView, KubePod, KubePodSpecView, ResourceList } from "./kube-pod.ts";
import { parseQuantityMilli } from "./kube-quantity.ts";

/** Kubernetes resource name → thousandths of its unit. */
export type QuantityMap = ReadonlyMap<string, number>;

/**
 * What the scheduler and kubelet count for a Pod, in milli-units by Kubernetes resource name.
 *
 *     request = max(Σ containers + Σ sidecars, max over init steps (step + sidecars before it)) + overhead
 *
 * Per resource, pod-level requests stand for the bracket where they are given; a limit stands for a request that is missing.
 * @see kubernetes@1.34 component-helpers/resource/helpers.go PodRequests
 */
export function effectivePodRequest(spec: KubePodSpecView): QuantityMap {
  const total = new Map<string, number>();
  for (const container of spec.containers) addInto(total, requestOf(container));
  const sidecars = new Map<string, number>();
  const largestStep = new Map<string, number>();
  for (const init of spec.initContainers ?? []) {
    const own = requestOf(init);
    if (init.restartPolicy === "Always") {
      addInto(total, own);
      addInto(sidecars, own);
      maxInto(largestStep, sidecars);
    } else {
      const step = new Map(sidecars);
      addInto(step, own);
      maxInto(largestStep, step);
    }
  }
  maxInto(total, largestStep);
  for (const [name, milli] of parseList({
    ...spec.resources?.limits,
    ...spec.resources?.requests,
  })) {
    total.set(name, milli);
  }
  addInto(total, parseList(spec.overhead ?? {}));
  return total;
}

/** Distinct host ports a Pod holds on its node, ascending. A host-network container's ports are host ports. */
export function hostPortsOf(spec: KubePodSpecView): readonly number[] {
  const ports = new Set<number>();
  for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) {
    for (const { hostPort, containerPort } of container.ports ?? []) {
      const held = hostPort ?? (spec.hostNetwork === true ? containerPort : undefined);
      if (held !== undefined && held > 0) ports.add(held);
    }
  }
  return [...ports].sort((a, b) => a - b);
}

/** How Kubernetes' extended resources are called in the pool, e.g. `example.com/fpga` → `fpgas`. */
export type ExtendedResourceNames = Readonly<Record<string, string>>;

/** `true` on a pod that was admitted beyond the limit of its role: the room it has is lent to it. */
export const BORROWED_ANNOTATION = "orchestrator.io/borrowed";

/** Names that mean whole GPUs wherever no provider counts them. */
export const GPU_RESOURCE_NAMES: readonly string[] = ["nvidia.com/gpu", "amd.com/gpu"];

/**
 * The effective request as Mesos quantities: cpu → cpus, memory → mem and ephemeral-storage → disk (MiB, rounded up to
 * a whole one), GPUs → gpus, mapped extended resources; host ports → ports. What the pool does not know is left out. Of a pod
 * on loan the scalars are revocable, as they are charged.
 */
export function podRequestResources(
  pod: KubePod,
  extended: ExtendedResourceNames = {},
): readonly MesosResource[] {
  const request = effectivePodRequest(pod.spec);
  const milli = new Map<string, number>();
  for (const [name, value] of request) {
    const mapped = mesosQuantity(name, value, extended, "up");
    if (mapped !== undefined) milli.set(mapped.name, (milli.get(mapped.name) ?? 0) + mapped.milli);
  }
  const loan = pod.metadata.annotations?.[BORROWED_ANNOTATION] === "true";
  const revocable = loan ? { revocable: true as const } : {};
  const resources: MesosResource[] = [];
  for (const [name, value] of [...milli].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (value > 0)
      resources.push({ kind: "scalar", name, reservations: [], ...revocable, milli: value });
  }
  const ports = hostPortsOf(pod.spec);
  if (ports.length > 0) {
    resources.push({
      kind: "ranges",
      name: "ports",
      reservations: [],
      ranges: normalizeRanges(ports.map((port) => [port, port])),
    });
  }
  return resources;
}

/** A Kubernetes quantity (milli-units) under its Mesos name and unit; undefined when the pool has no word for it. */
export function mesosQuantity(
  name: string,
  milli: number,
  extended: ExtendedResourceNames,
  round: "up" | "down",
): { readonly name: string; readonly milli: number } | undefined {
  switch (name) {
    case "cpu":
      return { name: "cpus", milli };
    case "memory":
      return { name: "mem", milli: wholeMiB(milli, round) };
    case "ephemeral-storage":
      return { name: "disk", milli: wholeMiB(milli, round) };
    default: {
      const mapped = GPU_RESOURCE_NAMES.includes(name) ? "gpus" : extended[name];
      return mapped === undefined ? undefined : { name: mapped, milli };
    }
  }
}

/** Milli-bytes → milli-MiB, a whole number of MiB. */
function wholeMiB(milliBytes: number, round: "up" | "down"): number {
  const mebibytes = milliBytes / 1000 / (1024 * 1024);
  return 1000 * (round === "up" ? Math.ceil(mebibytes) : Math.floor(mebibytes));
}

function requestOf(container: KubeContainerView): QuantityMap {
  return parseList({ ...container.resources?.limits, ...container.resources?.requests });
}

function parseList(list: ResourceList): QuantityMap {
  const parsed = new Map<string, number>();
  for (const [name, text] of Object.entries(list)) parsed.set(name, parseQuantityMilli(text) ?? 0);
  return parsed;
}

function addInto(sum: Map<string, number>, more: QuantityMap): void {
  for (const [name, milli] of more) sum.set(name, (sum.get(name) ?? 0) + milli);
}

function maxInto(largest: Map<string, number>, other: QuantityMap): void {
  for (const [name, milli] of other) {
    if (milli > (largest.get(name) ?? 0)) largest.set(name, milli);
  }
}
