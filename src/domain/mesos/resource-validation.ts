import { isPersistentVolume } from "../resources/kind.ts";
import type { Resources } from "../resources/resource.ts";

/** Names present both as revocable and as regular resources are refused. */
export function mixedRevocableFault(resources: Resources): string | undefined {
  for (const resource of resources) {
    if (resource.revocable !== true) continue;
    const regular = resources.some((it) => it.name === resource.name && it.revocable !== true);
    if (regular) {
      return `Cannot use both revocable and non-revocable '${resource.name}' at the same time`;
    }
  }
  return undefined;
}

export function duplicatePersistenceFault(resources: Resources): string | undefined {
  const seen = new Set<string>();
  for (const resource of resources) {
    if (!isPersistentVolume(resource)) continue;
    const id = resource.disk?.persistence?.id ?? "";
    const role = resource.reservations.at(-1)?.role ?? "*";
    const key = `${role}/${id}`;
    if (seen.has(key)) return `Persistence ID '${id}' is not unique`;
    seen.add(key);
  }
  return undefined;
}
