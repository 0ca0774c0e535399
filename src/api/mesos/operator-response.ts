import { AgentInfo, AgentInfoCapability, DrainInfo } from "./agent-info.ts";
import { TimeInfo } from "./common.ts";
import { ExecutorInfo } from "./executor-info.ts";
import { FrameworkInfo } from "./framework-info.ts";
import { AgentID } from "./ids.ts";
import { ClusterStatus, Schedule } from "./maintenance.ts";
import {
  FileInfo,
  Flag,
  MasterInfo,
  Metric,
  Role,
  VersionInfo,
  WeightInfo,
} from "./master-info.ts";
import { InverseOffer, Offer } from "./offer.ts";
import { OfferConstraints } from "./offer-constraints.ts";
import { Operation } from "./operation.ts";
import { QuotaStatus } from "./quota.ts";
import { Resource } from "./resource.ts";
import { Task } from "./task.ts";
import {
  bool,
  bytes,
  double,
  enumeration,
  type Infer,
  message,
  type MessageType,
  optional,
  repeated,
  required,
  string,
  uint32,
  uint64,
} from "./schema.ts";

const masterGetAgentsAgentFields = {
  agent_info: required(1, AgentInfo),
  active: required(2, bool),
  version: required(3, string),
  pid: optional(4, string),
  registered_time: optional(5, TimeInfo),
  reregistered_time: optional(6, TimeInfo),
  total_resources: repeated(7, Resource),
  allocated_resources: repeated(8, Resource),
  offered_resources: repeated(9, Resource),
  capabilities: repeated(10, AgentInfoCapability),
  resource_providers: repeated(
    11,
    message("master.Response.GetAgents.Agent.resource_providers", {
      total_resources: repeated(2, Resource),
    }),
  ),
  deactivated: optional(12, bool),
  drain_info: optional(13, DrainInfo),
  estimated_drain_start_time: optional(14, TimeInfo),
};
export type MasterGetAgentsAgent = Infer<typeof masterGetAgentsAgentFields>;
export const MasterGetAgentsAgent: MessageType<MasterGetAgentsAgent> = message(
  "master.Response.GetAgents.Agent",
  masterGetAgentsAgentFields,
);

const masterGetAgentsFields = {
  agents: repeated(1, MasterGetAgentsAgent),
  recovered_agents: repeated(2, AgentInfo),
};
export type MasterGetAgents = Infer<typeof masterGetAgentsFields>;
export const MasterGetAgents: MessageType<MasterGetAgents> = message(
  "master.Response.GetAgents",
  masterGetAgentsFields,
);

const masterGetExecutorsExecutorFields = {
  executor_info: required(1, ExecutorInfo),
  agent_id: required(2, AgentID),
};
export type MasterGetExecutorsExecutor = Infer<typeof masterGetExecutorsExecutorFields>;
export const MasterGetExecutorsExecutor: MessageType<MasterGetExecutorsExecutor> = message(
  "master.Response.GetExecutors.Executor",
  masterGetExecutorsExecutorFields,
);

const masterGetExecutorsFields = {
  executors: repeated(1, MasterGetExecutorsExecutor),
  orphan_executors: repeated(2, MasterGetExecutorsExecutor),
};
export type MasterGetExecutors = Infer<typeof masterGetExecutorsFields>;
export const MasterGetExecutors: MessageType<MasterGetExecutors> = message(
  "master.Response.GetExecutors",
  masterGetExecutorsFields,
);

const masterGetFrameworksFrameworkFields = {
  framework_info: required(1, FrameworkInfo),
  active: required(2, bool),
  connected: required(3, bool),
  registered_time: optional(4, TimeInfo),
  reregistered_time: optional(5, TimeInfo),
  unregistered_time: optional(6, TimeInfo),
  offers: repeated(7, Offer),
  inverse_offers: repeated(8, InverseOffer),
  allocated_resources: repeated(9, Resource),
  offered_resources: repeated(10, Resource),
  recovered: required(11, bool),
  offer_constraints: optional(12, OfferConstraints),
};
export type MasterGetFrameworksFramework = Infer<typeof masterGetFrameworksFrameworkFields>;
export const MasterGetFrameworksFramework: MessageType<MasterGetFrameworksFramework> = message(
  "master.Response.GetFrameworks.Framework",
  masterGetFrameworksFrameworkFields,
);

