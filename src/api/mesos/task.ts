import { CheckInfo, HealthCheck } from "./check.ts";
import { CommandInfo, KillPolicy } from "./command.ts";
import { DurationInfo, Labels } from "./common.ts";
import { ContainerInfo } from "./container.ts";
import { DiscoveryInfo } from "./discovery.ts";
import { ExecutorInfo } from "./executor-info.ts";
import { AgentID, ExecutorID, FrameworkID, TaskID } from "./ids.ts";
import { Resource } from "./resource.ts";
import { TaskState, TaskStatus } from "./task-status.ts";
import { ValueScalar } from "./value.ts";
import {
  bytes,
  type Infer,
  mapOf,
  message,
  type MessageType,
  optional,
  repeated,
  required,
  string,
} from "./schema.ts";

const taskInfoFields = {
  name: required(1, string),
  task_id: required(2, TaskID),
  agent_id: required(3, AgentID),
  resources: repeated(4, Resource),
  executor: optional(5, ExecutorInfo),
  data: optional(6, bytes),
  command: optional(7, CommandInfo),
  health_check: optional(8, HealthCheck),
  container: optional(9, ContainerInfo),
  labels: optional(10, Labels),
  discovery: optional(11, DiscoveryInfo),
  kill_policy: optional(12, KillPolicy),
  check: optional(13, CheckInfo),
  max_completion_time: optional(14, DurationInfo),
  limits: mapOf(15, ValueScalar),
};
export type TaskInfo = Infer<typeof taskInfoFields>;
export const TaskInfo: MessageType<TaskInfo> = message("TaskInfo", taskInfoFields);

const taskGroupInfoFields = {
  tasks: repeated(1, TaskInfo),
};
export type TaskGroupInfo = Infer<typeof taskGroupInfoFields>;
export const TaskGroupInfo: MessageType<TaskGroupInfo> = message(
  "TaskGroupInfo",
  taskGroupInfoFields,
);

const taskFields = {
  name: required(1, string),
  task_id: required(2, TaskID),
  framework_id: required(3, FrameworkID),
  executor_id: optional(4, ExecutorID),
  agent_id: required(5, AgentID),
  state: required(6, TaskState),
  resources: repeated(7, Resource),
  statuses: repeated(8, TaskStatus),
  status_update_state: optional(9, TaskState),
  status_update_uuid: optional(10, bytes),
  labels: optional(11, Labels),
  discovery: optional(12, DiscoveryInfo),
  container: optional(13, ContainerInfo),
  user: optional(14, string),
  health_check: optional(15, HealthCheck),
  kill_policy: optional(16, KillPolicy),
  limits: mapOf(17, ValueScalar),
};
export type Task = Infer<typeof taskFields>;
export const Task: MessageType<Task> = message("Task", taskFields);
