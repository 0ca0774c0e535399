import { assertNever } from "../../../api/invariant.ts";
import type { OfferOperation } from "../../../api/mesos/offer.ts";
import type { Resource } from "../../../api/mesos/resource.ts";
import { containsResources } from "../../resources/arithmetic.ts";
import { formatResources } from "../../resources/format-resources.ts";
import type { Resources } from "../../resources/resource.ts";
import { type Conversion, conversionOf, TIMING_OF, type OperationTiming } from "./conversion.ts";
import { createDiskFault, destroyDiskFault } from "./disk-validation.ts";
import type { OperationContext } from "./operation-context.ts";
import { withOwnBody } from "./operation-body.ts";
import { mapOperationResources, operationResources } from "./operation-resources.ts";
import { reserveFault, unreserveFault } from "./reserve-validation.ts";
import { createFault, destroyFault, growFault, shrinkFault } from "./volume-validation.ts";

/** An operation on resources that may be applied. */
export interface PlannedOperation {
  /** Complete: what the master fills in is there. */
  readonly info: OfferOperation;
  readonly conversion: Conversion;
  readonly timing: OperationTiming;
}

export type OperationVerdict =
  | { readonly ok: true; readonly operation: PlannedOperation }
  /** `lacking`: right in itself, but what it takes is not there. */
  | { readonly ok: false; readonly error: string; readonly lacking: boolean };

/** An operation on resources against what is there to be operated on. */
export function planOperation(
  raw: OfferOperation,
  available: Resources,
  context: OperationContext,
): OperationVerdict {
  const role = context.framework?.role;
  const own = withOwnBody(raw);
  const info = role === undefined ? own : mapOperationResources(own, (it) => allocate(it, role));
  const fault = feedbackFault(info, context) ?? operationFault(info, context);
  if (fault !== undefined) return { ok: false, error: fault, lacking: false };
  const { recordBytesLeft = Infinity, agentId } = context;
  if (recordedBytes(info) > recordBytesLeft)
    return { ok: false, error: noRoom(agentId), lacking: true };
  const { type } = info;
  if (type === undefined || type === "LAUNCH" || type === "LAUNCH_GROUP") {
    return { ok: false, error: "Unknown offer operation", lacking: false };
  }
  const conversion = conversionOf(info);
  if (isStrange(info, role) || !containsResources(available, conversion.consumed)) {
    const [has, wanted] = [available, conversion.consumed].map(formatResources);
    const error = `Invalid ${type} operation: ${has} does not contain ${wanted}`;
    return { ok: false, error, lacking: true };
  }
  return { ok: true, operation: { info, conversion, timing: TIMING_OF[type] } };
}

/** What an operation may take of a record: itself, what it makes, and the statuses that tell so twice. */
export function recordedBytes(info: OfferOperation): number {
  return 6 * JSON.stringify(info).length;
}

function noRoom(agentId: string): string {
  return (
    `No more reservations and operations can be remembered for agent ${agentId}: ` +
    "acknowledge operations, or undo reservations, first"
  );
}

/** Whether the agent tells what becomes of operations. */
export function givesFeedback(agentCapabilities: readonly string[]): boolean {
  return agentCapabilities.includes("AGENT_OPERATION_FEEDBACK");
}

/** What nobody would be told of the end of: asked for with an id, or kept taken until then. */
function feedbackFault(
  { id, type }: OfferOperation,
  { agentId, agentCapabilities }: OperationContext,
): string | undefined {
  if (givesFeedback(agentCapabilities)) return undefined;
  if (type === "CREATE_DISK" || type === "DESTROY_DISK") {
    return `${type} needs an agent with the AGENT_OPERATION_FEEDBACK capability, which ${agentId} has not`;
  }
  if (id === undefined) return undefined;
  return (
    `Operation requested feedback, but agent ${agentId} does not have the required ` +
    "AGENT_OPERATION_FEEDBACK capability"
  );
}

function operationFault(operation: OfferOperation, context: OperationContext): string | undefined {
  const { type } = operation;
  const missing = (field: string): string => `Expecting '${field}' to be present`;
  switch (type) {
    case "RESERVE":
      return operation.reserve === undefined
        ? missing("reserve")
        : reserveFault(operation.reserve, context);
    case "UNRESERVE":
      return operation.unreserve === undefined
        ? missing("unreserve")
        : unreserveFault(operation.unreserve);
    case "CREATE":
      return operation.create === undefined
        ? missing("create")
        : createFault(operation.create, context);
    case "DESTROY":
      return operation.destroy === undefined
        ? missing("destroy")
        : destroyFault(operation.destroy, context);
    case "GROW_VOLUME":
      return operation.grow_volume === undefined
        ? missing("grow_volume")
        : growFault(operation.grow_volume, context);
    case "SHRINK_VOLUME":
      return operation.shrink_volume === undefined
        ? missing("shrink_volume")
        : shrinkFault(operation.shrink_volume, context);
    case "CREATE_DISK":
      return operation.create_disk === undefined
        ? missing("create_disk")
        : createDiskFault(operation.create_disk);
    case "DESTROY_DISK":
      return operation.destroy_disk === undefined
        ? missing("destroy_disk")
        : destroyDiskFault(operation.destroy_disk);
    case "LAUNCH":
    case "LAUNCH_GROUP":
    case undefined:
      return "Unknown offer operation";
    default:
      return assertNever(type);
  }
}

/** Whether it names resources that are allocated to another role than the offers. */
function isStrange(operation: OfferOperation, role: string | undefined): boolean {
  return operationResources(operation).some(
    ({ allocation_info }) => allocation_info !== undefined && allocation_info.role !== role,
  );
}

function allocate(resource: Resource, role: string): Resource {
  return { ...resource, allocation_info: resource.allocation_info ?? { role } };
}
