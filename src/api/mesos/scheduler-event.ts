import { AgentID, ExecutorID, FrameworkID, OfferID } from "./ids.ts";
import { MasterInfo } from "./master-info.ts";
import { InverseOffer, Offer } from "./offer.ts";
import { OperationStatus } from "./operation-status.ts";
import { TaskStatus } from "./task-status.ts";
import {
  bytes,
  double,
  enumeration,
  type EnumOf,
  type Infer,
  int32,
  message,
  type MessageType,
  optional,
  repeated,
  required,
  string,
  uint32,
} from "./schema.ts";

export const SchedulerEventType = enumeration("scheduler.Event.Type", {
  SUBSCRIBED: 1,
  OFFERS: 2,
  RESCIND: 3,
  UPDATE: 4,
  MESSAGE: 5,
  FAILURE: 6,
  ERROR: 7,
  HEARTBEAT: 8,
  INVERSE_OFFERS: 9,
  RESCIND_INVERSE_OFFER: 10,
  UPDATE_OPERATION_STATUS: 11,
});
export type SchedulerEventType = EnumOf<typeof SchedulerEventType>;

const schedulerEventFields = {
  type: optional(1, SchedulerEventType),
  subscribed: optional(
    2,
    message("scheduler.Event.subscribed", {
      framework_id: required(1, FrameworkID),
      heartbeat_interval_seconds: optional(2, double),
      master_info: optional(3, MasterInfo),
    }),
  ),
  offers: optional(3, message("scheduler.Event.offers", { offers: repeated(1, Offer) })),
  rescind: optional(4, message("scheduler.Event.rescind", { offer_id: required(1, OfferID) })),
  update: optional(5, message("scheduler.Event.update", { status: required(1, TaskStatus) })),
  message: optional(
    6,
    message("scheduler.Event.message", {
      agent_id: required(1, AgentID),
      executor_id: required(2, ExecutorID),
      data: required(3, bytes),
    }),
  ),
  failure: optional(
    7,
    message("scheduler.Event.failure", {
      agent_id: optional(1, AgentID),
      executor_id: optional(2, ExecutorID),
      status: optional(3, int32),
    }),
  ),
  error: optional(8, message("scheduler.Event.error", { message: required(1, string) })),
  inverse_offers: optional(
    9,
    message("scheduler.Event.inverse_offers", { inverse_offers: repeated(1, InverseOffer) }),
  ),
  rescind_inverse_offer: optional(
    10,
    message("scheduler.Event.rescind_inverse_offer", { inverse_offer_id: required(1, OfferID) }),
  ),
  update_operation_status: optional(
    11,
    message("scheduler.Event.update_operation_status", { status: required(1, OperationStatus) }),
  ),
};
export type SchedulerEvent = Infer<typeof schedulerEventFields>;
export const SchedulerEvent: MessageType<SchedulerEvent> = message(
  "scheduler.Event",
  schedulerEventFields,
);

const schedulerResponseFields = {
  type: optional(1, enumeration("scheduler.Response.type", { RECONCILE_OPERATIONS: 1 })),
  reconcile_operations: optional(
    2,
    message("scheduler.Response.reconcile_operations", {
      operation_statuses: repeated(1, OperationStatus),
    }),
  ),
};
export type SchedulerResponse = Infer<typeof schedulerResponseFields>;
export const SchedulerResponse: MessageType<SchedulerResponse> = message(
  "scheduler.Response",
  schedulerResponseFields,
);

const apiResultFields = {
  status_code: required(1, uint32),
  response: optional(2, SchedulerResponse),
  error: optional(3, string),
};
export type APIResult = Infer<typeof apiResultFields>;
export const APIResult: MessageType<APIResult> = message("APIResult", apiResultFields);
