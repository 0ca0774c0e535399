import { DomainInfo, DurationInfo } from "./common.ts";
import { AgentID } from "./ids.ts";
import { Resource } from "./resource.ts";
import { Attribute } from "./value.ts";
import {
  bool,
  enumeration,
  type EnumOf,
  type Infer,
  int32,
  message,
  type MessageType,
  optional,
  repeated,
  required,
  string,
} from "./schema.ts";

const agentInfoFields = {
  hostname: required(1, string),
  resources: repeated(3, Resource),
  attributes: repeated(5, Attribute),
  id: optional(6, AgentID),
  port: optional(8, int32, 5051),
  domain: optional(10, DomainInfo),
};
export type AgentInfo = Infer<typeof agentInfoFields>;
export const AgentInfo: MessageType<AgentInfo> = message("AgentInfo", agentInfoFields);

const agentInfoCapabilityFields = {
  type: optional(
    1,
    enumeration("AgentInfo.Capability.type", {
      MULTI_ROLE: 1,
      HIERARCHICAL_ROLE: 2,
      RESERVATION_REFINEMENT: 3,
      RESOURCE_PROVIDER: 4,
      RESIZE_VOLUME: 5,
      AGENT_OPERATION_FEEDBACK: 6,
      AGENT_DRAINING: 7,
      TASK_RESOURCE_LIMITS: 8,
    }),
  ),
};
export type AgentInfoCapability = Infer<typeof agentInfoCapabilityFields>;
export const AgentInfoCapability: MessageType<AgentInfoCapability> = message(
  "AgentInfo.Capability",
  agentInfoCapabilityFields,
);

export const DrainState = enumeration("DrainState", { DRAINING: 1, DRAINED: 2 });
export type DrainState = EnumOf<typeof DrainState>;

const drainConfigFields = {
  max_grace_period: optional(1, DurationInfo),
  mark_gone: optional(2, bool, false),
};
export type DrainConfig = Infer<typeof drainConfigFields>;
export const DrainConfig: MessageType<DrainConfig> = message("DrainConfig", drainConfigFields);

const drainInfoFields = {
  state: required(1, DrainState),
  config: required(2, DrainConfig),
};
export type DrainInfo = Infer<typeof drainInfoFields>;
export const DrainInfo: MessageType<DrainInfo> = message("DrainInfo", drainInfoFields);
