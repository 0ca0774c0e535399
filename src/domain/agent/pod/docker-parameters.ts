import type { Parameter } from "../../../api/mesos/common.ts";
import { cpuQuantity } from "../kube-quantity.ts";
import { mapped, type Mapped, refused } from "../refusal.ts";
import type { ContainerDraft, PodDraft } from "./pod-draft.ts";
import { escapeExpansion } from "./expansion.ts";
import type { PodRules } from "./pod-rules.ts";
import { mapUser } from "./map-user.ts";
import { mapVolume } from "./map-volumes.ts";

interface Target {
  readonly pod: PodDraft;
  readonly container: ContainerDraft;
  readonly rules: PodRules;
  readonly field: string;
}
type Apply = (value: string, target: Target) => Mapped<void>;

const DONE = mapped(undefined);
const IGNORED = new Set([
  "memory-swap",
  "memory-swappiness",
  "log-driver",
  "log-opt",
  "restart",
  "rm",
  "name",
]);
const HOST_ONLY = new Set([
  "cpuset-cpus",
  "pids-limit",
  "blkio-weight",
  "device-read-bps",
  "device-write-bps",
]);

/**
 * Applies `docker.parameters`, the arguments a `docker run` would have got: mapped to their Pod field, ignored with a
 * warning, or refused by name. Nothing is dropped silently.
 */
export function applyDockerParameters(
  parameters: readonly Parameter[],
  pod: PodDraft,
  container: ContainerDraft,
  rules: PodRules,
): Mapped<void> {
  for (const { key, value } of parameters) {
    const field = `container.docker.parameters.${key}`;
    const apply = PARAMETERS[key];
    if (apply !== undefined) {
      const result = apply(value, { pod, container, rules, field });
      if (!result.ok) return result;
    } else if (IGNORED.has(key) || rules.ignoredDockerParameters.includes(key)) {
      pod.warnings.push(`${field} has no meaning here and is ignored`);
    } else if (key === "net" || key === "network") {
      if (value !== (pod.hostNetwork ? "host" : "bridge")) {
        return refused(field, `${value} differs from container.docker.network`);
      }
    } else if (HOST_ONLY.has(key)) {
      return refused(field, "needs agents with access Host");
    } else {
      return refused(field, `the Docker parameter ${key} is not served`);
    }
  }
  return DONE;
}

const capabilityName = (value: string): string => value.toUpperCase().replace(/^CAP_/, "");

function setEnv(value: string, { container }: Target): Mapped<void> {
  const [name = "", ...rest] = value.split("=");
  container.env.set(name, { name, value: escapeExpansion(rest.join("=")) });
  return DONE;
}

function addCapability(list: "add" | "drop"): Apply {
  return (value, { container }) => {
    const now = container.security.capabilities ?? {};
    container.security.capabilities = {
      ...now,
      [list]: [...(now[list] ?? []), capabilityName(value)],
    };
    return DONE;
  };
}

function setSecurityOption(value: string, { container, field }: Target): Mapped<void> {
  const [name, option] = value.split(/[=:]/, 2);
  if (name === "no-new-privileges") {
    container.security.allowPrivilegeEscalation = option === "false";
    return DONE;
  }
  if (name === "seccomp") {
    container.security.seccompProfile =
      option === "unconfined"
        ? { type: "Unconfined" }
        : { type: "Localhost", localhostProfile: option ?? "" };
    return DONE;
  }
  return refused(field, `${value}: only seccomp and no-new-privileges are served`);
}

function setVolume(value: string, { pod, container, rules, field }: Target): Mapped<void> {
  const [host = "", path = "", mode = "rw"] = value.split(":");
  if (path === "") return refused(field, `${value}: give HOST:CONTAINER[:ro]`);
  const index = 1000 + pod.volumes.size;
  const volume = {
    container_path: path,
    host_path: host,
    mode: mode === "ro" ? ("RO" as const) : ("RW" as const),
  };
  const result = mapVolume(volume, index, "", rules);
  if (!result.ok) return refused(field, result.refusal.message);
  container.volumeMounts.push(result.value.mount);
  if (result.value.volume !== undefined) {
    pod.volumes.set(result.value.volume.name, result.value.volume);
  }
  return DONE;
}

function setMemory(kind: "tmpfs" | "shm-size"): Apply {
  return (value, { pod, container, field }) => {
    const [path, options] =
      kind === "tmpfs"
        ? [value.split(":")[0] ?? "", value.split(":")[1] ?? ""]
        : ["/dev/shm", value];
    const size = kind === "tmpfs" ? /(?:^|,)size=([^,]+)/.exec(options)?.[1] : options;
    const sizeLimit = size === undefined ? undefined : dockerSize(size);
    if (size !== undefined && sizeLimit === undefined) return refused(field, `${size} is no size`);
    const name = `memory-${pod.volumes.size}`;
    const limit = sizeLimit === undefined ? {} : { sizeLimit };
    pod.volumes.set(name, { name, emptyDir: { medium: "Memory", ...limit } });
    container.volumeMounts.push({ name, mountPath: path });
    return DONE;
  };
}

