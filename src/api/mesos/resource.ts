import { Labels } from "./common.ts";
import { ResourceProviderID } from "./ids.ts";
import { ValueRanges, ValueScalar, ValueSet, ValueType } from "./value.ts";
import { Volume } from "./volume.ts";
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

const allocationInfoFields = {
  role: optional(1, string),
};
export type AllocationInfo = Infer<typeof allocationInfoFields>;
export const AllocationInfo: MessageType<AllocationInfo> = message(
  "Resource.AllocationInfo",
  allocationInfoFields,
);

const reservationInfoFields = {
  principal: optional(1, string),
  labels: optional(2, Labels),
  role: optional(3, string),
  type: optional(4, enumeration("Resource.ReservationInfo.type", { STATIC: 1, DYNAMIC: 2 })),
};
export type ReservationInfo = Infer<typeof reservationInfoFields>;
export const ReservationInfo: MessageType<ReservationInfo> = message(
  "Resource.ReservationInfo",
  reservationInfoFields,
);

export const ResourceDiskInfoSourceType = enumeration("Resource.DiskInfo.Source.Type", {
  PATH: 1,
  MOUNT: 2,
  BLOCK: 3,
  RAW: 4,
});
export type ResourceDiskInfoSourceType = EnumOf<typeof ResourceDiskInfoSourceType>;

const resourceDiskInfoFields = {
  persistence: optional(
    1,
    message("Resource.DiskInfo.persistence", {
      id: required(1, string),
      principal: optional(2, string),
    }),
  ),
  volume: optional(2, Volume),
  source: optional(
    3,
    message("Resource.DiskInfo.source", {
      type: required(1, ResourceDiskInfoSourceType),
      path: optional(2, message("Resource.DiskInfo.source.path", { root: optional(1, string) })),
      mount: optional(3, message("Resource.DiskInfo.source.mount", { root: optional(1, string) })),
      id: optional(4, string),
      metadata: optional(5, Labels),
      profile: optional(6, string),
      vendor: optional(7, string),
    }),
  ),
};
export type ResourceDiskInfo = Infer<typeof resourceDiskInfoFields>;
export const ResourceDiskInfo: MessageType<ResourceDiskInfo> = message(
  "Resource.DiskInfo",
  resourceDiskInfoFields,
);

const resourceFields = {
  name: required(1, string),
  type: required(2, ValueType),
  scalar: optional(3, ValueScalar),
  ranges: optional(4, ValueRanges),
  set: optional(5, ValueSet),
  /** Deprecated in favour of `reservations`; absent = "*". Its default is never written. */
  role: optional(6, string),
  disk: optional(7, ResourceDiskInfo),
  reservation: optional(8, ReservationInfo),
  revocable: optional(9, message("Resource.revocable", {})),
  shared: optional(10, message("Resource.shared", {})),
  allocation_info: optional(11, AllocationInfo),
  provider_id: optional(12, ResourceProviderID),
  reservations: repeated(13, ReservationInfo),
};
export type Resource = Infer<typeof resourceFields>;
export const Resource: MessageType<Resource> = message("Resource", resourceFields);

const taskResourceLimitationFields = {
  resources: repeated(1, Resource),
};
export type TaskResourceLimitation = Infer<typeof taskResourceLimitationFields>;
export const TaskResourceLimitation: MessageType<TaskResourceLimitation> = message(
  "TaskResourceLimitation",
  taskResourceLimitationFields,
);
