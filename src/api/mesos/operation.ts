import { AgentID, FrameworkID, UUID } from "./ids.ts";
import { OfferOperation } from "./offer.ts";
import { OperationStatus } from "./operation-status.ts";
import { type Infer, message, type MessageType, optional, repeated, required } from "./schema.ts";

const operationFields = {
  framework_id: optional(1, FrameworkID),
  agent_id: optional(2, AgentID),
  info: required(3, OfferOperation),
  latest_status: required(4, OperationStatus),
  statuses: repeated(5, OperationStatus),
  uuid: required(6, UUID),
};
export type Operation = Infer<typeof operationFields>;
export const Operation: MessageType<Operation> = message("Operation", operationFields);
