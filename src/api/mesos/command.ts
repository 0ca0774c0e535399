import { DurationInfo } from "./common.ts";
import { Secret } from "./volume.ts";
import {
  bool,
  enumeration,
  type Infer,
  message,
  type MessageType,
  optional,
  repeated,
  required,
  string,
} from "./schema.ts";

const environmentVariableFields = {
  name: required(1, string),
  value: optional(2, string),
  type: optional(3, enumeration("Environment.Variable.type", { VALUE: 1, SECRET: 2 }), "VALUE"),
  secret: optional(4, Secret),
};
export type EnvironmentVariable = Infer<typeof environmentVariableFields>;
export const EnvironmentVariable: MessageType<EnvironmentVariable> = message(
  "Environment.Variable",
  environmentVariableFields,
);

const environmentFields = {
  variables: repeated(1, EnvironmentVariable),
};
export type Environment = Infer<typeof environmentFields>;
export const Environment: MessageType<Environment> = message("Environment", environmentFields);

const commandInfoURIFields = {
  value: required(1, string),
  executable: optional(2, bool),
  extract: optional(3, bool, true),
  cache: optional(4, bool),
  output_file: optional(5, string),
};
export type CommandInfoURI = Infer<typeof commandInfoURIFields>;
export const CommandInfoURI: MessageType<CommandInfoURI> = message(
  "CommandInfo.URI",
  commandInfoURIFields,
);

const commandInfoFields = {
  uris: repeated(1, CommandInfoURI),
  environment: optional(2, Environment),
  value: optional(3, string),
  user: optional(5, string),
  shell: optional(6, bool, true),
  arguments: repeated(7, string),
};
export type CommandInfo = Infer<typeof commandInfoFields>;
export const CommandInfo: MessageType<CommandInfo> = message("CommandInfo", commandInfoFields);

const killPolicyFields = {
  grace_period: optional(1, DurationInfo),
};
export type KillPolicy = Infer<typeof killPolicyFields>;
export const KillPolicy: MessageType<KillPolicy> = message("KillPolicy", killPolicyFields);
