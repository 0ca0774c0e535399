/** Where each controller is: a v1 hierarchy of its own, or the unified tree. */
export type CgroupLayout = "v1" | "v2" | "hybrid";

export interface CgroupMount {
  readonly path: string;
  /** v1: the controllers of this hierarchy; v2: those enabled in `cgroup.controllers`. */
  readonly controllers: readonly string[];
  readonly unified: boolean;
}

export interface CgroupLimits {
  /** Milli-cpus asked for; decides the share. */
  readonly cpuMillis: number;
  /** Milli-cpus that may not be passed; absent: idle CPU may be used. */
  readonly cpuLimitMillis?: number;
  readonly revocable: boolean;
  readonly memMiB?: number;
  readonly memLimitMiB?: number;
  readonly limitSwap: boolean;
  readonly pidsMax?: number;
}

export interface CgroupWrite {
  readonly file: string;
  readonly value: string;
  /** A kernel without this file is no failure. */
  readonly optional: boolean;
}

export interface CgroupPlan {
  /** Folders to make, one per hierarchy used; the process enters each through its `cgroup.procs`. */
  readonly folders: readonly string[];
  /** In this order. */
  readonly writes: readonly CgroupWrite[];
  /** Limits asked for that no mounted controller can keep. */
  readonly missing: readonly ("cpu" | "memory" | "pids")[];
}

const MEM_LIMIT_MIN_MIB = 32;
const CFS_PERIOD_US = 100_000;
const CFS_QUOTA_MIN_US = 1_000;

/** `cpu.shares` for milli-cpus: 1024 a cpu (10 if revocable), at least 2. 500 → 512. */
export function cpuShares(cpuMillis: number, revocable: boolean): number {
  return Math.max(2, Math.floor(((revocable ? 10 : 1024) * cpuMillis) / 1000));
}

/** v2 weight of shares: 1 + (shares − 2) × 9999 / 262142, rounded down. 1024 → 39. */
export function cpuWeight(shares: number): number {
  return Math.floor(1 + ((shares - 2) * 9999) / 262_142);
}

/** CFS quota in µs per 100 ms. 200 milli-cpus → 20000. */
export function cfsQuotaUs(cpuLimitMillis: number): number {
  return Math.max(CFS_QUOTA_MIN_US, Math.floor((CFS_PERIOD_US * cpuLimitMillis) / 1000));
}

/** What to make and write so that a container keeps its limits, on whatever hierarchies the machine has. */
export function planCgroup(
  mounts: readonly CgroupMount[],
  name: string,
  limits: CgroupLimits,
): CgroupPlan {
  const folders = new Set<string>();
  const writes: CgroupWrite[] = [];
  const missing: CgroupPlan["missing"][number][] = [];
  const place = (controller: string): { folder: string; unified: boolean } | undefined => {
    const mount =
      mounts.find((m) => !m.unified && m.controllers.includes(controller)) ??
      mounts.find((m) => m.unified && m.controllers.includes(controller));
    if (mount === undefined) return undefined;
    const folder = `${mount.path}/${name}`;
    folders.add(folder);
    return { folder, unified: mount.unified };
  };
  const cpu = place("cpu");
  if (cpu === undefined) missing.push("cpu");
  else writes.push(...cpuWrites(cpu.folder, cpu.unified, limits));
  const memory = place("memory");
  if (memory !== undefined) writes.push(...memoryWrites(memory.folder, memory.unified, limits));
  else if (limits.memLimitMiB !== undefined) missing.push("memory");
  const pids = place("pids");
  if (limits.pidsMax !== undefined) {
    if (pids === undefined) missing.push("pids");
    else writes.push(write(pids.folder, "pids.max", limits.pidsMax));
  }
  place("freezer");
  for (const mount of mounts.filter((m) => m.unified && folders.has(`${m.path}/${name}`))) {
    writes.unshift(...delegationWrites(mount, name));
  }
  return { folders: [...folders], writes, missing };
}

