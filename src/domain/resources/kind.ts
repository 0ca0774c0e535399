import type { Disk, MesosResource, Reservation } from "./resource.ts";

/** Role that owns the resource: the last level of its reservation stack; undefined = unreserved. */
export function reservedTo(resource: MesosResource): string | undefined {
  return resource.reservations.at(-1)?.role;
}

export function isReserved(resource: MesosResource): boolean {
  return resource.reservations.length > 0;
}

/** Reserved more than once: only frameworks with RESERVATION_REFINEMENT may see it. */
export function isRefined(resource: MesosResource): boolean {
  return resource.reservations.length > 1;
}

export function isPersistentVolume(resource: MesosResource): boolean {
  return resource.disk?.persistence !== undefined;
}

/**
 * Whether the resource is one object that is taken whole or not at all, and never merged with its
 * like: MOUNT and BLOCK disks, RAW disks with an id, persistent volumes, shared volumes.
 *
 * @see mesos@1.11 src/common/resources.cpp `addable`, `shrinkable`
 */
export function isIndivisible(resource: MesosResource): boolean {
  if (resource.shared === true || isPersistentVolume(resource)) return true;
  const source = resource.disk?.source;
  if (source === undefined) return false;
  if (source.type === "RAW") return source.id !== undefined;
  return source.type === "MOUNT" || source.type === "BLOCK";
}

/**
 * Text that is equal exactly for resources that differ in nothing but their amount. Only for
 * comparison: it is not a wire form.
 */
export function kindKey(resource: MesosResource): string {
  if (
    resource.reservations.length === 0 &&
    resource.disk === undefined &&
    resource.shared === undefined &&
    resource.revocable === undefined &&
    resource.providerId === undefined
  ) {
    return `${resource.kind} ${resource.name}`;
  }
  return JSON.stringify([
    resource.kind,
    resource.name,
    resource.reservations.map(reservationKey),
    diskKey(resource.disk),
    resource.shared === true,
    resource.revocable === true,
    resource.providerId ?? null,
  ]);
}

function reservationKey({ role, type, principal, labels }: Reservation): unknown {
  return [
    role,
    type,
    principal ?? null,
    labels?.map(({ key, value }) => [key, value ?? null]) ?? null,
  ];
}

/** A persistent volume is itself wherever it is mounted, so the container path is left out. */
function diskKey(disk: Disk | undefined): unknown {
  if (disk === undefined) return null;
  const { persistence, source } = disk;
  return [
    persistence === undefined ? null : [persistence.id, persistence.principal ?? null],
    source === undefined
      ? null
      : [
          source.type,
          source.root ?? null,
          source.id ?? null,
          source.profile ?? null,
          source.vendor ?? null,
        ],
  ];
}
