import { Duration, DurationInfo, MachineID } from "./common.ts";
import { AgentID, FrameworkID } from "./ids.ts";
import { Schedule } from "./maintenance.ts";
import { WeightInfo } from "./master-info.ts";
import { QuotaConfig, QuotaRequest } from "./quota.ts";
import { Resource } from "./resource.ts";
import { ValueScalar } from "./value.ts";
import {
  bool,
  enumeration,
  type EnumOf,
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

export const MasterCallType = enumeration("master.Call.Type", {
  GET_HEALTH: 1,
  GET_FLAGS: 2,
  GET_VERSION: 3,
  GET_METRICS: 4,
  GET_LOGGING_LEVEL: 5,
  SET_LOGGING_LEVEL: 6,
  LIST_FILES: 7,
  READ_FILE: 8,
  GET_STATE: 9,
  GET_AGENTS: 10,
  GET_FRAMEWORKS: 11,
  GET_EXECUTORS: 12,
  GET_TASKS: 13,
  GET_ROLES: 14,
  GET_WEIGHTS: 15,
  UPDATE_WEIGHTS: 16,
  GET_MASTER: 17,
  SUBSCRIBE: 18,
  RESERVE_RESOURCES: 19,
  UNRESERVE_RESOURCES: 20,
  CREATE_VOLUMES: 21,
  DESTROY_VOLUMES: 22,
  GET_MAINTENANCE_STATUS: 23,
  GET_MAINTENANCE_SCHEDULE: 24,
  UPDATE_MAINTENANCE_SCHEDULE: 25,
  START_MAINTENANCE: 26,
  STOP_MAINTENANCE: 27,
  GET_QUOTA: 28,
  SET_QUOTA: 29,
  REMOVE_QUOTA: 30,
  TEARDOWN: 31,
  MARK_AGENT_GONE: 32,
  GET_OPERATIONS: 33,
  GROW_VOLUME: 34,
  SHRINK_VOLUME: 35,
  UPDATE_QUOTA: 36,
  DRAIN_AGENT: 37,
  DEACTIVATE_AGENT: 38,
  REACTIVATE_AGENT: 39,
});
export type MasterCallType = EnumOf<typeof MasterCallType>;

const masterCallFields = {
  type: optional(1, MasterCallType),
  get_metrics: optional(
    2,
    message("master.Call.get_metrics", { timeout: optional(1, DurationInfo) }),
  ),
  set_logging_level: optional(
    3,
    message("master.Call.set_logging_level", {
      level: required(1, uint32),
      duration: required(2, DurationInfo),
    }),
  ),
  list_files: optional(4, message("master.Call.list_files", { path: required(1, string) })),
  read_file: optional(
    5,
    message("master.Call.read_file", {
      path: required(1, string),
      offset: required(2, uint64),
      length: optional(3, uint64),
    }),
  ),
  update_weights: optional(
    6,
    message("master.Call.update_weights", { weight_infos: repeated(1, WeightInfo) }),
  ),
  reserve_resources: optional(
    7,
    message("master.Call.reserve_resources", {
      agent_id: required(1, AgentID),
      resources: repeated(2, Resource),
      source: repeated(3, Resource),
    }),
  ),
  unreserve_resources: optional(
    8,
    message("master.Call.unreserve_resources", {
      agent_id: required(1, AgentID),
      resources: repeated(2, Resource),
    }),
  ),
  create_volumes: optional(
    9,
    message("master.Call.create_volumes", {
      agent_id: required(1, AgentID),
      volumes: repeated(2, Resource),
    }),
  ),
  destroy_volumes: optional(
    10,
    message("master.Call.destroy_volumes", {
      agent_id: required(1, AgentID),
      volumes: repeated(2, Resource),
    }),
  ),
  update_maintenance_schedule: optional(
    11,
    message("master.Call.update_maintenance_schedule", { schedule: required(1, Schedule) }),
  ),
  start_maintenance: optional(
    12,
    message("master.Call.start_maintenance", { machines: repeated(1, MachineID) }),
  ),
  stop_maintenance: optional(
    13,
    message("master.Call.stop_maintenance", { machines: repeated(1, MachineID) }),
  ),
  set_quota: optional(
    14,
    message("master.Call.set_quota", { quota_request: required(1, QuotaRequest) }),
  ),
  remove_quota: optional(15, message("master.Call.remove_quota", { role: required(1, string) })),
  teardown: optional(
    16,
    message("master.Call.teardown", { framework_id: required(1, FrameworkID) }),
  ),
  mark_agent_gone: optional(
    17,
    message("master.Call.mark_agent_gone", { agent_id: required(1, AgentID) }),
  ),
  grow_volume: optional(
    18,
    message("master.Call.grow_volume", {
      agent_id: optional(1, AgentID),
      volume: required(2, Resource),
      addition: required(3, Resource),
    }),
  ),
  shrink_volume: optional(
    19,
    message("master.Call.shrink_volume", {
      agent_id: optional(1, AgentID),
      volume: required(2, Resource),
      subtract: required(3, ValueScalar),
    }),
  ),
  update_quota: optional(
    20,
    message("master.Call.update_quota", {
      force: optional(1, bool),
      quota_configs: repeated(2, QuotaConfig),
    }),
  ),
  drain_agent: optional(
    21,
    message("master.Call.drain_agent", {
      agent_id: required(1, AgentID),
      max_grace_period: optional(2, Duration),
      mark_gone: optional(3, bool, false),
    }),
  ),
  deactivate_agent: optional(
    22,
    message("master.Call.deactivate_agent", { agent_id: required(1, AgentID) }),
  ),
  reactivate_agent: optional(
    23,
    message("master.Call.reactivate_agent", { agent_id: required(1, AgentID) }),
  ),
};
export type MasterCall = Infer<typeof masterCallFields>;
export const MasterCall: MessageType<MasterCall> = message("master.Call", masterCallFields);
