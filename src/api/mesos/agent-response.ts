import { AgentInfo, DrainConfig } from "./agent-info.ts";
import { TimeInfo } from "./common.ts";
import { ContainerStatus } from "./container.ts";
import { ExecutorInfo } from "./executor-info.ts";
import { FrameworkInfo } from "./framework-info.ts";
import { ContainerID, ExecutorID, FrameworkID } from "./ids.ts";
import { FileInfo, Flag, Metric, VersionInfo } from "./master-info.ts";
import { Operation } from "./operation.ts";
import { TaskResourceLimitation } from "./resource.ts";
import { Task } from "./task.ts";
import { TaskState, TaskStatusReason } from "./task-status.ts";
import {
  bool,
  bytes,
  double,
  enumeration,
  type Infer,
  int32,
  message,
  type MessageType,
  optional,
  repeated,
  required,
  string,
  uint32,
  uint64,
} from "./schema.ts";

const resourceStatisticsFields = {
  timestamp: required(1, double),
  cpus_user_time_secs: optional(2, double),
  cpus_system_time_secs: optional(3, double),
  cpus_limit: optional(4, double),
  mem_rss_bytes: optional(5, uint64),
  mem_limit_bytes: optional(6, uint64),
  cpus_nr_periods: optional(7, uint32),
  cpus_nr_throttled: optional(8, uint32),
  cpus_throttled_time_secs: optional(9, double),
  net_rx_bytes: optional(15, uint64),
  net_tx_bytes: optional(19, uint64),
  disk_limit_bytes: optional(26, uint64),
  disk_used_bytes: optional(27, uint64),
  processes: optional(30, uint32),
  threads: optional(31, uint32),
  mem_total_bytes: optional(36, uint64),
  cpus_soft_limit: optional(45, double),
};
export type ResourceStatistics = Infer<typeof resourceStatisticsFields>;
export const ResourceStatistics: MessageType<ResourceStatistics> = message(
  "ResourceStatistics",
  resourceStatisticsFields,
);

const agentGetContainersFields = {
  containers: repeated(
    1,
    message("agent.Response.GetContainers.containers", {
      framework_id: optional(1, FrameworkID),
      executor_id: optional(2, ExecutorID),
      executor_name: optional(3, string),
      container_id: required(4, ContainerID),
      container_status: optional(5, ContainerStatus),
      resource_statistics: optional(6, ResourceStatistics),
    }),
  ),
};
export type AgentGetContainers = Infer<typeof agentGetContainersFields>;
export const AgentGetContainers: MessageType<AgentGetContainers> = message(
  "agent.Response.GetContainers",
  agentGetContainersFields,
);

const agentGetExecutorsExecutorFields = {
  executor_info: required(1, ExecutorInfo),
};
export type AgentGetExecutorsExecutor = Infer<typeof agentGetExecutorsExecutorFields>;
export const AgentGetExecutorsExecutor: MessageType<AgentGetExecutorsExecutor> = message(
  "agent.Response.GetExecutors.Executor",
  agentGetExecutorsExecutorFields,
);

const agentGetExecutorsFields = {
  executors: repeated(1, AgentGetExecutorsExecutor),
  completed_executors: repeated(2, AgentGetExecutorsExecutor),
};
export type AgentGetExecutors = Infer<typeof agentGetExecutorsFields>;
export const AgentGetExecutors: MessageType<AgentGetExecutors> = message(
  "agent.Response.GetExecutors",
  agentGetExecutorsFields,
);

const agentGetFrameworksFrameworkFields = {
  framework_info: required(1, FrameworkInfo),
};
export type AgentGetFrameworksFramework = Infer<typeof agentGetFrameworksFrameworkFields>;
export const AgentGetFrameworksFramework: MessageType<AgentGetFrameworksFramework> = message(
  "agent.Response.GetFrameworks.Framework",
  agentGetFrameworksFrameworkFields,
);

