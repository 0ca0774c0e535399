import type { OfferOperation } from "../../api/mesos/offer.ts";
import type { ReservationInfo, Resource } from "../../api/mesos/resource.ts";
import type { AclAction } from "./acl-actions.ts";
import type { Permission } from "./may-do.ts";

/**
 * What an operation on resources asks permission for; LAUNCH and LAUNCH_GROUP are asked per task.
 * @see mesos@1.11 src/master/authorization.cpp
 */
export function permissionsOfOperation(operation: OfferOperation): readonly Permission[] {
  switch (operation.type) {
    case "RESERVE": {
      const { resources = [], source = [] } = operation.reserve ?? {};
      return toReserve(resources, source);
    }
    case "UNRESERVE":
      return toUnreserve(operation.unreserve?.resources ?? []);
    case "CREATE":
      return toCreateVolumes(operation.create?.volumes ?? []);
    case "DESTROY":
      return toDestroyVolumes(operation.destroy?.volumes ?? []);
    case "GROW_VOLUME":
      return toResizeVolume(operation.grow_volume?.volume);
    case "SHRINK_VOLUME":
      return toResizeVolume(operation.shrink_volume?.volume);
    case "CREATE_DISK": {
      const { source, target_type } = operation.create_disk ?? {};
      return onDisk(source, CREATE_DISK[target_type ?? ""]);
    }
    case "DESTROY_DISK": {
      const source = operation.destroy_disk?.source;
      return onDisk(source, DESTROY_DISK[source?.disk?.source?.type ?? ""]);
    }
    default:
      return [];
  }
}

const CREATE_DISK: Readonly<Record<string, AclAction>> = {
  MOUNT: "create_mount_disks",
  BLOCK: "create_block_disks",
};
const DESTROY_DISK: Readonly<Record<string, AclAction>> = {
  MOUNT: "destroy_mount_disks",
  BLOCK: "destroy_block_disks",
  RAW: "destroy_raw_disks",
};

/** Without `source` every role that is named; with it, what leads from the source to the reservations asked for. */
export function toReserve(
  resources: readonly Resource[],
  source: readonly Resource[] = [],
): readonly Permission[] {
  const asked = resources.map(reservationsOf);
  if (source.length === 0) return onRoles("reserve_resources", resources);
  const [target = []] = asked;
  const [from = []] = source.map(reservationsOf);
  const common = commonLength(from, target);
  return [
    ...from.slice(common).map(({ principal }) => unreserving(principal)),
    ...target
      .slice(common)
      .map(({ role }) => ({ action: "reserve_resources" as const, object: role ?? "*" })),
  ];
}

export function toUnreserve(resources: readonly Resource[]): readonly Permission[] {
  return resources.map((resource) => unreserving(reservationsOf(resource).at(-1)?.principal));
}

export function toCreateVolumes(volumes: readonly Resource[]): readonly Permission[] {
  return orOnAll("create_volumes", onRoles("create_volumes", volumes));
}

export function toDestroyVolumes(volumes: readonly Resource[]): readonly Permission[] {
  const persistent = volumes.filter(({ disk }) => disk?.persistence !== undefined);
  return orOnAll(
    "destroy_volumes",
    persistent.map(({ disk }) => ({
      action: "destroy_volumes",
      object: disk?.persistence?.principal ?? "",
    })),
  );
}

export function toResizeVolume(volume: Resource | undefined): readonly Permission[] {
  return volume === undefined ? [] : onRoles("resize_volumes", [volume]);
}

function onDisk(
  source: Resource | undefined,
  action: AclAction | undefined,
): readonly Permission[] {
  // A kind of disk that nobody serves is refused by validation.
  return source === undefined || action === undefined ? [] : onRoles(action, [source]);
}

function unreserving(principal: string | undefined): Permission {
  return { action: "unreserve_resources", object: principal };
}

function onRoles(action: AclAction, resources: readonly Resource[]): readonly Permission[] {
  const roles = new Set(resources.map(roleOfReservation));
  return [...roles].map((object) => ({ action, object }));
}

/** A call that names nothing is asked as one about everything; validation refuses it later. */
function orOnAll(action: AclAction, found: readonly Permission[]): readonly Permission[] {
  return found.length > 0 ? found : [{ action, object: undefined }];
}

/** From the outermost to the most refined, whichever of the two formats is used. */
function reservationsOf(resource: Resource): readonly ReservationInfo[] {
  const { reservations = [], role = "*", reservation } = resource;
  if (reservations.length > 0) return reservations;
  return role === "*" ? [] : [{ ...reservation, role }];
}

/** Roles that the resources of an operation are, or are to be, reserved for. */
export function rolesOfOperation(operation: OfferOperation): readonly string[] {
  const { reserve, unreserve, create, destroy } = operation;
  const { grow_volume, shrink_volume, create_disk, destroy_disk } = operation;
  const single = [
    grow_volume?.volume,
    shrink_volume?.volume,
    create_disk?.source,
    destroy_disk?.source,
  ];
  return [
    ...(reserve?.resources ?? []),
    ...(unreserve?.resources ?? []),
    ...(create?.volumes ?? []),
    ...(destroy?.volumes ?? []),
    ...single.filter((resource) => resource !== undefined),
  ].map(roleOfReservation);
}

/** Role of the most refined reservation; `*` when there is none. */
export function roleOfReservation(resource: Resource): string {
  return reservationsOf(resource).at(-1)?.role ?? "*";
}

function commonLength(a: readonly ReservationInfo[], b: readonly ReservationInfo[]): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    if (JSON.stringify(a[i]) !== JSON.stringify(b[i])) return i;
  }
  return length;
}

/** The text of Mesos for what a principal may not do; its actions are in the singular, but for `…_RESOURCES`. */
export function lackingText({ action, object }: Permission): string {
  const name = action.replace(/(?<!resource)s$/, "").toUpperCase();
  return object === undefined
    ? `Not authorized to perform action ${name} on ANY object`
    : `Not authorized to perform action ${name} on object ${JSON.stringify({ value: object })}`;
}
