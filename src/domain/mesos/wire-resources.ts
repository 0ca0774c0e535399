import type { Labels } from "../../api/mesos/common.ts";
import type { ReservationInfo, Resource, ResourceDiskInfo } from "../../api/mesos/resource.ts";
import { normalizeResources } from "../resources/arithmetic.ts";
import { isRefined } from "../resources/kind.ts";
import { fromMilli, toMilli } from "../resources/quantity.ts";
import { normalizeRanges } from "../resources/ranges.ts";
import type { Disk, MesosResource, Reservation, Resources } from "../resources/resource.ts";

export type ReadResources =
  | { readonly ok: true; readonly resources: Resources }
  | { readonly ok: false; readonly error: string };

/**
 * Domain resources of a wire list. Both reservation formats are read, never mixed in one resource.
 * @see mesos@1.11 src/common/resources.cpp `Resources::validate`
 */
export function readResources(wire: readonly Resource[]): ReadResources {
  const read: MesosResource[] = [];
  for (const item of wire) {
    const resource = readResource(item);
    if (typeof resource === "string") {
      return { ok: false, error: `Invalid resource ${item.name}: ${resource}` };
    }
    read.push(resource);
  }
  return { ok: true, resources: normalizeResources(read) };
}

/** One resource, or what is wrong with it. */
export function readResource(wire: Resource): MesosResource | string {
  if (wire.name === "") return "Empty resource name";
  const reservations = readReservations(wire);
  if (typeof reservations === "string") return reservations;
  const common = {
    name: wire.name,
    reservations,
    ...(wire.disk === undefined ? {} : { disk: readDisk(wire.disk) }),
    ...(wire.shared === undefined ? {} : { shared: true as const }),
    ...(wire.revocable === undefined ? {} : { revocable: true as const }),
    ...(wire.provider_id === undefined ? {} : { providerId: wire.provider_id.value }),
  };
  switch (wire.type) {
    case "SCALAR": {
      if (wire.scalar === undefined || wire.ranges !== undefined || wire.set !== undefined) {
        return "Invalid scalar resource";
      }
      const milli = toMilli(wire.scalar.value);
      if (!Number.isSafeInteger(milli)) return "Invalid scalar resource: not a finite number";
      if (milli < 0) return "Invalid scalar resource: value < 0";
      return { ...common, kind: "scalar", milli };
    }
    case "RANGES": {
      if (wire.ranges === undefined || wire.scalar !== undefined || wire.set !== undefined) {
        return "Invalid ranges resource";
      }
      const ranges = (wire.ranges.range ?? []).map(({ begin, end }) => [begin, end] as const);
      if (ranges.some(([begin, end]) => begin > end)) return "Invalid ranges resource: begin > end";
      return { ...common, kind: "ranges", ranges: normalizeRanges(ranges) };
    }
    case "SET": {
      if (wire.set === undefined || wire.scalar !== undefined || wire.ranges !== undefined) {
        return "Invalid set resource";
      }
      const items = wire.set.item ?? [];
      if (new Set(items).size !== items.length) return "Invalid set resource: duplicated elements";
      return { ...common, kind: "set", items: [...items].sort() };
    }
    case "TEXT":
      return "Unsupported resource type";
  }
}

function readReservations(wire: Resource): readonly Reservation[] | string {
  const stack = wire.reservations ?? [];
  if (stack.length > 0) {
    if (wire.role !== undefined && wire.role !== "*") {
      return "'Resource.role' must not be set if there is a reservation in 'Resource.reservations'";
    }
    if (wire.reservation !== undefined) {
      return "'Resource.reservation' must not be set if 'Resource.reservations' is set";
    }
    const read: Reservation[] = [];
    for (const level of stack) {
      if (level.type === undefined) return "Invalid reservation: 'type' must be set";
      if (level.role === undefined) return "Invalid reservation: 'role' must be set";
      read.push(readReservation(level, level.role, level.type));
    }
    return read;
  }
  const role = wire.role ?? "*";
  if (role === "*") {
    return wire.reservation === undefined
      ? []
      : 'Invalid reservation: role "*" cannot be dynamically reserved';
  }
  return [readReservation(wire.reservation ?? {}, role, wire.reservation ? "DYNAMIC" : "STATIC")];
}