const masterGetFrameworksFields = {
  frameworks: repeated(1, MasterGetFrameworksFramework),
  completed_frameworks: repeated(2, MasterGetFrameworksFramework),
  recovered_frameworks: repeated(3, FrameworkInfo),
};
export type MasterGetFrameworks = Infer<typeof masterGetFrameworksFields>;
export const MasterGetFrameworks: MessageType<MasterGetFrameworks> = message(
  "master.Response.GetFrameworks",
  masterGetFrameworksFields,
);

const masterGetTasksFields = {
  pending_tasks: repeated(1, Task),
  tasks: repeated(2, Task),
  completed_tasks: repeated(3, Task),
  orphan_tasks: repeated(4, Task),
  unreachable_tasks: repeated(5, Task),
};
export type MasterGetTasks = Infer<typeof masterGetTasksFields>;
export const MasterGetTasks: MessageType<MasterGetTasks> = message(
  "master.Response.GetTasks",
  masterGetTasksFields,
);

const masterGetStateFields = {
  get_tasks: optional(1, MasterGetTasks),
  get_executors: optional(2, MasterGetExecutors),
  get_frameworks: optional(3, MasterGetFrameworks),
  get_agents: optional(4, MasterGetAgents),
};
export type MasterGetState = Infer<typeof masterGetStateFields>;
export const MasterGetState: MessageType<MasterGetState> = message(
  "master.Response.GetState",
  masterGetStateFields,
);

const masterResponseFields = {
  type: optional(
    1,
    enumeration("master.Response.type", {
      GET_HEALTH: 1,
      GET_FLAGS: 2,
      GET_VERSION: 3,
      GET_METRICS: 4,
      GET_LOGGING_LEVEL: 5,
      LIST_FILES: 6,
      READ_FILE: 7,
      GET_STATE: 8,
      GET_AGENTS: 9,
      GET_FRAMEWORKS: 10,
      GET_EXECUTORS: 11,
      GET_TASKS: 12,
      GET_ROLES: 13,
      GET_WEIGHTS: 14,
      GET_MASTER: 15,
      GET_MAINTENANCE_STATUS: 16,
      GET_MAINTENANCE_SCHEDULE: 17,
      GET_QUOTA: 18,
      GET_OPERATIONS: 19,
    }),
  ),
  get_health: optional(2, message("master.Response.get_health", { healthy: required(1, bool) })),
  get_flags: optional(3, message("master.Response.get_flags", { flags: repeated(1, Flag) })),
  get_version: optional(
    4,
    message("master.Response.get_version", { version_info: required(1, VersionInfo) }),
  ),
  get_metrics: optional(
    5,
    message("master.Response.get_metrics", { metrics: repeated(1, Metric) }),
  ),
  get_logging_level: optional(
    6,
    message("master.Response.get_logging_level", { level: required(1, uint32) }),
  ),
  list_files: optional(
    7,
    message("master.Response.list_files", { file_infos: repeated(1, FileInfo) }),
  ),
  read_file: optional(
    8,
    message("master.Response.read_file", { size: required(1, uint64), data: required(2, bytes) }),
  ),
  get_state: optional(9, MasterGetState),
  get_agents: optional(10, MasterGetAgents),
  get_frameworks: optional(11, MasterGetFrameworks),
  get_executors: optional(12, MasterGetExecutors),
  get_tasks: optional(13, MasterGetTasks),
  get_roles: optional(14, message("master.Response.get_roles", { roles: repeated(1, Role) })),
  get_weights: optional(
    15,
    message("master.Response.get_weights", { weight_infos: repeated(1, WeightInfo) }),
  ),
  get_master: optional(
    16,
    message("master.Response.get_master", {
      master_info: optional(1, MasterInfo),
      start_time: optional(2, double),
      elected_time: optional(3, double),
    }),
  ),
  get_maintenance_status: optional(
    17,
    message("master.Response.get_maintenance_status", { status: required(1, ClusterStatus) }),
  ),
  get_maintenance_schedule: optional(
    18,
    message("master.Response.get_maintenance_schedule", { schedule: required(1, Schedule) }),
  ),
  get_quota: optional(
    19,
    message("master.Response.get_quota", { status: required(1, QuotaStatus) }),
  ),
  get_operations: optional(
    20,
    message("master.Response.get_operations", { operations: repeated(1, Operation) }),
  ),
};
export type MasterResponse = Infer<typeof masterResponseFields>;
export const MasterResponse: MessageType<MasterResponse> = message(
  "master.Response",
  masterResponseFields,
);
