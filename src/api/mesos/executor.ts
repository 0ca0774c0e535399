import { AgentInfo } from "./agent-info.ts";
import { KillPolicy } from "./command.ts";
import { ExecutorInfo } from "./executor-info.ts";
import { FrameworkInfo } from "./framework-info.ts";
import { ContainerID, ExecutorID, FrameworkID, TaskID } from "./ids.ts";
import { TaskGroupInfo, TaskInfo } from "./task.ts";
import { TaskStatus } from "./task-status.ts";
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

const executorCallUpdateFields = {
  status: required(1, TaskStatus),
};
export type ExecutorCallUpdate = Infer<typeof executorCallUpdateFields>;
export const ExecutorCallUpdate: MessageType<ExecutorCallUpdate> = message(
  "executor.Call.Update",
  executorCallUpdateFields,
);

export const ExecutorCallType = enumeration("executor.Call.Type", {
  SUBSCRIBE: 1,
  UPDATE: 2,
  MESSAGE: 3,
  HEARTBEAT: 4,
});
export type ExecutorCallType = EnumOf<typeof ExecutorCallType>;

const executorCallFields = {
  executor_id: required(1, ExecutorID),
  framework_id: required(2, FrameworkID),
  type: optional(3, ExecutorCallType),
  subscribe: optional(
    4,
    message("executor.Call.subscribe", {
      unacknowledged_tasks: repeated(1, TaskInfo),
      unacknowledged_updates: repeated(2, ExecutorCallUpdate),
    }),
  ),
  update: optional(5, ExecutorCallUpdate),
  message: optional(6, message("executor.Call.message", { data: required(2, bytes) })),
};
export type ExecutorCall = Infer<typeof executorCallFields>;
export const ExecutorCall: MessageType<ExecutorCall> = message("executor.Call", executorCallFields);

export const ExecutorEventType = enumeration("executor.Event.Type", {
  SUBSCRIBED: 1,
  LAUNCH: 2,
  KILL: 3,
  ACKNOWLEDGED: 4,
  MESSAGE: 5,
  ERROR: 6,
  SHUTDOWN: 7,
  LAUNCH_GROUP: 8,
  HEARTBEAT: 9,
});
export type ExecutorEventType = EnumOf<typeof ExecutorEventType>;

const executorEventFields = {
  type: optional(1, ExecutorEventType),
  subscribed: optional(
    2,
    message("executor.Event.subscribed", {
      executor_info: required(1, ExecutorInfo),
      framework_info: required(2, FrameworkInfo),
      agent_info: required(3, AgentInfo),
      container_id: optional(4, ContainerID),
    }),
  ),
  acknowledged: optional(
    3,
    message("executor.Event.acknowledged", {
      task_id: required(1, TaskID),
      uuid: required(2, bytes),
    }),
  ),
  launch: optional(4, message("executor.Event.launch", { task: required(1, TaskInfo) })),
  kill: optional(
    5,
    message("executor.Event.kill", {
      task_id: required(1, TaskID),
      kill_policy: optional(2, KillPolicy),
    }),
  ),
  message: optional(6, message("executor.Event.message", { data: required(1, bytes) })),
  error: optional(7, message("executor.Event.error", { message: required(1, string) })),
  launch_group: optional(
    8,
    message("executor.Event.launch_group", { task_group: required(1, TaskGroupInfo) }),
  ),
};
export type ExecutorEvent = Infer<typeof executorEventFields>;
export const ExecutorEvent: MessageType<ExecutorEvent> = message(
  "executor.Event",
  executorEventFields,
);