/** Controllers of the unified tree reach a folder only when every folder above hands them on. */
function delegationWrites(mount: CgroupMount, name: string): readonly CgroupWrite[] {
  const wanted = ["cpu", "memory", "pids"].filter((c) => mount.controllers.includes(c));
  const parents = name.split("/").slice(0, -1);
  const above = ["", ...parents.map((_part, i) => `/${parents.slice(0, i + 1).join("/")}`)];
  return above.map((path) =>
    optional(
      `${mount.path}${path}`,
      "cgroup.subtree_control",
      wanted.map((c) => `+${c}`).join(" "),
    ),
  );
}

function cpuWrites(folder: string, unified: boolean, limits: CgroupLimits): readonly CgroupWrite[] {
  const shares = cpuShares(limits.cpuMillis, limits.revocable);
  const quota = limits.cpuLimitMillis === undefined ? undefined : cfsQuotaUs(limits.cpuLimitMillis);
  if (unified) {
    return [
      write(folder, "cpu.weight", cpuWeight(shares)),
      write(folder, "cpu.max", `${quota ?? "max"} ${CFS_PERIOD_US}`),
    ];
  }
  const cfs =
    quota === undefined
      ? []
      : [
          write(folder, "cpu.cfs_period_us", CFS_PERIOD_US),
          write(folder, "cpu.cfs_quota_us", quota),
        ];
  return [write(folder, "cpu.shares", shares), ...cfs];
}

function memoryWrites(
  folder: string,
  unified: boolean,
  limits: CgroupLimits,
): readonly CgroupWrite[] {
  const soft = limits.memMiB === undefined ? undefined : mebibytes(limits.memMiB);
  const hard =
    limits.memLimitMiB === undefined
      ? undefined
      : mebibytes(Math.max(MEM_LIMIT_MIN_MIB, limits.memLimitMiB));
  if (unified) {
    return [
      ...(soft === undefined ? [] : [write(folder, "memory.low", soft)]),
      ...(hard === undefined ? [] : [write(folder, "memory.max", hard)]),
      ...(hard === undefined || !limits.limitSwap ? [] : [optional(folder, "memory.swap.max", 0)]),
      optional(folder, "memory.oom.group", 1),
    ];
  }
  return [
    ...(soft === undefined ? [] : [optional(folder, "memory.soft_limit_in_bytes", soft)]),
    ...(hard === undefined ? [] : [write(folder, "memory.limit_in_bytes", hard)]),
    ...(hard === undefined || !limits.limitSwap
      ? []
      : [optional(folder, "memory.memsw.limit_in_bytes", hard)]),
  ];
}

function mebibytes(mib: number): number {
  return Math.floor(mib * 1024 * 1024);
}

function write(folder: string, file: string, value: string | number): CgroupWrite {
  return { file: `${folder}/${file}`, value: String(value), optional: false };
}

function optional(folder: string, file: string, value: string | number): CgroupWrite {
  return { file: `${folder}/${file}`, value: String(value), optional: true };
}

/** Cgroup hierarchies of `/proc/self/mountinfo`; `enabled` are the controllers of the unified tree, by mount point. */
export function readCgroupMounts(
  mountinfo: string,
  enabled: Readonly<Record<string, readonly string[]>>,
): readonly CgroupMount[] {
  const mounts: CgroupMount[] = [];
  for (const line of mountinfo.split("\n")) {
    const [before = "", after = ""] = line.split(" - ");
    const path = before.split(" ")[4];
    const [kind, , options = ""] = after.split(" ");
    if (path === undefined) continue;
    if (kind === "cgroup2") {
      mounts.push({ path, unified: true, controllers: enabled[path] ?? [] });
    } else if (kind === "cgroup") {
      const controllers = options.split(",").filter((option) => !/^(rw|ro|name=.*)$/.test(option));
      mounts.push({ path, unified: false, controllers });
    }
  }
  return mounts;
}

export function cgroupLayout(mounts: readonly CgroupMount[]): CgroupLayout | undefined {
  const unified = mounts.some((mount) => mount.unified);
  const own = mounts.some((mount) => !mount.unified);
  if (unified && own) return "hybrid";
  return unified ? "v2" : own ? "v1" : undefined;
}
