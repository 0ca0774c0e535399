import type { MesosResource } from "../resources/resource.ts";
import { formatMilli } from "../resources/quantity.ts";

/** Thousandths by resource name. */
export type Sums = Map<string, number>;

export function addScalars(sums: Sums, resources: readonly MesosResource[]): void {
  for (const resource of resources) {
    if (resource.kind !== "scalar") continue;
    sums.set(resource.name, (sums.get(resource.name) ?? 0) + resource.milli);
  }
}

/** As a status shows them: decimal text by name, names in order, zeros left out. */
export function showSums(sums: Sums): Readonly<Record<string, string>> {
  const names = [...sums.keys()].sort();
  return Object.fromEntries(
    names
      .map((name) => [name, sums.get(name) ?? 0] as const)
      .filter(([, milli]) => milli !== 0)
      .map(([name, milli]) => [name, formatMilli(milli)]),
  );
}

/** What a role has and is offered. */
export interface RoleUse {
  readonly allocated: Sums;
  readonly offered: Sums;
  waitingPods: number;
}

/**
 * Share of the scarcest resource that a role holds, divided by its weight, with three decimals:
 *
 *     share = max over names with total > 0 of (allocated + offered) / total / weight
 */
export function dominantShare(
  { allocated, offered }: RoleUse,
  total: Sums,
  weight: number,
): string {
  let share = 0;
  for (const [name, milli] of total) {
    const held = (allocated.get(name) ?? 0) + (offered.get(name) ?? 0);
    if (milli > 0) share = Math.max(share, held / milli / weight);
  }
  return share.toFixed(3);
}
