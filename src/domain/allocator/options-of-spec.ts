import type { Allocation } from "../../api/crd/v1alpha1/mesos-cluster/allocation.ts";
import type { Quantities } from "../resources/quantity.ts";
import { parseResources } from "../resources/parse-resources.ts";
import type { AllocatorOptions } from "./options.ts";

/** `cpus:0.01|mem:32`: alternatives that make an offer worth making; undefined when the text is wrong. */
export function parseMinimums(text: string): readonly Quantities[] | undefined {
  const minimums: Quantities[] = [];
  for (const part of text.split("|").filter((item) => item.trim() !== "")) {
    const parsed = parseResources(part);
    if (!parsed.ok) return undefined;
    const scalars = parsed.resources.flatMap((resource) =>
      resource.kind === "scalar" ? [[resource.name, resource.milli] as const] : [],
    );
    minimums.push(Object.fromEntries(scalars));
  }
  return minimums;
}

type Chosen = Partial<Omit<AllocatorOptions, "podsFrameworkId" | "recover">>;

const isTrue = (text: string | undefined): boolean => text === "true";

/**
 * What a MesosCluster says about allocation: its fields, and the flags of allocator.md section 7. A text that cannot be
 * read is left out, so that the default counts.
 */
export function allocatorOptionsOf(
  allocation: Allocation,
  flags: Readonly<Record<string, string>>,
): Chosen {
  const minAllocatable = parseMinimums(allocation.minAllocatable);
  const seed = Number(flags["allocation_seed"] ?? NaN);
  return {
    intervalMs: allocation.intervalMs,
    coalesceMs: allocation.coalesceMs,
    roleSorter: allocation.roleSorter,
    frameworkSorter: allocation.frameworkSorter,
    fairSharingExcluded: allocation.fairSharingExcluded,
    filterGpuResources: allocation.filterGpuResources,
    demandAware: allocation.demandAware,
    trigger: flags["allocation_trigger"] === "interval" ? "interval" : "event",
    agentOrder: flags["agent_order"] === "shuffled" ? "shuffled" : "fullest",
    shareCountsIdleReservations: isTrue(flags["share_counts_idle_reservations"]),
    ...(minAllocatable === undefined ? {} : { minAllocatable }),
    ...(Number.isSafeInteger(seed) && seed >= 0 ? { seed } : {}),
  };
}
