import type { OfferOperation } from "../../../api/mesos/offer.ts";
import type { Resource } from "../../../api/mesos/resource.ts";
import { readResource } from "../wire-resources.ts";

/** The operation with every resource in it replaced; launches have none of their own. */
export function mapOperationResources(
  operation: OfferOperation,
  change: (resource: Resource) => Resource,
): OfferOperation {
  const all = (list: readonly Resource[] | undefined): readonly Resource[] =>
    (list ?? []).map(change);
  const { reserve, unreserve, create, destroy } = operation;
  const { grow_volume: grow, shrink_volume: shrink } = operation;
  const { create_disk: made, destroy_disk: ended } = operation;
  return {
    ...operation,
    ...(reserve && {
      reserve: {
        resources: all(reserve.resources),
        ...(reserve.source && { source: all(reserve.source) }),
      },
    }),
    ...(unreserve && { unreserve: { resources: all(unreserve.resources) } }),
    ...(create && { create: { volumes: all(create.volumes) } }),
    ...(destroy && { destroy: { volumes: all(destroy.volumes) } }),
    ...(grow && {
      grow_volume: { volume: change(grow.volume), addition: change(grow.addition) },
    }),
    ...(shrink && { shrink_volume: { ...shrink, volume: change(shrink.volume) } }),
    ...(made && { create_disk: { ...made, source: change(made.source) } }),
    ...(ended && { destroy_disk: { ...ended, source: change(ended.source) } }),
  };
}

export function operationResources(operation: OfferOperation): readonly Resource[] {
  const seen: Resource[] = [];
  mapOperationResources(operation, (resource) => {
    seen.push(resource);
    return resource;
  });
  return seen;
}

/** Whether what came from a peer or a record can be worked with: an operation on resources that can be read. */
export function isReadableOperation(operation: OfferOperation): boolean {
  const { grow_volume: grow, shrink_volume: shrink } = operation;
  const volumes = [grow?.volume, grow?.addition, shrink?.volume];
  const resources = operationResources(operation);
  return (
    resources.length > 0 &&
    resources.every((resource) => typeof readResource(resource) !== "string") &&
    volumes.every((volume) => volume === undefined || volume.type === "SCALAR")
  );
}
