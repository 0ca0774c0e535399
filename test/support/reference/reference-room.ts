import type { MesosResource, Resources } from "../../../src/domain/resources/resource.ts";
import { addResources, subtractResources } from "../../../src/domain/resources/arithmetic.ts";
import type { ReferenceAgent } from "./reference-allocator.ts";

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
