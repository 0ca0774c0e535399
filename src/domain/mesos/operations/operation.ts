import type { OfferOperation } from "../../../api/mesos/offer.ts";
import type { Operation as WireOperation } from "../../../api/mesos/operation.ts";
import type { OperationState, OperationStatus } from "../../../api/mesos/operation-status.ts";
import { asId, type AgentId, type FrameworkId } from "../../../api/ids/ids.ts";
import { isReadableOperation, operationResources } from "./operation-resources.ts";
import { type Conversion, conversionOf, type OperationTiming, TIMING_OF } from "./conversion.ts";

/** An operation that an agent was given, until its last status is acknowledged. */
export interface Operation {
  /** Base64 of 16 bytes: the master's own name for it. */
  readonly uuid: string;
  /** Undefined: an operator asked for it. */
  readonly frameworkId: FrameworkId | undefined;
  readonly agentId: AgentId;
  /** Role in which the framework holds what the operation takes. */
  readonly role: string | undefined;
  /** Complete. */
  readonly info: OfferOperation;
  readonly conversion: Conversion;
  readonly timing: OperationTiming;
  state: OperationState;
  /** What the operation takes is charged in the allocator; returned exactly once. */
  charged: boolean;
  /** Oldest first; the last is the latest. */
  readonly statuses: OperationStatus[];
  /** Uuid of the status that waits for the framework's acknowledgement. */
  pendingUuid: string | undefined;
}

/** What an operation does not say of itself. */
export type NewOperation = Pick<Operation, "uuid" | "frameworkId" | "agentId" | "role" | "info">;

/** An operation on its way to the agent. */
export function pendingOperation(given: NewOperation): Operation {
  const { type } = given.info;
  const timing =
    type === undefined || type === "LAUNCH" || type === "LAUNCH_GROUP" ? "now" : TIMING_OF[type];
  const first = operationStatus(given, "OPERATION_PENDING");
  return {
    ...given,
    conversion: conversionOf(given.info),
    timing,
    state: "OPERATION_PENDING",
    charged: timing === "whenTold",
    statuses: [first],
    pendingUuid: undefined,
  };
}

const TERMINAL: ReadonlySet<OperationState> = new Set([
  "OPERATION_FINISHED",
  "OPERATION_FAILED",
  "OPERATION_ERROR",
  "OPERATION_DROPPED",
  "OPERATION_GONE_BY_OPERATOR",
]);

/** Nothing leaves a terminal state. */
export function isTerminalOperation(state: OperationState): boolean {
  return TERMINAL.has(state);
}

export function latestOperationStatus(operation: Operation): OperationStatus {
  return operation.statuses.at(-1) ?? operationStatus(operation, operation.state);
}

/** A status that the master makes itself: without uuid, so that nobody has to acknowledge it. */
export function operationStatus(
  { info, agentId }: Pick<Operation, "info"> & { readonly agentId?: string | undefined },
  state: OperationState,
  message?: string,
): OperationStatus {
  return {
    ...(info.id === undefined ? {} : { operation_id: info.id }),
    state,
    ...(message === undefined ? {} : { message }),
    ...(agentId === undefined ? {} : { agent_id: { value: agentId } }),
  };
}

/** As the operator API and the records show it. */
export function wireOperation(operation: Operation): WireOperation {
  const { frameworkId, agentId, info, statuses, uuid } = operation;
  return {
    ...(frameworkId === undefined ? {} : { framework_id: { value: frameworkId } }),
    agent_id: { value: agentId },
    info,
    latest_status: latestOperationStatus(operation),
    statuses: [...statuses],
    uuid: { value: uuid },
  };
}

/** The operation that an agent or a record tells of; undefined when it cannot be understood. */
export function recordedOperation(agentId: AgentId, wire: WireOperation): Operation | undefined {
  const { framework_id, info, latest_status, statuses = [], uuid } = wire;
  if (!isReadableOperation(info)) return undefined;
  const operation = pendingOperation({
    uuid: uuid.value,
    frameworkId: framework_id === undefined ? undefined : asId<FrameworkId>(framework_id.value),
    agentId,
    role: operationResources(info)[0]?.allocation_info?.role,
    info,
  });
  operation.state = latest_status.state;
  operation.charged &&= !isTerminalOperation(latest_status.state);
  operation.statuses.splice(0, 1, ...(statuses.length > 0 ? statuses : [latest_status]));
  operation.pendingUuid = latest_status.uuid?.value;
  return operation;
}
