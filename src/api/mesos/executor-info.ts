import { CommandInfo } from "./command.ts";
import { DurationInfo, Labels } from "./common.ts";
import { ContainerInfo } from "./container.ts";
import { DiscoveryInfo } from "./discovery.ts";
import { ExecutorID, FrameworkID } from "./ids.ts";
import { Resource } from "./resource.ts";
import {
  bytes,
  enumeration,
  type Infer,
  message,
  type MessageType,
  optional,
  repeated,
  required,
  string,
} from "./schema.ts";

const executorInfoFields = {
  executor_id: required(1, ExecutorID),
  data: optional(4, bytes),
  resources: repeated(5, Resource),
  command: optional(7, CommandInfo),
  framework_id: optional(8, FrameworkID),
  name: optional(9, string),
  source: optional(10, string),
  container: optional(11, ContainerInfo),
  discovery: optional(12, DiscoveryInfo),
  shutdown_grace_period: optional(13, DurationInfo),
  labels: optional(14, Labels),
  type: optional(15, enumeration("ExecutorInfo.type", { DEFAULT: 1, CUSTOM: 2 })),
};
export type ExecutorInfo = Infer<typeof executorInfoFields>;
export const ExecutorInfo: MessageType<ExecutorInfo> = message("ExecutorInfo", executorInfoFields);
