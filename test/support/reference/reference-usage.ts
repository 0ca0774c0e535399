import type { FrameworkId } from "../../../src/api/ids/ids.ts";
import { scalarMilli } from "../../../src/domain/resources/arithmetic.ts";
import type { ReferenceAllocator } from "./reference-allocator.ts";
import { type Amounts, minus, plus, quotaScalars } from "./reference-amounts.ts";
import { plainTotal } from "./reference-room.ts";

/** What counts against the quota of a top-level role: reserved to it or below, used or not, and what is held without a reservation. */
export function consumed(world: ReferenceAllocator, top: string): Amounts {
  const isBelow = (role: string): boolean => role === top || role.startsWith(`${top}/`);
  const sums: Amounts = {};
  const add = (name: string, milli: number): void => {
    sums[name] = (sums[name] ?? 0) + milli;
  };
  for (const agent of world.slots) {
    for (const item of agent?.total ?? []) {
      const owner = item.reservations.at(-1)?.role;
      const counts = owner !== undefined && isBelow(owner) && item.revocable !== true;
      if (item.kind === "scalar" && counts) add(item.name, item.milli);
    }
    for (const { role, resources } of agent?.held ?? []) {
      if (!isBelow(role)) continue;
      for (const [name, milli] of Object.entries(quotaScalars(resources))) add(name, milli);
    }
  }
  return sums;
}

/** All scalars that the principal's frameworks hold, thousandths by name. */
export function usedBy(world: ReferenceAllocator, principal: string): Amounts {
  const isTheirs = (id: FrameworkId): boolean =>
    world.frameworks.get(id)?.profile.principal === principal;
  const sums: Amounts = {};
  for (const { frameworkId, resources } of world.slots.flatMap((agent) => agent?.held ?? [])) {
    if (!isTheirs(frameworkId)) continue;
    for (const item of resources) {
      if (item.kind === "scalar") sums[item.name] = (sums[item.name] ?? 0) + item.milli;
    }
  }
  return sums;
}

/** What nobody holds of the unreserved regular scalars of the pool. */
export function headroom(world: ReferenceAllocator): Amounts {
  const total = world.slots.reduce<Amounts>(
    (sum, agent) => (agent === undefined ? sum : plus(sum, plainTotal(agent))),
    {},
  );
  const held = quotaScalars(
    world.slots.flatMap((agent) => (agent?.held ?? []).flatMap(({ resources }) => resources)),
  );
  return minus(total, held);
}

/** The part of the pool that is held, of cpus or mem, whichever is larger. */
export function poolUse(world: ReferenceAllocator): number {
  const agents = world.slots.filter((agent) => agent !== undefined);
  const held = agents.flatMap((agent) => agent.held.flatMap(({ resources }) => resources));
  const total = agents.flatMap((agent) => agent.total);
  return Math.max(
    ...["cpus", "mem"].map((name) =>
      scalarMilli(total, name) > 0 ? scalarMilli(held, name) / scalarMilli(total, name) : 0,
    ),
  );
}
