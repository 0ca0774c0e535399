import type { FrameworkId } from "../../../src/api/ids/ids.ts";
import { containsResources, scalarMilli } from "../../../src/domain/resources/arithmetic.ts";
import type { Resources } from "../../../src/domain/resources/resource.ts";
import type { ReferenceAgent, ReferenceAllocator } from "./reference-allocator.ts";
import { poolUse } from "./reference-usage.ts";

/** Steps 3 to 5; undefined = next framework. */
export function acceptable(
  world: ReferenceAllocator,
  agent: ReferenceAgent,
  id: FrameworkId,
  role: string,
  avail: Resources,
): Resources | undefined {
  const capabilities = world.frameworks.get(id)?.profile.capabilities ?? [];
  if (!meetsMinimum(world, id, role, avail)) return undefined;
  const isGpuAgent = scalarMilli(agent.total, "gpus") > 0;
  const hidesGpus = world.options.filterGpuResources && isGpuAgent;
  if (hidesGpus && !capabilities.includes("GPU_RESOURCES")) return undefined;
  const old = agent.profile.capabilities;
  if (capabilities.includes("MULTI_ROLE") && !old.includes("MULTI_ROLE")) return undefined;
  if (role.includes("/") && !old.includes("HIERARCHICAL_ROLE")) return undefined;
  const { masterRegion } = world.options;
  const { region } = agent.profile;
  const isRemote = region !== undefined && masterRegion !== undefined && region !== masterRegion;
  if (isRemote && !capabilities.includes("REGION_AWARE")) return undefined;
  return avail.filter(
    (item) =>
      (item.revocable !== true || capabilities.includes("REVOCABLE_RESOURCES")) &&
      (item.reservations.length < 2 || capabilities.includes("RESERVATION_REFINEMENT")),
  );
}

export function meetsMinimum(
  world: ReferenceAllocator,
  id: FrameworkId,
  role: string,
  resources: Resources,
): boolean {
  const own = world.frameworks.get(id)?.profile.minAllocatable[role];
  const sets = own ?? world.options.minAllocatable;
  if (sets.length === 0) return resources.length > 0;
  return sets.some((set) =>
    Object.entries(set).every(([name, milli]) => scalarMilli(resources, name) >= milli),
  );
}

export function isFiltered(
  world: ReferenceAllocator,
  agent: ReferenceAgent,
  id: FrameworkId,
  role: string,
  offer: Resources,
): boolean {
  return world.filters.some(
    (filter) =>
      filter.frameworkId === id &&
      filter.role === role &&
      filter.agentId === agent.id &&
      containsResources(filter.refused, offer),
  );
}

export function mayBorrow(world: ReferenceAllocator, id: FrameworkId, role: string): boolean {
  const quota = world.quotas.get(role);
  if (quota === undefined || Object.keys(quota.limits).length === 0) return false;
  if (quota.mode === "Hard") return false;
  const capabilities = world.frameworks.get(id)?.profile.capabilities ?? [];
  if (!capabilities.includes("REVOCABLE_RESOURCES")) return false;
  return quota.mode === "Soft" || poolUse(world) < 0.8;
}
