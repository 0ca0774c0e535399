import type { OfferOperation } from "../../../src/api/mesos/offer.ts";
import type { Resource } from "../../../src/api/mesos/resource.ts";
import type { Resources } from "../../../src/domain/resources/resource.ts";
import { resourcesOf } from "../../../src/domain/resources/parse-resources.ts";
import { writeResources } from "../../../src/domain/mesos/wire-resources.ts";

/** Resources in text notation, every reservation in them made by an operation. */
export function dynamic(text: string): Resources {
  return resourcesOf(text).map((resource) => ({
    ...resource,
    reservations: resource.reservations.map((level) => ({ ...level, type: "DYNAMIC" as const })),
  }));
}

export function wire(text: string): Resource[] {
  return writeResources(dynamic(text), { refined: true });
}

function one(text: string): Resource {
  const [resource] = wire(text);
  if (resource === undefined) throw new Error(`no resource in ${text}`);
  return resource;
}

export const reserve = (text: string): OfferOperation => ({
  type: "RESERVE",
  reserve: { resources: wire(text) },
});
export const unreserve = (text: string): OfferOperation => ({
  type: "UNRESERVE",
  unreserve: { resources: wire(text) },
});
export const create = (text: string): OfferOperation => ({
  type: "CREATE",
  create: { volumes: wire(text) },
});
export const destroy = (text: string): OfferOperation => ({
  type: "DESTROY",
  destroy: { volumes: wire(text) },
});
export const grow = (volume: string, addition: string): OfferOperation => ({
  type: "GROW_VOLUME",
  grow_volume: { volume: one(volume), addition: one(addition) },
});
export const shrink = (volume: string, byMiB: number): OfferOperation => ({
  type: "SHRINK_VOLUME",
  shrink_volume: { volume: one(volume), subtract: { value: byMiB } },
});

/** A disk of a resource provider. */
export function providedDisk(
  type: "RAW" | "MOUNT",
  parts: { readonly id?: string; readonly profile?: string } = {},
): Resource {
  return {
    name: "disk",
    type: "SCALAR",
    scalar: { value: 100 },
    disk: { source: { type, ...parts } },
    provider_id: { value: "provider-1" },
  };
}
export const createDisk = (source: Resource): OfferOperation => ({
  type: "CREATE_DISK",
  create_disk: { source, target_type: "MOUNT" },
});
export const destroyDisk = (source: Resource): OfferOperation => ({
  type: "DESTROY_DISK",
  destroy_disk: { source },
});

export const withId = (operation: OfferOperation, id: string): OfferOperation => ({
  ...operation,
  id: { value: id },
});
