import type { Offer } from "../../api/mesos/offer.ts";
import type { Resource } from "../../api/mesos/resource.ts";

/** How many tasks of that size the unreserved, regular part of an offer holds. */
export function fittingTasks(offer: Offer, cpuMillis: number, memMiB: number): number {
  const cpus = Math.round(unreserved(offer, "cpus") * 1000);
  const byCpu = Math.floor(cpus / cpuMillis);
  const byMem = Math.floor(unreserved(offer, "mem") / memMiB);
  return Math.max(0, Math.min(byCpu, byMem));
}

/** Plain scalar resources in wire form; the master fills in the allocation. */
export function scalarResources(amounts: Readonly<Record<string, number>>): Resource[] {
  return Object.entries(amounts).map(([name, value]) => ({
    name,
    type: "SCALAR",
    scalar: { value },
  }));
}

function unreserved(offer: Offer, name: string): number {
  return (offer.resources ?? [])
    .filter((resource) => resource.name === name && isPlain(resource))
    .reduce((sum, resource) => sum + (resource.scalar?.value ?? 0), 0);
}

function isPlain(resource: Resource): boolean {
  const isReserved =
    (resource.reservations ?? []).length > 0 ||
    (resource.role !== undefined && resource.role !== "*");
  return !isReserved && resource.revocable === undefined && resource.disk === undefined;
}
