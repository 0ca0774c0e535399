/** How a named Mesos network is realised. */
export type NetworkRealisation =
  { readonly type: "pod" } | { readonly type: "multus"; readonly ref: string };

/** What the agent's flags say about Pods made from tasks. */
export interface PodRules {
  /** Image of tasks that name none; has a shell. */
  readonly defaultTaskImage: string;
  /** Put before image names that have no registry host. */
  readonly dockerRegistry?: string;
  readonly taskNetwork: "host" | "pod";
  readonly networks: Readonly<Record<string, NetworkRealisation>>;
  /** User name → `uid` or `uid:gid`. */
  readonly userMap: Readonly<Record<string, string>>;
  readonly requireNonRoot: boolean;
  /** `cgroups_enable_cfs`: a task's cpus are also its limit. */
  readonly cpuLimits: boolean;
  readonly enforceDiskQuota: boolean;
  /** Path prefixes that host volumes may lie under; `/` allows all. */
  readonly hostPathVolumes: readonly string[];
  readonly allowPrivileged: boolean;
  readonly allowHostPid: boolean;
  readonly allowHostIpc: boolean;
  readonly ignoredDockerParameters: readonly string[];
  /** Kill grace where neither task nor call names one. */
  readonly graceDefaultMs: number;
}

export const SANDBOX_PATH = "/mnt/mesos/sandbox";
export const SANDBOX_VOLUME = "sandbox";
