import type { OfferOperation } from "../../../api/mesos/offer.ts";
import type { Resource } from "../../../api/mesos/resource.ts";
import { addResources, containsResources } from "../../resources/arithmetic.ts";
import { formatResource } from "../../resources/format-resources.ts";
import { isIndivisible, isPersistentVolume, isRefined, kindKey } from "../../resources/kind.ts";
import { toMilli } from "../../resources/quantity.ts";
import type { MesosResource } from "../../resources/resource.ts";
import { duplicatePersistenceFault } from "../resource-validation.ts";
import { readResource } from "../wire-resources.ts";
import { withoutVolume } from "./conversion.ts";
import {
  type Operand,
  readOperands,
  singleAllocationFault,
  volumeFault,
} from "./operand-validation.ts";
import type { OperationContext } from "./operation-context.ts";

/** @see mesos@1.11 src/master/validation.cpp `operation::validate(Create)` */
export function createFault(
  create: NonNullable<OfferOperation["create"]>,
  context: OperationContext,
): string | undefined {
  const { framework } = context;
  const read = readOperands(create.volumes, "resources");
  if (!read.ok) return read.error;
  const { operands } = read;
  const notVolume = volumeFault(operands);
  if (notVolume !== undefined) return `Not a persistent volume: ${notVolume}`;
  const volumes = operands.map(({ resource }) => resource);
  const twice = duplicatePersistenceFault(addResources(context.checkpointed, volumes));
  if (twice !== undefined) return twice;
  for (const operand of operands) {
    const fault = newVolumeFault(operand.resource, context);
    if (fault !== undefined) return fault;
  }
  const mixed =
    framework === undefined ? undefined : singleAllocationFault(operands, framework.role);
  if (mixed !== undefined) return `Invalid volume resources: ${mixed}`;
  return context.makesVolumes
    ? undefined
    : `Agent ${context.agentId} does not make persistent volumes: its launcher cannot mount them yet`;
}

function newVolumeFault(volume: MesosResource, context: OperationContext): string | undefined {
  const { agentCapabilities, framework, principal } = context;
  const text = formatResource(volume);
  if (
    volume.shared === true &&
    framework !== undefined &&
    !framework.capabilities.has("SHARED_RESOURCES")
  ) {
    return (
      `Create volume operation for '${text}' has been attempted by framework ` +
      `'${framework.id}' with no SHARED_RESOURCES capability`
    );
  }
  const role = volume.reservations.at(-1)?.role ?? "*";
  if (role.includes("/") && !agentCapabilities.includes("HIERARCHICAL_ROLE")) {
    return (
      `Volume ${text} with reservation for hierarchical role '${role}' ` +
      "cannot be created on an agent without HIERARCHICAL_ROLE capability"
    );
  }
  if (isRefined(volume) && !agentCapabilities.includes("RESERVATION_REFINEMENT")) {
    return (
      `Volume ${text} with reservation refinement cannot be created on ` +
      "an agent without RESERVATION_REFINEMENT capability"
    );
  }
  const given = volume.disk?.persistence?.principal;
  if (principal === undefined || given === principal) return undefined;
  if (given === undefined) {
    return (
      `Create volume operation attempted by principal '${principal}', but there is a volume in ` +
      "the operation with no principal set in 'disk.persistence'"
    );
  }
  return (
    `Create volume operation attempted by authenticated principal '${principal}', which does not ` +
    `match a volume in the operation with principal '${given}' set in 'disk.persistence'`
  );
}

/** @see mesos@1.11 src/master/validation.cpp `operation::validate(Destroy)` */
export function destroyFault(
  destroy: NonNullable<OfferOperation["destroy"]>,
  { checkpointed, used }: OperationContext,
): string | undefined {
  const read = readOperands(destroy.volumes, "resources");
  if (!read.ok) return read.error;
  const notVolume = volumeFault(read.operands);
  if (notVolume !== undefined) return `Not a persistent volume: ${notVolume}`;
  for (const { resource } of read.operands) {
    if (resource.providerId !== undefined) continue;
    if (!containsResources(checkpointed, [resource])) return "Persistent volumes not found";
  }
  return read.operands.some(({ resource }) => containsResources(used, [resource]))
    ? "Persistent volumes in use"
    : undefined;
}

/** @see mesos@1.11 src/master/validation.cpp `operation::validate(GrowVolume)` */
export function growFault(
  { volume: wireVolume, addition: wireAddition }: NonNullable<OfferOperation["grow_volume"]>,
  { agentCapabilities }: OperationContext,
): string | undefined {
  const volume = readResource(wireVolume);
  if (typeof volume === "string") {
    return `Invalid resource in the 'GrowVolume.volume' field: ${volume}`;
  }
  const addition = readResource(wireAddition);
  if (typeof addition === "string") {
    return `Invalid resource in the 'GrowVolume.addition' field: ${addition}`;
  }
  if (addition.kind !== "scalar" || addition.milli <= 0) {
    return "The size of 'GrowVolume.addition' field must be greater than zero";
  }
  const fault = resizedFault(wireVolume, volume, "Grow");
  if (fault !== undefined) return fault;
  if (kindKey(withoutVolume(volume)) !== kindKey(addition) || isIndivisible(addition)) {
    return "Incompatible resources in the 'GrowVolume.volume' and 'GrowVolume.addition' fields";
  }
  return agentCapabilities.includes("RESIZE_VOLUME")
    ? undefined
    : `Volume ${formatResource(volume)} cannot be grown on an agent without RESIZE_VOLUME capability`;
}

/** @see mesos@1.11 src/master/validation.cpp `operation::validate(ShrinkVolume)` */
export function shrinkFault(
  { volume: wireVolume, subtract }: NonNullable<OfferOperation["shrink_volume"]>,
  { agentCapabilities }: OperationContext,
): string | undefined {
  const volume = readResource(wireVolume);
  if (typeof volume === "string") {
    return `Invalid resource in the 'ShrinkVolume.volume' field: ${volume}`;
  }
  const cutMilli = toMilli(subtract.value);
  if (!(cutMilli > 0)) return "Value of 'ShrinkVolume.subtract' must be greater than zero";
  if (volume.kind !== "scalar" || volume.milli <= cutMilli) {
    return (
      "Value of 'ShrinkVolume.subtract' must be smaller than the size " + "of 'ShrinkVolume.volume'"
    );
  }
  if (volume.disk?.source?.type === "MOUNT") {
    return "Shrinking a volume on a MOUNT disk is not supported";
  }
  const fault = resizedFault(wireVolume, volume, "Shrink");
  if (fault !== undefined) return fault;
  return agentCapabilities.includes("RESIZE_VOLUME")
    ? undefined
    : `Volume ${formatResource(volume)} cannot be shrunk on an agent without RESIZE_VOLUME capability`;
}

/** Neither of a resource provider nor shared; a volume at all. */
function resizedFault(
  wire: Resource,
  volume: MesosResource,
  verb: "Grow" | "Shrink",
): string | undefined {
  if (volume.providerId !== undefined) {
    return `${verb}ing a volume from a resource provider is not supported`;
  }
  const operand: Operand = { wire, resource: volume };
  const notVolume = volumeFault([operand]);
  if (notVolume !== undefined) {
    return `Invalid persistent volume in the '${verb}Volume.volume' field: ${notVolume}`;
  }
  return isPersistentVolume(volume) && volume.shared === true
    ? `${verb}ing a shared persistent volume is not supported`
    : undefined;
}
