import type { TaskInfo } from "../../api/mesos/task.ts";
import { readResource } from "../mesos/wire-resources.ts";
import type { CgroupLimits } from "./cgroup-plan.ts";
import { type VolumeName, volumeName } from "./operation-book.ts";
import { mapped, type Mapped, refused } from "./refusal.ts";
import { judgedUser, userOfTask } from "../mesos/task-user.ts";
import type { RunRecord } from "./run.ts";
import { scalarMilliOf } from "./wire-amounts.ts";

/** What a process launcher runs for one task; paths are the host's business. */
export interface ProcessPlan {
  /** Program and arguments; `shell` commands run under /bin/sh. */
  readonly argv: readonly string[];
  /** Sorted by nothing, last one wins. */
  readonly environment: ReadonlyMap<string, string>;
  /** User to switch to; absent: the agent's own. */
  readonly user?: string;
  readonly rlimits: readonly {
    readonly name: string;
    readonly soft?: number;
    readonly hard?: number;
  }[];
  readonly limits: CgroupLimits;
  /** Persistent volumes by their path, which is relative to the sandbox. */
  readonly volumes: readonly { readonly path: string; readonly name: VolumeName }[];
}

export interface ProcessRules {
  /** The agent runs as root and may switch users. */
  readonly canSwitchUser: boolean;
  readonly requireNonRoot: boolean;
  readonly cpuLimits: boolean;
  readonly limitSwap: boolean;
}

const RLIMIT_NAMES: Readonly<Record<string, string>> = {
  RLMT_AS: "as",
  RLMT_CORE: "core",
  RLMT_CPU: "cpu",
  RLMT_DATA: "data",
  RLMT_FSIZE: "fsize",
  RLMT_LOCKS: "locks",
  RLMT_MEMLOCK: "memlock",
  RLMT_MSGQUEUE: "msgqueue",
  RLMT_NICE: "nice",
  RLMT_NOFILE: "nofile",
  RLMT_NPROC: "nproc",
  RLMT_RSS: "rss",
  RLMT_RTPRIO: "rtprio",
  RLMT_RTTIME: "rttime",
  RLMT_SIGPENDING: "sigpending",
  RLMT_STACK: "stack",
};

/** The process of a task, or the first field that a machine without an image runtime cannot serve. */
export function planProcess(
  record: RunRecord,
  task: TaskInfo,
  environment: readonly (readonly [name: string, value: string])[],
  rules: ProcessRules,
): Mapped<ProcessPlan> {
  const unserved = refuseUnserved(task);
  if (unserved !== undefined) return unserved;
  const volumes = volumesOf(record, task);
  if (!volumes.ok) return volumes;
  const { command } = task;
  const argv = argvOf(command);
  if (argv === undefined) return refused("command.value", "a command needs a value", "error");
  const variables = new Map(environment);
  for (const { name, value, type } of command?.environment?.variables ?? []) {
    if (type === "SECRET") {
      return refused(`command.environment.${name}`, "secrets need a secrets_dir");
    }
    variables.set(name, value ?? "");
  }
  const user = userOfTask(task, record.framework);
  if (rules.requireNonRoot && judgedUser(user) === "root") {
    return refused("command.user", "user root is refused by --require_non_root");
  }
  const rlimits = (task.container?.rlimit_info?.rlimits ?? []).map(({ type, soft, hard }) => ({
    name: RLIMIT_NAMES[type ?? ""] ?? "",
    ...(soft === undefined ? {} : { soft }),
    ...(hard === undefined ? {} : { hard }),
  }));
  return mapped({
    argv,
    environment: variables,
    ...(rules.canSwitchUser && user !== "" ? { user } : {}),
    rlimits,
    limits: limitsOf(task, rules),
    volumes: volumes.value,
  });
}

/** Without a mount namespace a volume is a link, so it has its place inside the sandbox. */
function volumesOf(record: RunRecord, task: TaskInfo): Mapped<ProcessPlan["volumes"]> {
  const volumes: { path: string; name: VolumeName }[] = [];
  if (record.executor?.resources?.some(({ disk }) => disk?.persistence !== undefined) === true) {
    return refused("executor.resources", "persistent volumes are served for tasks only");
  }
  for (const wire of task.resources ?? []) {
    const resource = readResource(wire);
    const [name] = typeof resource === "string" ? [] : volumeName(resource);
    if (name === undefined) continue;
    const path = wire.disk?.volume?.container_path ?? "";
    if (path === "" || path.startsWith("/") || path.split("/").includes("..")) {
      return refused(
        "resources.disk.volume.container_path",
        "the process launcher needs a path that is relative to the sandbox",
      );
    }
    volumes.push({ path, name });
  }
  return mapped(volumes);
}

function argvOf(command: TaskInfo["command"]): readonly string[] | undefined {
  if (command?.value === undefined) return undefined;
  if (command.shell !== false) return ["/bin/sh", "-c", command.value];
  // arguments[0] is argv[0]; a program found by its value has its own name there.
  return [command.value, ...(command.arguments ?? []).slice(1)];
}

function refuseUnserved(task: TaskInfo): ReturnType<typeof refused> | undefined {
  const { container } = task;
  if (container?.docker !== undefined || container?.mesos?.image !== undefined) {
    return refused("container", "this agent has no image runtime", "error");
  }
  if ((container?.volumes?.length ?? 0) > 0) {
    return refused("container.volumes", "the process launcher of this version mounts no volumes");
  }
  if ((container?.network_infos ?? []).some((info) => info.name !== undefined)) {
    return refused("container.network_infos", "the process launcher serves the host network only");
  }
  if ((task.command?.uris?.length ?? 0) > 0) {
    return refused("command.uris", "this agent version does not fetch");
  }
  return undefined;
}

function limitsOf(task: TaskInfo, rules: ProcessRules): CgroupLimits {
  const cpuMillis = scalarMilliOf(task.resources, "cpus");
  const memMiB = scalarMilliOf(task.resources, "mem") / 1000;
  const cpuLimit = task.limits?.["cpus"]?.value;
  const memLimit = task.limits?.["mem"]?.value ?? memMiB;
  const cpuLimitMillis =
    cpuLimit === undefined
      ? rules.cpuLimits
        ? cpuMillis
        : undefined
      : Math.round(cpuLimit * 1000);
  return {
    cpuMillis,
    revocable: scalarMilliOf(task.resources, "cpus", true) > 0,
    limitSwap: rules.limitSwap,
    ...(cpuLimitMillis === undefined || !Number.isFinite(cpuLimitMillis) || cpuLimitMillis === 0
      ? {}
      : { cpuLimitMillis }),
    ...(memMiB > 0 ? { memMiB } : {}),
    ...(Number.isFinite(memLimit) && memLimit > 0 ? { memLimitMiB: memLimit } : {}),
  };
}
