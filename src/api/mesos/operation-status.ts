import { AgentID, OperationID, ResourceProviderID, UUID } from "./ids.ts";
import { Resource } from "./resource.ts";
import {
  enumeration,
  type EnumOf,
  type Infer,
  message,
  type MessageType,
  optional,
  repeated,
  required,
  string,
} from "./schema.ts";

export const OperationState = enumeration("OperationState", {
  OPERATION_UNSUPPORTED: 0,
  OPERATION_PENDING: 1,
  OPERATION_FINISHED: 2,
  OPERATION_FAILED: 3,
  OPERATION_ERROR: 4,
  OPERATION_DROPPED: 5,
  OPERATION_UNREACHABLE: 6,
  OPERATION_GONE_BY_OPERATOR: 7,
  OPERATION_RECOVERING: 8,
  OPERATION_UNKNOWN: 9,
});
export type OperationState = EnumOf<typeof OperationState>;

const operationStatusFields = {
  operation_id: optional(1, OperationID),
  state: required(2, OperationState),
  message: optional(3, string),
  converted_resources: repeated(4, Resource),
  uuid: optional(5, UUID),
  agent_id: optional(6, AgentID),
  resource_provider_id: optional(7, ResourceProviderID),
};
export type OperationStatus = Infer<typeof operationStatusFields>;
export const OperationStatus: MessageType<OperationStatus> = message(
  "OperationStatus",
  operationStatusFields,
);