/** Docker's `64m` as a quantity; undefined for what is no size. */
export function dockerSize(text: string): string | undefined {
  const match = /^(\d+)([bkmg]?)b?$/i.exec(text);
  if (match === null) return undefined;
  const unit = { "": "", b: "", k: "Ki", m: "Mi", g: "Gi" }[(match[2] ?? "").toLowerCase()] ?? "";
  return `${match[1] ?? ""}${unit}`;
}

function addGroup(value: string, { pod, field }: Target): Mapped<void> {
  if (!/^\d+$/.test(value)) return refused(field, `${value}: give a number`);
  pod.supplementalGroups.push(Number(value));
  return DONE;
}

function addHost(value: string, { pod }: Target): Mapped<void> {
  const colon = value.indexOf(":");
  pod.hostAliases.push({ ip: value.slice(colon + 1), hostnames: [value.slice(0, colon)] });
  return DONE;
}

function setUser(value: string, { container, rules, field }: Target): Mapped<void> {
  const user = mapUser(field, value, rules);
  if (!user.ok) return user;
  Object.assign(container.security, user.value);
  return DONE;
}

function setMemoryLimit(value: string, { container, field }: Target): Mapped<void> {
  const size = dockerSize(value);
  if (size === undefined) return refused(field, `${value} is no size`);
  container.limits["memory"] = size;
  return DONE;
}

const PARAMETERS: Readonly<Record<string, Apply | undefined>> = {
  env: setEnv,
  e: setEnv,
  label: (value, { pod }) => {
    const [name = "", ...rest] = value.split("=");
    const labels = JSON.parse(pod.annotations["orchestrator.io/docker-labels"] ?? "{}") as object;
    pod.annotations["orchestrator.io/docker-labels"] = JSON.stringify({
      ...labels,
      [name]: rest.join("="),
    });
    return DONE;
  },
  hostname: (value, { pod }) => {
    pod.hostname = value;
    return DONE;
  },
  user: setUser,
  u: setUser,
  workdir: (value, { container }) => {
    container.workingDir = value;
    return DONE;
  },
  entrypoint: (value, { container }) => {
    container.command = [value];
    return DONE;
  },
  dns: (value, { pod }) => {
    pod.dnsNone = true;
    pod.dns.nameservers = [...(pod.dns.nameservers ?? []), value];
    return DONE;
  },
  "dns-search": (value, { pod }) => {
    pod.dns.searches = [...(pod.dns.searches ?? []), value];
    return DONE;
  },
  "dns-option": (value, { pod }) => {
    const [name = "", setting] = value.split(":", 2);
    const option = setting === undefined ? { name } : { name, value: setting };
    pod.dns.options = [...(pod.dns.options ?? []), option];
    return DONE;
  },
  "dns-opt": (value, target) => PARAMETERS["dns-option"]?.(value, target) ?? DONE,
  "add-host": addHost,
  "cap-add": addCapability("add"),
  "cap-drop": addCapability("drop"),
  "read-only": (value, { container }) => {
    container.security.readOnlyRootFilesystem = value !== "false";
    return DONE;
  },
  privileged: (value, { container, rules, field }) => {
    if (value === "false") return DONE;
    if (!rules.allowPrivileged) return refused(field, "privileged containers are not allowed here");
    container.security.privileged = true;
    return DONE;
  },
  "shm-size": setMemory("shm-size"),
  tmpfs: setMemory("tmpfs"),
  volume: setVolume,
  v: setVolume,
  cpus: (value, { container, field }) => {
    if (!(Number(value) > 0)) return refused(field, `${value} is no number of CPUs`);
    container.limits["cpu"] = cpuQuantity(Math.round(Number(value) * 1000));
    return DONE;
  },
  "cpu-shares": (value, { container, field }) => {
    if (!/^\d+$/.test(value)) return refused(field, `${value} is no number of shares`);
    container.requests["cpu"] = cpuQuantity(Math.round((Number(value) * 1000) / 1024));
    return DONE;
  },
  memory: setMemoryLimit,
  m: setMemoryLimit,
  sysctl: (value, { pod }) => {
    const [name = "", ...rest] = value.split("=");
    pod.sysctls.push({ name, value: rest.join("=") });
    return DONE;
  },
  init: (value, { pod }) => {
    // The pause process of a shared pid namespace reaps orphans, which is what docker's init is for.
    pod.shareProcessNamespace = value !== "false";
    return DONE;
  },
  "group-add": addGroup,
  ulimit: (value, { container, field }) => {
    const match = /^(\w+)=(\d+)(?::(\d+))?$/.exec(value);
    const flag = match === null ? undefined : ULIMITS[match[1] ?? ""];
    const script = container.command?.[2];
    if (flag === undefined) return refused(field, `${value} is no limit a shell can set`);
    if (container.command?.[0] !== "/bin/sh" || script === undefined) {
      return refused(field, "needs a shell command with the `pod` launcher");
    }
    const soft = match?.[2] ?? "";
    const line = `ulimit ${flag} ${match?.[3] ?? soft} && ulimit -S ${flag} ${soft} || exit 125\n`;
    container.command = ["/bin/sh", "-c", line + script];
    return DONE;
  },
  "security-opt": setSecurityOption,
};

const ULIMITS: Readonly<Record<string, string>> = {
  core: "-c",
  cpu: "-t",
  nofile: "-n",
  nproc: "-p",
  stack: "-s",
  memlock: "-l",
};
