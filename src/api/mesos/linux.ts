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

export const Capability = enumeration("Capability", {
  CHOWN: 1000,
  DAC_OVERRIDE: 1001,
  DAC_READ_SEARCH: 1002,
  FOWNER: 1003,
  FSETID: 1004,
  KILL: 1005,
  SETGID: 1006,
  SETUID: 1007,
  SETPCAP: 1008,
  LINUX_IMMUTABLE: 1009,
  NET_BIND_SERVICE: 1010,
  NET_BROADCAST: 1011,
  NET_ADMIN: 1012,
  NET_RAW: 1013,
  IPC_LOCK: 1014,
  IPC_OWNER: 1015,
  SYS_MODULE: 1016,
  SYS_RAWIO: 1017,
  SYS_CHROOT: 1018,
  SYS_PTRACE: 1019,
  SYS_PACCT: 1020,
  SYS_ADMIN: 1021,
  SYS_BOOT: 1022,
  SYS_NICE: 1023,
  SYS_RESOURCE: 1024,
  SYS_TIME: 1025,
  SYS_TTY_CONFIG: 1026,
  MKNOD: 1027,
  LEASE: 1028,
  AUDIT_WRITE: 1029,
  AUDIT_CONTROL: 1030,
  SETFCAP: 1031,
  MAC_OVERRIDE: 1032,
  MAC_ADMIN: 1033,
  SYSLOG: 1034,
  WAKE_ALARM: 1035,
  BLOCK_SUSPEND: 1036,
  AUDIT_READ: 1037,
  PERFMON: 1038,
  BPF: 1039,
  CHECKPOINT_RESTORE: 1040,
});
export type Capability = EnumOf<typeof Capability>;

const capabilityInfoFields = {
  capabilities: repeated(1, Capability),
};
export type CapabilityInfo = Infer<typeof capabilityInfoFields>;
export const CapabilityInfo: MessageType<CapabilityInfo> = message(
  "CapabilityInfo",
  capabilityInfoFields,
);

const seccompInfoFields = {
  profile_name: optional(1, string),
  unconfined: optional(2, bool),
};
export type SeccompInfo = Infer<typeof seccompInfoFields>;
export const SeccompInfo: MessageType<SeccompInfo> = message("SeccompInfo", seccompInfoFields);

const linuxInfoFields = {
  capability_info: optional(1, CapabilityInfo),
  bounding_capabilities: optional(2, CapabilityInfo),
  effective_capabilities: optional(3, CapabilityInfo),
  share_pid_namespace: optional(4, bool),
  seccomp: optional(5, SeccompInfo),
  ipc_mode: optional(6, enumeration("LinuxInfo.ipc_mode", { PRIVATE: 1, SHARE_PARENT: 2 })),
  shm_size: optional(7, uint32),
  share_cgroups: optional(8, bool, true),
};
export type LinuxInfo = Infer<typeof linuxInfoFields>;
export const LinuxInfo: MessageType<LinuxInfo> = message("LinuxInfo", linuxInfoFields);

const rLimitInfoFields = {
  rlimits: repeated(
    1,
    message("RLimitInfo.rlimits", {
      type: optional(
        1,
        enumeration("RLimitInfo.rlimits.type", {
          RLMT_AS: 1,
          RLMT_CORE: 2,
          RLMT_CPU: 3,
          RLMT_DATA: 4,
          RLMT_FSIZE: 5,
          RLMT_LOCKS: 6,
          RLMT_MEMLOCK: 7,
          RLMT_MSGQUEUE: 8,
          RLMT_NICE: 9,
          RLMT_NOFILE: 10,
          RLMT_NPROC: 11,
          RLMT_RSS: 12,
          RLMT_RTPRIO: 13,
          RLMT_RTTIME: 14,
          RLMT_SIGPENDING: 15,
          RLMT_STACK: 16,
        }),
      ),
      hard: optional(2, uint64),
      soft: optional(3, uint64),
    }),
  ),
};
export type RLimitInfo = Infer<typeof rLimitInfoFields>;
export const RLimitInfo: MessageType<RLimitInfo> = message("RLimitInfo", rLimitInfoFields);

const ttyInfoFields = {
  window_size: optional(
    1,
    message("TTYInfo.window_size", { rows: required(1, uint32), columns: required(2, uint32) }),
  ),
};
export type TTYInfo = Infer<typeof ttyInfoFields>;
export const TTYInfo: MessageType<TTYInfo> = message("TTYInfo", ttyInfoFields);