const agentGetFrameworksFields = {
  frameworks: repeated(1, AgentGetFrameworksFramework),
  completed_frameworks: repeated(2, AgentGetFrameworksFramework),
};
export type AgentGetFrameworks = Infer<typeof agentGetFrameworksFields>;
export const AgentGetFrameworks: MessageType<AgentGetFrameworks> = message(
  "agent.Response.GetFrameworks",
  agentGetFrameworksFields,
);

const agentGetTasksFields = {
  pending_tasks: repeated(1, Task),
  queued_tasks: repeated(2, Task),
  launched_tasks: repeated(3, Task),
  terminated_tasks: repeated(4, Task),
  completed_tasks: repeated(5, Task),
};
export type AgentGetTasks = Infer<typeof agentGetTasksFields>;
export const AgentGetTasks: MessageType<AgentGetTasks> = message(
  "agent.Response.GetTasks",
  agentGetTasksFields,
);

const agentResponseFields = {
  type: optional(
    1,
    enumeration("agent.Response.type", {
      GET_HEALTH: 1,
      GET_FLAGS: 2,
      GET_VERSION: 3,
      GET_METRICS: 4,
      GET_LOGGING_LEVEL: 5,
      LIST_FILES: 6,
      READ_FILE: 7,
      GET_STATE: 8,
      GET_CONTAINERS: 9,
      GET_FRAMEWORKS: 10,
      GET_EXECUTORS: 11,
      GET_TASKS: 12,
      WAIT_NESTED_CONTAINER: 13,
      GET_AGENT: 14,
      WAIT_CONTAINER: 15,
      GET_RESOURCE_PROVIDERS: 16,
      GET_OPERATIONS: 17,
    }),
  ),
  get_health: optional(2, message("agent.Response.get_health", { healthy: required(1, bool) })),
  get_flags: optional(3, message("agent.Response.get_flags", { flags: repeated(1, Flag) })),
  get_version: optional(
    4,
    message("agent.Response.get_version", { version_info: required(1, VersionInfo) }),
  ),
  get_metrics: optional(5, message("agent.Response.get_metrics", { metrics: repeated(1, Metric) })),
  get_logging_level: optional(
    6,
    message("agent.Response.get_logging_level", { level: required(1, uint32) }),
  ),
  list_files: optional(
    7,
    message("agent.Response.list_files", { file_infos: repeated(1, FileInfo) }),
  ),
  read_file: optional(
    8,
    message("agent.Response.read_file", { size: required(1, uint64), data: required(2, bytes) }),
  ),
  get_state: optional(
    9,
    message("agent.Response.get_state", {
      get_tasks: optional(1, AgentGetTasks),
      get_executors: optional(2, AgentGetExecutors),
      get_frameworks: optional(3, AgentGetFrameworks),
    }),
  ),
  get_containers: optional(10, AgentGetContainers),
  get_frameworks: optional(11, AgentGetFrameworks),
  get_executors: optional(12, AgentGetExecutors),
  get_tasks: optional(13, AgentGetTasks),
  wait_nested_container: optional(
    14,
    message("agent.Response.wait_nested_container", {
      exit_status: optional(1, int32),
      state: optional(2, TaskState),
      reason: optional(3, TaskStatusReason),
      limitation: optional(4, TaskResourceLimitation),
      message: optional(5, string),
    }),
  ),
  get_agent: optional(
    15,
    message("agent.Response.get_agent", {
      agent_info: optional(1, AgentInfo),
      drain_config: optional(2, DrainConfig),
      estimated_drain_start_time: optional(3, TimeInfo),
    }),
  ),
  wait_container: optional(
    16,
    message("agent.Response.wait_container", {
      exit_status: optional(1, int32),
      state: optional(2, TaskState),
      reason: optional(3, TaskStatusReason),
      limitation: optional(4, TaskResourceLimitation),
      message: optional(5, string),
    }),
  ),
  get_operations: optional(
    18,
    message("agent.Response.get_operations", { operations: repeated(1, Operation) }),
  ),
};
export type AgentResponse = Infer<typeof agentResponseFields>;
export const AgentResponse: MessageType<AgentResponse> = message(
  "agent.Response",
  agentResponseFields,
);
