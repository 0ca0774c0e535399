import type { OfferOperation } from "../../../api/mesos/offer.ts";
import { equalResources, normalizeResources } from "../../resources/arithmetic.ts";
import { formatResource, formatResources } from "../../resources/format-resources.ts";
import { isPersistentVolume, isRefined } from "../../resources/kind.ts";
import type { MesosResource, Resources } from "../../resources/resource.ts";
import {
  isDynamic,
  type Operand,
  readOperands,
  singleAllocationFault,
} from "./operand-validation.ts";
import type { OperatingFramework, OperationContext } from "./operation-context.ts";

/** @see mesos@1.11 src/master/validation.cpp `operation::validate(Reserve)` */
export function reserveFault(
  reserve: NonNullable<OfferOperation["reserve"]>,
  context: OperationContext,
): string | undefined {
  const { framework } = context;
  const hasSource = (reserve.source ?? []).length > 0;
  if (hasSource && framework !== undefined) {
    return "'Reserve.source' is for operators: frameworks reserve what they were offered";
  }
  const target = readOperands(reserve.resources, "resources");
  if (!target.ok) return target.error;
  const { operands } = target;
  if (hasSource) {
    const source = readOperands(reserve.source, "source");
    if (!source.ok) return source.error;
    const fault = rereserveFault(source.operands, operands);
    if (fault !== undefined) return fault;
  }
  for (const operand of operands) {
    const fault =
      reservedResourceFault(operand.resource, context) ??
      principalFault(operand.resource, context.principal) ??
      (framework === undefined ? allocatedFault(operand) : allocationFault(operand, framework));
    if (fault !== undefined) return fault;
  }
  const mixed =
    framework === undefined ? undefined : singleAllocationFault(operands, framework.role);
  return mixed === undefined ? undefined : `Invalid reservation resources: ${mixed}`;
}

function reservedResourceFault(
  resource: MesosResource,
  { agentCapabilities }: OperationContext,
): string | undefined {
  const text = formatResource(resource);
  if (!isDynamic(resource)) return `Resource ${text} is not dynamically reserved`;
  const role = ownerOf(resource);
  if (role.includes("/") && !agentCapabilities.includes("HIERARCHICAL_ROLE")) {
    return (
      `Resource ${text} with reservation for hierarchical role '${role}' ` +
      "cannot be reserved on an agent without HIERARCHICAL_ROLE capability"
    );
  }
  if (isRefined(resource) && !agentCapabilities.includes("RESERVATION_REFINEMENT")) {
    return (
      `Resource ${text} with reservation refinement cannot be reserved on ` +
      "an agent without RESERVATION_REFINEMENT capability"
    );
  }
  const below = resource.reservations.at(-2)?.role;
  if (below !== undefined && !role.startsWith(`${below}/`)) {
    return `Resource ${text} is invalid: role '${role}' is not a descendant of '${below}', which it refines`;
  }
  return isPersistentVolume(resource)
    ? `A persistent volume ${text} must already be reserved`
    : undefined;
}

function principalFault(
  resource: MesosResource,
  principal: string | undefined,
): string | undefined {
  if (principal === undefined) return undefined;
  const given = resource.reservations.at(-1)?.principal;
  if (given === undefined) {
    return (
      `A reserve operation was attempted by principal '${principal}', but there is a ` +
      "reserved resource in the request with no principal set"
    );
  }
  if (given === principal) return undefined;
  return (
    `A reserve operation was attempted by authenticated principal '${principal}', which does ` +
    `not match a reserved resource in the request with principal '${given}'`
  );
}

function allocationFault(
  { wire, resource }: Operand,
  { role: offeredRole, roles }: OperatingFramework,
): string | undefined {
  const role = ownerOf(resource);
  const allocated = wire.allocation_info?.role ?? offeredRole;
  if (allocated !== role) {
    return (
      `A reserve operation was attempted for a resource with role '${role}', but the resource ` +
      `was allocated to role '${allocated}'`
    );
  }
  if (roles.includes(allocated)) return undefined;
  return (
    `A reserve operation was attempted for a resource allocated to role '${allocated}', ` +
    `but the framework only has roles '{ ${roles.join(", ")} }'`
  );
}

function allocatedFault({ wire }: Operand): string | undefined {
  return wire.allocation_info === undefined
    ? undefined
    : "A reserve operation was attempted with an allocated resource, but the operator API only " +
        "allows reservations to be made to unallocated resources";
}

/** From one reservation to another: each side of one kind, both of the same quantities. */
function rereserveFault(
  source: readonly Operand[],
  target: readonly Operand[],
): string | undefined {
  if (hasMixedReservations(source)) return "Invalid source: Mixed reservations are not supported";
  if (hasMixedReservations(target)) {
    return "Invalid resources: Mixed reservations are not supported";
  }
  const [from, to] = [unreserved(source), unreserved(target)];
  if (equalResources(from, to)) return undefined;
  return (
    "Source and target resources should refer to identical resource quantities: " +
    `${formatResources(from)} vs. ${formatResources(to)}`
  );
}

function hasMixedReservations(operands: readonly Operand[]): boolean {
  return new Set(operands.map(({ resource }) => JSON.stringify(resource.reservations))).size > 1;
}

function unreserved(operands: readonly Operand[]): Resources {
  return normalizeResources(operands.map(({ resource }) => ({ ...resource, reservations: [] })));
}

function ownerOf(resource: MesosResource): string {
  return resource.reservations.at(-1)?.role ?? "*";
}

/** @see mesos@1.11 src/master/validation.cpp `operation::validate(Unreserve)` */
export function unreserveFault(
  unreserve: NonNullable<OfferOperation["unreserve"]>,
): string | undefined {
  const read = readOperands(unreserve.resources, "resources");
  if (!read.ok) return read.error;
  for (const { resource } of read.operands) {
    const text = formatResource(resource);
    if (!isDynamic(resource)) return `Resource ${text} is not dynamically reserved`;
    if (isPersistentVolume(resource)) {
      return (
        `A dynamically reserved persistent volume ${text} cannot be unreserved directly. ` +
        "Please destroy the persistent volume first then unreserve the resource"
      );
    }
  }
  return undefined;
}
