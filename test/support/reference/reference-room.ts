import type { MesosResource, Resources } from "../../../src/domain/resources/resource.ts";
import {
  addResources,
  containsResources,
  subtractResources,
} from "../../../src/domain/resources/arithmetic.ts";
import type { ReferenceAgent } from "./reference-allocator.ts";
import { type Amounts, plus, quotaScalars } from "./reference-amounts.ts";

/** Unreserved revocable scalars, thousandths by name. */
export function revocables(resources: readonly MesosResource[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const item of resources) {
    if (item.kind !== "scalar" || item.revocable !== true || item.reservations.length > 0) continue;
    sums[item.name] = (sums[item.name] ?? 0) + item.milli;
  }
  return sums;
}

export function scalar(name: string, milli: number, revocable: boolean): MesosResource {
  const common = { kind: "scalar", name, reservations: [], milli } as const;
  return revocable ? { ...common, revocable: true } : common;
}

/** What an agent has: what is lent counts as revocable. */
export function roomOf({ total, lent }: Pick<ReferenceAgent, "total" | "lent">): Resources {
  const loans = Object.entries(lent);
  if (loans.length === 0) return total;
  const plain = loans.map(([name, milli]) => scalar(name, milli, false));
  const revocable = loans.map(([name, milli]) => scalar(name, milli, true));
  return addResources(subtractResources(total, plain), revocable);
}

/** Unreserved regular scalars, without what is lent; below 0 where more is lent than there is. */
export function plainTotal({ total, lent }: ReferenceAgent): Amounts {
  return plus(
    quotaScalars(total),
    Object.fromEntries(Object.entries(lent).map(([name, milli]) => [name, -milli])),
  );
}

export function isOvercommitted(agent: ReferenceAgent): boolean {
  const held = agent.held.reduce<Resources>(
    (sum, { resources }) => addResources(sum, resources),
    [],
  );
  const isShort = Object.values(plainTotal(agent)).some((milli) => milli < 0);
  return isShort || !containsResources(roomOf(agent), held);
}

/** Free, unreserved or reserved to the role or an ancestor. */
export function usable(agent: ReferenceAgent, role: string): Resources {
  return freeOf(agent).filter(({ reservations }) => {
    const owner = reservations.at(-1)?.role;
    return owner === undefined || owner === role || role.startsWith(`${owner}/`);
  });
}

/** The smallest free part of any scalar, in steps of 1/1024. */
export function freeStep(agent: ReferenceAgent): number {
  const total = plainTotal(agent);
  const held = quotaScalars(agent.held.flatMap(({ resources }) => resources));
  let least = 1;
  for (const [name, milli] of Object.entries(total)) {
    if (milli > 0) least = Math.min(least, Math.max(0, milli - (held[name] ?? 0)) / milli);
  }
  return Math.floor(least * 1024);
}

function freeOf(agent: ReferenceAgent): Resources {
  return agent.held.reduce(
    (free, { resources }) => subtractResources(free, resources),
    roomOf(agent),
  );
}
