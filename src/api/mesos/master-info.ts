import { Address, DomainInfo, TimeInfo } from "./common.ts";
import { FrameworkID } from "./ids.ts";
import { Resource } from "./resource.ts";
import {
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

const masterInfoFields = {
  id: required(1, string),
  ip: required(2, uint32),
  port: required(3, uint32, 5050),
  pid: optional(4, string),
  hostname: optional(5, string),
  version: optional(6, string),
  address: optional(7, Address),
  domain: optional(8, DomainInfo),
  capabilities: repeated(
    9,
    message("MasterInfo.capabilities", {
      type: optional(
        1,
        enumeration("MasterInfo.capabilities.type", {
          AGENT_UPDATE: 1,
          AGENT_DRAINING: 2,
          QUOTA_V2: 3,
        }),
      ),
    }),
  ),
};
export type MasterInfo = Infer<typeof masterInfoFields>;
export const MasterInfo: MessageType<MasterInfo> = message("MasterInfo", masterInfoFields);

const versionInfoFields = {
  version: required(1, string),
  build_date: optional(2, string),
  build_time: optional(3, double),
  build_user: optional(4, string),
  git_sha: optional(5, string),
  git_branch: optional(6, string),
  git_tag: optional(7, string),
};
export type VersionInfo = Infer<typeof versionInfoFields>;
export const VersionInfo: MessageType<VersionInfo> = message("VersionInfo", versionInfoFields);

const flagFields = {
  name: required(1, string),
  value: optional(2, string),
};
export type Flag = Infer<typeof flagFields>;
export const Flag: MessageType<Flag> = message("Flag", flagFields);

const roleFields = {
  name: required(1, string),
  weight: required(2, double),
  frameworks: repeated(3, FrameworkID),
  resources: repeated(4, Resource),
};
export type Role = Infer<typeof roleFields>;
export const Role: MessageType<Role> = message("Role", roleFields);

const weightInfoFields = {
  weight: required(1, double),
  role: optional(2, string),
};
export type WeightInfo = Infer<typeof weightInfoFields>;
export const WeightInfo: MessageType<WeightInfo> = message("WeightInfo", weightInfoFields);

const metricFields = {
  name: required(1, string),
  value: optional(2, double),
};
export type Metric = Infer<typeof metricFields>;
export const Metric: MessageType<Metric> = message("Metric", metricFields);

const fileInfoFields = {
  path: required(1, string),
  nlink: optional(2, int32),
  size: optional(3, uint64),
  mtime: optional(4, TimeInfo),
  mode: optional(5, uint32),
  uid: optional(6, string),
  gid: optional(7, string),
};
export type FileInfo = Infer<typeof fileInfoFields>;
export const FileInfo: MessageType<FileInfo> = message("FileInfo", fileInfoFields);
