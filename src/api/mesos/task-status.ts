import { CheckStatusInfo } from "./check.ts";
import { Labels, TimeInfo } from "./common.ts";
import { ContainerStatus } from "./container.ts";
import { AgentID, ExecutorID, TaskID } from "./ids.ts";
import { TaskResourceLimitation } from "./resource.ts";
import {
  bool,
  bytes,
  double,
  enumeration,
  type EnumOf,
  type Infer,
  message,
  type MessageType,
  optional,
  required,
  string,
} from "./schema.ts";

export const TaskState = enumeration("TaskState", {
  TASK_STARTING: 0,
  TASK_RUNNING: 1,
  TASK_FINISHED: 2,
  TASK_FAILED: 3,
  TASK_KILLED: 4,
  TASK_LOST: 5,
  TASK_STAGING: 6,
  TASK_ERROR: 7,
  TASK_KILLING: 8,
  TASK_DROPPED: 9,
  TASK_UNREACHABLE: 10,
  TASK_GONE: 11,
  TASK_GONE_BY_OPERATOR: 12,
  TASK_UNKNOWN: 13,
});
export type TaskState = EnumOf<typeof TaskState>;

export const TaskStatusReason = enumeration("TaskStatus.Reason", {
  REASON_COMMAND_EXECUTOR_FAILED: 0,
  REASON_EXECUTOR_TERMINATED: 1,
  REASON_EXECUTOR_UNREGISTERED: 2,
  REASON_FRAMEWORK_REMOVED: 3,
  REASON_GC_ERROR: 4,
  REASON_INVALID_FRAMEWORKID: 5,
  REASON_INVALID_OFFERS: 6,
  REASON_MASTER_DISCONNECTED: 7,
  REASON_CONTAINER_LIMITATION_MEMORY: 8,
  REASON_RECONCILIATION: 9,
  REASON_AGENT_DISCONNECTED: 10,
  REASON_AGENT_REMOVED: 11,
  REASON_AGENT_RESTARTED: 12,
  REASON_AGENT_UNKNOWN: 13,
  REASON_TASK_INVALID: 14,
  REASON_TASK_UNAUTHORIZED: 15,
  REASON_TASK_UNKNOWN: 16,
  REASON_CONTAINER_PREEMPTED: 17,
  REASON_RESOURCES_UNKNOWN: 18,
  REASON_CONTAINER_LIMITATION: 19,
  REASON_CONTAINER_LIMITATION_DISK: 20,
  REASON_CONTAINER_LAUNCH_FAILED: 21,
  REASON_CONTAINER_UPDATE_FAILED: 22,
  REASON_EXECUTOR_REGISTRATION_TIMEOUT: 23,
  REASON_EXECUTOR_REREGISTRATION_TIMEOUT: 24,
  REASON_TASK_GROUP_INVALID: 25,
  REASON_TASK_GROUP_UNAUTHORIZED: 26,
  REASON_IO_SWITCHBOARD_EXITED: 27,
  REASON_TASK_CHECK_STATUS_UPDATED: 28,
  REASON_TASK_HEALTH_CHECK_STATUS_UPDATED: 29,
  REASON_TASK_KILLED_DURING_LAUNCH: 30,
  REASON_AGENT_REMOVED_BY_OPERATOR: 31,
  REASON_AGENT_REREGISTERED: 32,
  REASON_MAX_COMPLETION_TIME_REACHED: 33,
  REASON_AGENT_DRAINING: 34,
});
export type TaskStatusReason = EnumOf<typeof TaskStatusReason>;

export const TaskStatusSource = enumeration("TaskStatus.Source", {
  SOURCE_MASTER: 0,
  SOURCE_AGENT: 1,
  SOURCE_EXECUTOR: 2,
});
export type TaskStatusSource = EnumOf<typeof TaskStatusSource>;

const taskStatusFields = {
  task_id: required(1, TaskID),
  state: required(2, TaskState),
  data: optional(3, bytes),
  message: optional(4, string),
  agent_id: optional(5, AgentID),
  timestamp: optional(6, double),
  executor_id: optional(7, ExecutorID),
  healthy: optional(8, bool),
  source: optional(9, TaskStatusSource),
  reason: optional(10, TaskStatusReason),
  uuid: optional(11, bytes),
  labels: optional(12, Labels),
  container_status: optional(13, ContainerStatus),
  unreachable_time: optional(14, TimeInfo),
  check_status: optional(15, CheckStatusInfo),
  limitation: optional(16, TaskResourceLimitation),
};
export type TaskStatus = Infer<typeof taskStatusFields>;
export const TaskStatus: MessageType<TaskStatus> = message("TaskStatus", taskStatusFields);
