import { CommandInfo } from "./command.ts";
import { DurationInfo } from "./common.ts";
import { ContainerInfo } from "./container.ts";
import { ContainerID } from "./ids.ts";
import { TTYInfo } from "./linux.ts";
import { Resource } from "./resource.ts";
import { ValueScalar } from "./value.ts";
import { Image } from "./volume.ts";
import {
  bool,
  bytes,
  enumeration,
  type EnumOf,
  type Infer,
  int32,
  mapOf,
  message,
  type MessageType,
  optional,
  repeated,
  required,
  string,
  uint32,
  uint64,
} from "./schema.ts";

export const AgentCallType = enumeration("agent.Call.Type", {
  GET_HEALTH: 1,
  GET_FLAGS: 2,
  GET_VERSION: 3,
  GET_METRICS: 4,
  GET_LOGGING_LEVEL: 5,
  SET_LOGGING_LEVEL: 6,
  LIST_FILES: 7,
  READ_FILE: 8,
  GET_STATE: 9,
  GET_CONTAINERS: 10,
  GET_FRAMEWORKS: 11,
  GET_EXECUTORS: 12,
  GET_TASKS: 13,
  LAUNCH_NESTED_CONTAINER: 14,
  WAIT_NESTED_CONTAINER: 15,
  KILL_NESTED_CONTAINER: 16,
  LAUNCH_NESTED_CONTAINER_SESSION: 17,
  ATTACH_CONTAINER_INPUT: 18,
  ATTACH_CONTAINER_OUTPUT: 19,
  GET_AGENT: 20,
  REMOVE_NESTED_CONTAINER: 21,
  LAUNCH_CONTAINER: 22,
  WAIT_CONTAINER: 23,
  KILL_CONTAINER: 24,
  REMOVE_CONTAINER: 25,
  GET_RESOURCE_PROVIDERS: 26,
  ADD_RESOURCE_PROVIDER_CONFIG: 27,
  UPDATE_RESOURCE_PROVIDER_CONFIG: 28,
  REMOVE_RESOURCE_PROVIDER_CONFIG: 29,
  PRUNE_IMAGES: 30,
  GET_OPERATIONS: 31,
  MARK_RESOURCE_PROVIDER_GONE: 32,
});
export type AgentCallType = EnumOf<typeof AgentCallType>;

const processIOFields = {
  type: optional(1, enumeration("ProcessIO.type", { DATA: 1, CONTROL: 2 })),
  data: optional(
    2,
    message("ProcessIO.data", {
      type: optional(1, enumeration("ProcessIO.data.type", { STDIN: 1, STDOUT: 2, STDERR: 3 })),
      data: optional(2, bytes),
    }),
  ),
  control: optional(
    3,
    message("ProcessIO.control", {
      type: optional(1, enumeration("ProcessIO.control.type", { TTY_INFO: 1, HEARTBEAT: 2 })),
      tty_info: optional(2, TTYInfo),
      heartbeat: optional(
        3,
        message("ProcessIO.control.heartbeat", { interval: optional(1, DurationInfo) }),
      ),
    }),
  ),
};
export type ProcessIO = Infer<typeof processIOFields>;
export const ProcessIO: MessageType<ProcessIO> = message("ProcessIO", processIOFields);

const agentCallFields = {
  type: optional(1, AgentCallType),
  get_metrics: optional(
    2,
    message("agent.Call.get_metrics", { timeout: optional(1, DurationInfo) }),
  ),
  set_logging_level: optional(
    3,
    message("agent.Call.set_logging_level", {
      level: required(1, uint32),
      duration: required(2, DurationInfo),
    }),
  ),
  list_files: optional(4, message("agent.Call.list_files", { path: required(1, string) })),
  read_file: optional(
    5,
    message("agent.Call.read_file", {
      path: required(1, string),
      offset: required(2, uint64),
      length: optional(3, uint64),
    }),
  ),
  launch_nested_container: optional(
    6,
    message("agent.Call.launch_nested_container", {
      container_id: required(1, ContainerID),
      command: optional(2, CommandInfo),
      container: optional(3, ContainerInfo),
    }),
  ),
  wait_nested_container: optional(
    7,
    message("agent.Call.wait_nested_container", { container_id: required(1, ContainerID) }),
  ),
  kill_nested_container: optional(
    8,
    message("agent.Call.kill_nested_container", {
      container_id: required(1, ContainerID),
      signal: optional(2, int32),
    }),
  ),
  launch_nested_container_session: optional(
    9,
    message("agent.Call.launch_nested_container_session", {
      container_id: required(1, ContainerID),
      command: optional(2, CommandInfo),
      container: optional(3, ContainerInfo),
    }),
  ),
  attach_container_input: optional(
    10,
    message("agent.Call.attach_container_input", {
      type: optional(
        1,
        enumeration("agent.Call.attach_container_input.type", { CONTAINER_ID: 1, PROCESS_IO: 2 }),
      ),
      container_id: optional(2, ContainerID),
      process_io: optional(3, ProcessIO),
    }),
  ),
  attach_container_output: optional(
    11,
    message("agent.Call.attach_container_output", { container_id: required(1, ContainerID) }),
  ),
  remove_nested_container: optional(
    12,
    message("agent.Call.remove_nested_container", { container_id: required(1, ContainerID) }),
  ),
  launch_container: optional(
    13,
    message("agent.Call.launch_container", {
      container_id: required(1, ContainerID),
      command: optional(2, CommandInfo),
      resources: repeated(3, Resource),
      container: optional(4, ContainerInfo),
      limits: mapOf(5, ValueScalar),
    }),
  ),
  wait_container: optional(
    14,
    message("agent.Call.wait_container", { container_id: required(1, ContainerID) }),
  ),
  kill_container: optional(
    15,
    message("agent.Call.kill_container", {
      container_id: required(1, ContainerID),
      signal: optional(2, int32),
    }),
  ),
  remove_container: optional(
    16,
    message("agent.Call.remove_container", { container_id: required(1, ContainerID) }),
  ),
  get_containers: optional(
    20,
    message("agent.Call.get_containers", {
      show_nested: optional(1, bool),
      show_standalone: optional(2, bool),
    }),
  ),
  prune_images: optional(
    21,
    message("agent.Call.prune_images", { excluded_images: repeated(1, Image) }),
  ),
};
export type AgentCall = Infer<typeof agentCallFields>;
export const AgentCall: MessageType<AgentCall> = message("agent.Call", agentCallFields);
