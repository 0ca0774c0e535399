import { Labels } from "./common.ts";
import { FrameworkID } from "./ids.ts";
import { ValueScalar } from "./value.ts";
import {
  bool,
  double,
  enumeration,
  type Infer,
  mapOf,
  message,
  type MessageType,
  optional,
  repeated,
  required,
  string,
} from "./schema.ts";

const frameworkInfoCapabilityFields = {
  type: optional(
    1,
    enumeration("FrameworkInfo.Capability.type", {
      REVOCABLE_RESOURCES: 1,
      TASK_KILLING_STATE: 2,
      GPU_RESOURCES: 3,
      SHARED_RESOURCES: 4,
      PARTITION_AWARE: 5,
      MULTI_ROLE: 6,
      RESERVATION_REFINEMENT: 7,
      REGION_AWARE: 8,
    }),
  ),
};
export type FrameworkInfoCapability = Infer<typeof frameworkInfoCapabilityFields>;
export const FrameworkInfoCapability: MessageType<FrameworkInfoCapability> = message(
  "FrameworkInfo.Capability",
  frameworkInfoCapabilityFields,
);

const offerFiltersResourceQuantitiesFields = {
  quantities: mapOf(1, ValueScalar),
};
export type OfferFiltersResourceQuantities = Infer<typeof offerFiltersResourceQuantitiesFields>;
export const OfferFiltersResourceQuantities: MessageType<OfferFiltersResourceQuantities> = message(
  "OfferFilters.ResourceQuantities",
  offerFiltersResourceQuantitiesFields,
);

const offerFiltersFields = {
  min_allocatable_resources: optional(
    1,
    message("OfferFilters.min_allocatable_resources", {
      quantities: repeated(1, OfferFiltersResourceQuantities),
    }),
  ),
};
export type OfferFilters = Infer<typeof offerFiltersFields>;
export const OfferFilters: MessageType<OfferFilters> = message("OfferFilters", offerFiltersFields);

const frameworkInfoFields = {
  user: required(1, string),
  name: required(2, string),
  id: optional(3, FrameworkID),
  failover_timeout: optional(4, double, 0),
  checkpoint: optional(5, bool, false),
  /** Deprecated in favour of `roles`; absent = "*". Its default is never written. */
  role: optional(6, string),
  hostname: optional(7, string),
  principal: optional(8, string),
  webui_url: optional(9, string),
  capabilities: repeated(10, FrameworkInfoCapability),
  labels: optional(11, Labels),
  roles: repeated(12, string),
  offer_filters: mapOf(13, OfferFilters),
};
export type FrameworkInfo = Infer<typeof frameworkInfoFields>;
export const FrameworkInfo: MessageType<FrameworkInfo> = message(
  "FrameworkInfo",
  frameworkInfoFields,
);
