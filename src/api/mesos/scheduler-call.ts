import { KillPolicy } from "./command.ts";
import { FrameworkInfo } from "./framework-info.ts";
import {
  AgentID,
  ExecutorID,
  FrameworkID,
  OfferID,
  OperationID,
  ResourceProviderID,
  TaskID,
} from "./ids.ts";
import { Filters, OfferOperation, Request } from "./offer.ts";
import { OfferConstraints } from "./offer-constraints.ts";
import {
  bytes,
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

const schedulerCallAcceptFields = {
  offer_ids: repeated(1, OfferID),
  operations: repeated(2, OfferOperation),
  filters: optional(3, Filters),
};
export type SchedulerCallAccept = Infer<typeof schedulerCallAcceptFields>;
export const SchedulerCallAccept: MessageType<SchedulerCallAccept> = message(
  "scheduler.Call.Accept",
  schedulerCallAcceptFields,
);

const schedulerCallDeclineFields = {
  offer_ids: repeated(1, OfferID),
  filters: optional(2, Filters),
};
export type SchedulerCallDecline = Infer<typeof schedulerCallDeclineFields>;
export const SchedulerCallDecline: MessageType<SchedulerCallDecline> = message(
  "scheduler.Call.Decline",
  schedulerCallDeclineFields,
);

const schedulerCallKillFields = {
  task_id: required(1, TaskID),
  agent_id: optional(2, AgentID),
  kill_policy: optional(3, KillPolicy),
};
export type SchedulerCallKill = Infer<typeof schedulerCallKillFields>;
export const SchedulerCallKill: MessageType<SchedulerCallKill> = message(
  "scheduler.Call.Kill",
  schedulerCallKillFields,
);

const schedulerCallReconcileFields = {
  tasks: repeated(
    1,
    message("scheduler.Call.Reconcile.tasks", {
      task_id: required(1, TaskID),
      agent_id: optional(2, AgentID),
    }),
  ),
};
export type SchedulerCallReconcile = Infer<typeof schedulerCallReconcileFields>;
export const SchedulerCallReconcile: MessageType<SchedulerCallReconcile> = message(
  "scheduler.Call.Reconcile",
  schedulerCallReconcileFields,
);

const schedulerCallSubscribeFields = {
  framework_info: required(1, FrameworkInfo),
  suppressed_roles: repeated(2, string),
  offer_constraints: optional(3, OfferConstraints),
};
export type SchedulerCallSubscribe = Infer<typeof schedulerCallSubscribeFields>;
export const SchedulerCallSubscribe: MessageType<SchedulerCallSubscribe> = message(
  "scheduler.Call.Subscribe",
  schedulerCallSubscribeFields,
);

export const SchedulerCallType = enumeration("scheduler.Call.Type", {
  SUBSCRIBE: 1,
  TEARDOWN: 2,
  ACCEPT: 3,
  DECLINE: 4,
  REVIVE: 5,
  KILL: 6,
  SHUTDOWN: 7,
  ACKNOWLEDGE: 8,
  RECONCILE: 9,
  MESSAGE: 10,
  REQUEST: 11,
  SUPPRESS: 12,
  ACCEPT_INVERSE_OFFERS: 13,
  DECLINE_INVERSE_OFFERS: 14,
  ACKNOWLEDGE_OPERATION_STATUS: 15,
  RECONCILE_OPERATIONS: 16,
  UPDATE_FRAMEWORK: 17,
});
export type SchedulerCallType = EnumOf<typeof SchedulerCallType>;

const schedulerCallFields = {
  framework_id: optional(1, FrameworkID),
  type: optional(2, SchedulerCallType),
  subscribe: optional(3, SchedulerCallSubscribe),
  accept: optional(4, SchedulerCallAccept),
  decline: optional(5, SchedulerCallDecline),
  kill: optional(6, SchedulerCallKill),
  shutdown: optional(
    7,
    message("scheduler.Call.shutdown", {
      executor_id: required(1, ExecutorID),
      agent_id: required(2, AgentID),
    }),
  ),
  acknowledge: optional(
    8,
    message("scheduler.Call.acknowledge", {
      agent_id: required(1, AgentID),
      task_id: required(2, TaskID),
      uuid: required(3, bytes),
    }),
  ),
  reconcile: optional(9, SchedulerCallReconcile),
  message: optional(
    10,
    message("scheduler.Call.message", {
      agent_id: required(1, AgentID),
      executor_id: required(2, ExecutorID),
      data: required(3, bytes),
    }),
  ),
  request: optional(11, message("scheduler.Call.request", { requests: repeated(1, Request) })),
  accept_inverse_offers: optional(
    13,
    message("scheduler.Call.accept_inverse_offers", {
      inverse_offer_ids: repeated(1, OfferID),
      filters: optional(2, Filters),
    }),
  ),
  decline_inverse_offers: optional(
    14,
    message("scheduler.Call.decline_inverse_offers", {
      inverse_offer_ids: repeated(1, OfferID),
      filters: optional(2, Filters),
    }),
  ),
  revive: optional(15, message("scheduler.Call.revive", { roles: repeated(1, string) })),
  suppress: optional(16, message("scheduler.Call.suppress", { roles: repeated(1, string) })),
  acknowledge_operation_status: optional(
    17,
    message("scheduler.Call.acknowledge_operation_status", {
      agent_id: optional(1, AgentID),
      resource_provider_id: optional(2, ResourceProviderID),
      uuid: required(3, bytes),
      operation_id: required(4, OperationID),
    }),
  ),
  reconcile_operations: optional(
    18,
    message("scheduler.Call.reconcile_operations", {
      operations: repeated(
        1,
        message("scheduler.Call.reconcile_operations.operations", {
          operation_id: required(1, OperationID),
          agent_id: optional(2, AgentID),
          resource_provider_id: optional(3, ResourceProviderID),
        }),
      ),
    }),
  ),
  update_framework: optional(
    19,
    message("scheduler.Call.update_framework", {
      framework_info: required(1, FrameworkInfo),
      suppressed_roles: repeated(2, string),
      offer_constraints: optional(3, OfferConstraints),
    }),
  ),
};
export type SchedulerCall = Infer<typeof schedulerCallFields>;
export const SchedulerCall: MessageType<SchedulerCall> = message(
  "scheduler.Call",
  schedulerCallFields,
);