function readReservation(
  level: ReservationInfo,
  role: string,
  type: "STATIC" | "DYNAMIC",
): Reservation {
  return {
    role,
    type,
    ...(level.principal === undefined ? {} : { principal: level.principal }),
    ...(level.labels?.labels === undefined ? {} : { labels: level.labels.labels }),
  };
}

function readDisk(disk: ResourceDiskInfo): Disk {
  const { persistence, volume, source } = disk;
  const root = source?.path?.root ?? source?.mount?.root;
  return {
    ...(persistence === undefined ? {} : { persistence }),
    ...(volume === undefined
      ? {}
      : { volume: { containerPath: volume.container_path, mode: volume.mode } }),
    ...(source === undefined
      ? {}
      : {
          source: {
            type: source.type,
            ...(root === undefined ? {} : { root }),
            ...(source.id === undefined ? {} : { id: source.id }),
            ...(source.profile === undefined ? {} : { profile: source.profile }),
            ...(source.vendor === undefined ? {} : { vendor: source.vendor }),
          },
        }),
  };
}

/** How a peer wants its resources. */
export interface ResourceFormat {
  /** RESERVATION_REFINEMENT: `reservations[]` and no `role`; else `role` and `reservation`. */
  readonly refined: boolean;
  /** Role of `allocation_info`; undefined leaves it out (frameworks without MULTI_ROLE). */
  readonly allocatedTo?: string;
}

/** The wire form; in the old format refined resources are left out, as they cannot be told there. */
export function writeResources(resources: Resources, format: ResourceFormat): Resource[] {
  return resources
    .filter((resource) => format.refined || !isRefined(resource))
    .map((resource) => writeResource(resource, format));
}

function writeResource(resource: MesosResource, format: ResourceFormat): Resource {
  return {
    name: resource.name,
    ...writeValue(resource),
    ...(format.refined ? writeStack(resource.reservations) : writeOldForm(resource.reservations)),
    ...(resource.disk === undefined ? {} : { disk: writeDisk(resource.disk) }),
    ...(resource.revocable === undefined ? {} : { revocable: {} }),
    ...(resource.shared === undefined ? {} : { shared: {} }),
    ...(format.allocatedTo === undefined ? {} : { allocation_info: { role: format.allocatedTo } }),
    ...(resource.providerId === undefined ? {} : { provider_id: { value: resource.providerId } }),
  };
}

function writeValue(resource: MesosResource): Pick<Resource, "type" | "scalar" | "ranges" | "set"> {
  switch (resource.kind) {
    case "scalar":
      return { type: "SCALAR", scalar: { value: fromMilli(resource.milli) } };
    case "ranges":
      return {
        type: "RANGES",
        ranges: { range: resource.ranges.map(([begin, end]) => ({ begin, end })) },
      };
    case "set":
      return { type: "SET", set: { item: resource.items } };
  }
}

function writeStack(stack: readonly Reservation[]): Pick<Resource, "reservations"> {
  return stack.length === 0 ? {} : { reservations: stack.map((level) => writeReservation(level)) };
}

function writeOldForm(stack: readonly Reservation[]): Pick<Resource, "role" | "reservation"> {
  const owner = stack.at(-1);
  if (owner === undefined) return { role: "*" };
  if (owner.type === "STATIC") return { role: owner.role };
  const { principal, labels } = writeReservation(owner);
  return {
    role: owner.role,
    reservation: {
      ...(principal === undefined ? {} : { principal }),
      ...(labels === undefined ? {} : { labels }),
    },
  };
}

function writeReservation(level: Reservation): ReservationInfo {
  const labels: Labels | undefined =
    level.labels === undefined ? undefined : { labels: level.labels };
  return {
    role: level.role,
    type: level.type,
    ...(level.principal === undefined ? {} : { principal: level.principal }),
    ...(labels === undefined ? {} : { labels }),
  };
}

function writeDisk({ persistence, volume, source }: Disk): ResourceDiskInfo {
  return {
    ...(persistence === undefined ? {} : { persistence }),
    ...(volume === undefined
      ? {}
      : { volume: { container_path: volume.containerPath, mode: volume.mode } }),
    ...(source === undefined ? {} : { source: writeDiskSource(source) }),
  };
}

function writeDiskSource(
  source: NonNullable<Disk["source"]>,
): NonNullable<ResourceDiskInfo["source"]> {
  const { type, root, ...rest } = source;
  if (root === undefined) return { type, ...rest };
  return { type, ...(type === "MOUNT" ? { mount: { root } } : { path: { root } }), ...rest };
}
