import { userInfo } from "node:os";
import { OperatingError } from "../../api/errors/operating-error.ts";
import { type FrameworkInfo, FrameworkInfoCapability } from "../../api/mesos/framework-info.ts";
import { decodeJson } from "../../api/mesos/json-decode.ts";
import { commandTask } from "../../domain/frameworks/execute/command-task.ts";
import type { ExecuteSpec, ExecuteWork } from "../../domain/frameworks/execute/execute-work.ts";
import { writeResources } from "../../domain/mesos/wire-resources.ts";
import { resourcesOf } from "../../domain/resources/parse-resources.ts";
import { gatherFlags } from "../mesos-flags.ts";
import { parseOptions } from "../options.ts";
import { executeFlags, type ExecuteFlags, REFUSED } from "./flags.ts";

/** What `orchestrator mesos-execute` was told, validated. */
export interface ExecuteConfig {
  readonly masters: readonly string[];
  readonly contentType: ExecuteFlags["content_type"];
  readonly credential?: { readonly principal: string; readonly secret: string };
  readonly info: FrameworkInfo;
  readonly spec: ExecuteSpec;
  readonly logLevel: ExecuteFlags["log_level"];
}

const KNOWN: ReadonlySet<string> = new Set([
  ...Object.keys(executeFlags.shape),
  ...Object.keys(REFUSED),
]);

/** @throws {OperatingError} CONFIG_INVALID naming every flag that is wrong. */
export function parseExecuteConfig(argv: readonly string[]): ExecuteConfig {
  const given = gatherFlags({ argv, env: {}, file: {} }, KNOWN);
  const refused = Object.keys(given).flatMap((name) =>
    REFUSED[name] === undefined ? [] : [`--${name}: ${REFUSED[name]}`],
  );
  if (refused.length > 0) throw new OperatingError("CONFIG_INVALID", refused.join("\n"));
  const flags = parseOptions(executeFlags, given);
  const faults = contradictions(flags, given);
  if (faults.length > 0) throw new OperatingError("CONFIG_INVALID", faults.join("\n"));
  const { principal, secret, kill_after: killAfterMs } = flags;
  return Object.freeze({
    masters: flags.master,
    contentType: flags.content_type,
    ...(principal === undefined || secret === undefined
      ? {}
      : { credential: { principal, secret } }),
    info: frameworkInfo(flags),
    spec: { work: workOf(flags), ...(killAfterMs === undefined ? {} : { killAfterMs }) },
    logLevel: flags.log_level,
  });
}

/** What a task or group given whole already says, and therefore no flag may. */
const OF_THE_COMMAND = [
  "name",
  "command",
  "env",
  "resources",
  "docker_image",
  "volumes",
  "networks",
  "rlimits",
  "effective_capabilities",
  "bounding_capabilities",
  "tty",
];

function contradictions(
  flags: ExecuteFlags,
  given: Readonly<Record<string, string>>,
): readonly string[] {
  const faults: string[] = [];
  const isWhole = flags.task !== undefined || flags.task_group !== undefined;
  if (flags.task !== undefined && flags.task_group !== undefined) {
    faults.push("give either --task or --task_group");
  }
  if (isWhole) {
    const twice = OF_THE_COMMAND.filter((name) => given[name] !== undefined);
    for (const name of twice) faults.push(`--${name}: not together with --task or --task_group`);
  } else {
    faults.push(...commandFaults(flags));
  }
  if (flags.task_group !== undefined && (flags.task_group.tasks ?? []).length === 0) {
    faults.push("--task_group: give at least one task");
  }
  if (flags.secret !== undefined && flags.principal === undefined) {
    faults.push("--secret: needs --principal");
  }
  for (const name of flags.framework_capabilities) {
    if (capabilityOf(name) === undefined) {
      faults.push(`--framework_capabilities: ${name} is no capability of a framework`);
    }
  }
  return faults;
}

function commandFaults(flags: ExecuteFlags): readonly string[] {
  const faults: string[] = [];
  if (flags.name === undefined) faults.push("--name: give a name, or --task, or --task_group");
  if (flags.shell && flags.command === undefined) {
    faults.push("--command: give a command, or --no-shell to run what the image starts by itself");
  }
  if (!flags.shell && flags.command === undefined && flags.docker_image === undefined) {
    faults.push("--no-shell: without --command it needs --docker_image");
  }
  if (flags.containerizer === "docker") {
    if (flags.docker_image === undefined)
      faults.push("--docker_image: needed by the docker containerizer");
    if (flags.networks.length > 1)
      faults.push("--networks: the docker containerizer joins one network");
    const others = ["rlimits", "effective_capabilities", "bounding_capabilities"] as const;
    for (const name of others) {
      if (flags[name] !== undefined) faults.push(`--${name}: only with the mesos containerizer`);
    }
    if (flags.tty) faults.push("--tty: only with the mesos containerizer");
  }
  return faults;
}

function workOf(flags: ExecuteFlags): ExecuteWork {
  if (flags.task !== undefined) return { kind: "task", task: flags.task };
  if (flags.task_group !== undefined) {
    return { kind: "group", tasks: flags.task_group.tasks ?? [] };
  }
  const { command, docker_image, rlimits, effective_capabilities, bounding_capabilities } = flags;
  const environment = Object.fromEntries(
    Object.entries(flags.env ?? {}).map(([name, value]) => [name, String(value)]),
  );
  const task = commandTask({
    name: flags.name ?? "",
    shell: flags.shell,
    environment,
    resources: writeResources(flags.resources ?? RESOURCES_DEFAULT, { refined: true }),
    containerizer: flags.containerizer,
    networks: flags.networks,
    volumes: flags.volumes ?? [],
    hasTty: flags.tty,
    ...(command === undefined ? {} : { command }),
    ...(docker_image === undefined ? {} : { dockerImage: docker_image }),
    ...(rlimits === undefined ? {} : { rlimits }),
    ...(effective_capabilities === undefined
      ? {}
      : { effectiveCapabilities: effective_capabilities }),
    ...(bounding_capabilities === undefined ? {} : { boundingCapabilities: bounding_capabilities }),
  });
  return { kind: "task", task };
}

function frameworkInfo(flags: ExecuteFlags): FrameworkInfo {
  const names = new Set([
    "MULTI_ROLE",
    "RESERVATION_REFINEMENT",
    "TASK_KILLING_STATE",
    ...(flags.partition_aware ? ["PARTITION_AWARE"] : []),
    ...flags.framework_capabilities,
  ]);
  return {
    user: flags.user ?? userInfo().username,
    name: "mesos-execute instance",
    roles: [flags.role],
    checkpoint: flags.checkpoint,
    failover_timeout: FAILOVER_TIMEOUT_SECONDS,
    capabilities: [...names].flatMap((name) => capabilityOf(name) ?? []),
    ...(flags.principal === undefined ? {} : { principal: flags.principal }),
  };
}

function capabilityOf(name: string): FrameworkInfoCapability | undefined {
  const decoded = decodeJson(FrameworkInfoCapability, { type: name });
  return decoded.ok && decoded.value.type !== undefined ? decoded.value : undefined;
}

const RESOURCES_DEFAULT = resourcesOf("cpus:1;mem:128");
/** Long enough to find the next leader; Mesos' own command has none, and ends with its stream. */
const FAILOVER_TIMEOUT_SECONDS = 60;
