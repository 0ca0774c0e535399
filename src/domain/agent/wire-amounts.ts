import type { Resource } from "../../api/mesos/resource.ts";

/** Sum of a scalar in thousandths over all roles and reservations; `revocable` counts only those that are (or are not). */
export function scalarMilliOf(
  resources: readonly Resource[] | undefined,
  name: string,
  revocable?: boolean,
): number {
  let milli = 0;
  for (const resource of resources ?? []) {
    if (resource.name !== name || resource.type !== "SCALAR") continue;
    if (revocable !== undefined && (resource.revocable !== undefined) !== revocable) continue;
    milli += Math.round((resource.scalar?.value ?? 0) * 1000);
  }
  return milli;
}

/** Every number in the `ports` ranges, ascending. */
export function portsOf(resources: readonly Resource[] | undefined): readonly number[] {
  const ports: number[] = [];
  for (const resource of resources ?? []) {
    if (resource.name !== "ports") continue;
    for (const { begin, end } of resource.ranges?.range ?? []) {
      for (let port = begin; port <= end; port += 1) ports.push(port);
    }
  }
  return ports.sort((a, b) => a - b);
}
