import { Parameter } from "./common.ts";
import { ContainerID } from "./ids.ts";
import { LinuxInfo, RLimitInfo, TTYInfo } from "./linux.ts";
import { NetworkInfo } from "./network.ts";
import { Image, Volume } from "./volume.ts";
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
  uint32,
} from "./schema.ts";

const containerInfoDockerInfoFields = {
  image: required(1, string),
  network: optional(
    2,
    enumeration("ContainerInfo.DockerInfo.network", { HOST: 1, BRIDGE: 2, NONE: 3, USER: 4 }),
    "HOST",
  ),
  port_mappings: repeated(
    3,
    message("ContainerInfo.DockerInfo.port_mappings", {
      host_port: required(1, uint32),
      container_port: required(2, uint32),
      protocol: optional(3, string),
    }),
  ),
  privileged: optional(4, bool, false),
  parameters: repeated(5, Parameter),
  force_pull_image: optional(6, bool),
  volume_driver: optional(7, string),
};
export type ContainerInfoDockerInfo = Infer<typeof containerInfoDockerInfoFields>;
export const ContainerInfoDockerInfo: MessageType<ContainerInfoDockerInfo> = message(
  "ContainerInfo.DockerInfo",
  containerInfoDockerInfoFields,
);

const containerInfoFields = {
  type: required(1, enumeration("ContainerInfo.type", { DOCKER: 1, MESOS: 2 })),
  volumes: repeated(2, Volume),
  docker: optional(3, ContainerInfoDockerInfo),
  hostname: optional(4, string),
  mesos: optional(5, message("ContainerInfo.mesos", { image: optional(1, Image) })),
  network_infos: repeated(7, NetworkInfo),
  linux_info: optional(8, LinuxInfo),
  rlimit_info: optional(9, RLimitInfo),
  tty_info: optional(10, TTYInfo),
};
export type ContainerInfo = Infer<typeof containerInfoFields>;
export const ContainerInfo: MessageType<ContainerInfo> = message(
  "ContainerInfo",
  containerInfoFields,
);

const cgroupInfoFields = {
  net_cls: optional(1, message("CgroupInfo.net_cls", { classid: optional(1, uint32) })),
};
export type CgroupInfo = Infer<typeof cgroupInfoFields>;
export const CgroupInfo: MessageType<CgroupInfo> = message("CgroupInfo", cgroupInfoFields);

const containerStatusFields = {
  network_infos: repeated(1, NetworkInfo),
  cgroup_info: optional(2, CgroupInfo),
  executor_pid: optional(3, uint32),
  container_id: optional(4, ContainerID),
};
export type ContainerStatus = Infer<typeof containerStatusFields>;
export const ContainerStatus: MessageType<ContainerStatus> = message(
  "ContainerStatus",
  containerStatusFields,
);
