import { DomainInfo, URL, Unavailability } from "./common.ts";
import { ExecutorInfo } from "./executor-info.ts";
import { AgentID, ExecutorID, FrameworkID, OfferID, OperationID } from "./ids.ts";
import { AllocationInfo, Resource, ResourceDiskInfoSourceType } from "./resource.ts";
import { TaskGroupInfo, TaskInfo } from "./task.ts";
import { Attribute, ValueScalar } from "./value.ts";
import {
  double,
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

const filtersFields = {
  refuse_seconds: optional(1, double, 5),
};
export type Filters = Infer<typeof filtersFields>;
export const Filters: MessageType<Filters> = message("Filters", filtersFields);

export const OfferOperationType = enumeration("Offer.Operation.Type", {
  LAUNCH: 1,
  RESERVE: 2,
  UNRESERVE: 3,
  CREATE: 4,
  DESTROY: 5,
  LAUNCH_GROUP: 6,
  GROW_VOLUME: 11,
  SHRINK_VOLUME: 12,
  CREATE_DISK: 13,
  DESTROY_DISK: 14,
});
export type OfferOperationType = EnumOf<typeof OfferOperationType>;

const offerOperationFields = {
  type: optional(1, OfferOperationType),
  launch: optional(2, message("Offer.Operation.launch", { task_infos: repeated(1, TaskInfo) })),
  reserve: optional(
    3,
    message("Offer.Operation.reserve", {
      resources: repeated(1, Resource),
      source: repeated(2, Resource),
    }),
  ),
  unreserve: optional(
    4,
    message("Offer.Operation.unreserve", { resources: repeated(1, Resource) }),
  ),
  create: optional(5, message("Offer.Operation.create", { volumes: repeated(1, Resource) })),
  destroy: optional(6, message("Offer.Operation.destroy", { volumes: repeated(1, Resource) })),
  launch_group: optional(
    7,
    message("Offer.Operation.launch_group", {
      executor: required(1, ExecutorInfo),
      task_group: required(2, TaskGroupInfo),
    }),
  ),
  id: optional(12, OperationID),
  grow_volume: optional(
    13,
    message("Offer.Operation.grow_volume", {
      volume: required(1, Resource),
      addition: required(2, Resource),
    }),
  ),
  shrink_volume: optional(
    14,
    message("Offer.Operation.shrink_volume", {
      volume: required(1, Resource),
      subtract: required(2, ValueScalar),
    }),
  ),
  create_disk: optional(
    15,
    message("Offer.Operation.create_disk", {
      source: required(1, Resource),
      target_type: required(2, ResourceDiskInfoSourceType),
      target_profile: optional(3, string),
    }),
  ),
  destroy_disk: optional(
    16,
    message("Offer.Operation.destroy_disk", { source: required(1, Resource) }),
  ),
};
export type OfferOperation = Infer<typeof offerOperationFields>;
export const OfferOperation: MessageType<OfferOperation> = message(
  "Offer.Operation",
  offerOperationFields,
);

const offerFields = {
  id: required(1, OfferID),
  framework_id: required(2, FrameworkID),
  agent_id: required(3, AgentID),
  hostname: required(4, string),
  resources: repeated(5, Resource),
  executor_ids: repeated(6, ExecutorID),
  attributes: repeated(7, Attribute),
  url: optional(8, URL),
  unavailability: optional(9, Unavailability),
  allocation_info: optional(10, AllocationInfo),
  domain: optional(11, DomainInfo),
};
export type Offer = Infer<typeof offerFields>;
export const Offer: MessageType<Offer> = message("Offer", offerFields);

const inverseOfferFields = {
  id: required(1, OfferID),
  url: optional(2, URL),
  framework_id: required(3, FrameworkID),
  agent_id: optional(4, AgentID),
  unavailability: required(5, Unavailability),
  resources: repeated(6, Resource),
};
export type InverseOffer = Infer<typeof inverseOfferFields>;
export const InverseOffer: MessageType<InverseOffer> = message("InverseOffer", inverseOfferFields);

const requestFields = {
  agent_id: optional(1, AgentID),
  resources: repeated(2, Resource),
};
export type Request = Infer<typeof requestFields>;
export const Request: MessageType<Request> = message("Request", requestFields);
