import type { Resource } from "../../../api/mesos/resource.ts";
import { formatResource } from "../../resources/format-resources.ts";
import { isPersistentVolume, isReserved } from "../../resources/kind.ts";
import type { MesosResource } from "../../resources/resource.ts";
import { idFault } from "../ids.ts";
import { roleFault } from "../roles.ts";
import { readResource } from "../wire-resources.ts";

/** A resource of an operation, as it came and as it was understood. */
export interface Operand {
  readonly wire: Resource;
  readonly resource: MesosResource;
}

export type ReadOperands =
  | { readonly ok: true; readonly operands: readonly Operand[] }
  | { readonly ok: false; readonly error: string };

/** The resources of an operation, all of them right in themselves and of one resource provider. */
export function readOperands(wire: readonly Resource[] | undefined, what: string): ReadOperands {
  const operands: Operand[] = [];
  for (const item of wire ?? []) {
    const resource = readResource(item);
    const fault =
      typeof resource === "string"
        ? `Invalid resource ${item.name}: ${resource}`
        : operandFault({ wire: item, resource });
    if (fault !== undefined) return { ok: false, error: `Invalid ${what}: ${fault}` };
    if (typeof resource !== "string") operands.push({ wire: item, resource });
  }
  const mixed = providerFault(operands);
  return mixed === undefined
    ? { ok: true, operands }
    : { ok: false, error: `Invalid ${what}: ${mixed}` };
}

/** @see mesos@1.11 src/master/validation.cpp `resource::validate` */
function operandFault({ wire, resource }: Operand): string | undefined {
  if (resource.name === "gpus" && resource.kind === "scalar" && resource.milli % 1000 !== 0) {
    return "Invalid 'gpus' resource: The 'gpus' resource must be an unsigned integer";
  }
  for (const { role } of resource.reservations) {
    const fault = role === "*" ? "role '*' cannot be reserved" : roleFault(role);
    if (fault !== undefined) return `Invalid reservation: ${fault}`;
  }
  const disk = diskFault(wire, resource);
  if (disk !== undefined) return `Invalid DiskInfo: ${disk}`;
  if (isDynamic(resource) && resource.revocable === true) {
    return (
      `Invalid ReservationInfo: Dynamically reserved resource ${formatResource(resource)} ` +
      "cannot be created from revocable resources"
    );
  }
  return undefined;
}

function diskFault(wire: Resource, resource: MesosResource): string | undefined {
  const { disk } = wire;
  if (disk === undefined) return undefined;
  if (disk.persistence === undefined) {
    if (disk.volume !== undefined) return "Non-persistent volume not supported";
    return disk.source === undefined ? "DiskInfo is set but empty" : undefined;
  }
  if (resource.revocable === true) {
    return "Persistent volumes cannot be created from revocable resources";
  }
  if (!isReserved(resource)) {
    return "Persistent volumes cannot be created from unreserved resources";
  }
  if (disk.volume === undefined) return "Expecting 'volume' to be set for persistent volume";
  if (disk.volume.host_path !== undefined) {
    return "Expecting 'host_path' to be unset for persistent volume";
  }
  const bad = idFault(disk.persistence.id);
  return bad === undefined ? undefined : `Invalid persistence ID for persistent volume: ${bad}`;
}

function providerFault(operands: readonly Operand[]): string | undefined {
  if (operands.length === 0) return "Resources cannot be empty";
  const providers = new Set(operands.map(({ resource }) => resource.providerId));
  if (providers.size === 1) return undefined;
  return providers.has(undefined)
    ? "Some resources have a resource provider and some do not"
    : `The resources have multiple resource providers: ${[...providers].join(", ")}`;
}

/** Reserved by an operation, topmost level. */
export function isDynamic(resource: MesosResource): boolean {
  return resource.reservations.at(-1)?.type === "DYNAMIC";
}

/** @see mesos@1.11 src/master/validation.cpp `validatePersistentVolume` */
export function volumeFault(operands: readonly Operand[]): string | undefined {
  for (const { wire, resource } of operands) {
    if (wire.disk === undefined)
      return `Resource ${formatResource(resource)} does not have DiskInfo`;
    if (!isPersistentVolume(resource)) return "'persistence' is not set in DiskInfo";
    if (wire.disk.volume === undefined) {
      return "Expecting 'volume' to be set for persistent volume";
    }
    if (wire.disk.volume.mode === "RO") return "Read-only persistent volume not supported";
    if (resource.kind !== "scalar") return "A persistent volume has a size";
  }
  return undefined;
}

/** What is allocated to one role only; the role of the offers where nothing is said. */
export function singleAllocationFault(
  operands: readonly Operand[],
  offeredRole: string,
): string | undefined {
  const [first = offeredRole, other] = new Set(
    operands.map(({ wire }) => wire.allocation_info?.role ?? offeredRole),
  );
  if (other === undefined) return undefined;
  return (
    `The resources have multiple allocation roles ('${other}' and '${first}') ` +
    "but only one allocation role is allowed"
  );
}
