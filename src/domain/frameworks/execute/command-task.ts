import type { CommandInfo } from "../../../api/mesos/command.ts";
import type { ContainerInfo } from "../../../api/mesos/container.ts";
import type { CapabilityInfo, LinuxInfo, RLimitInfo } from "../../../api/mesos/linux.ts";
import type { Resource } from "../../../api/mesos/resource.ts";
import type { TaskInfo } from "../../../api/mesos/task.ts";
import type { Volume } from "../../../api/mesos/volume.ts";

/** What the flags of `mesos-execute` say of one command. */
export interface CommandOptions {
  readonly name: string;
  readonly command?: string;
  /** False: the command is a program and its arguments, or what the image starts by itself. */
  readonly shell: boolean;
  readonly environment: Readonly<Record<string, string>>;
  readonly resources: readonly Resource[];
  readonly containerizer: "mesos" | "docker";
  readonly dockerImage?: string;
  readonly networks: readonly string[];
  readonly volumes: readonly Volume[];
  readonly rlimits?: RLimitInfo;
  readonly effectiveCapabilities?: CapabilityInfo;
  readonly boundingCapabilities?: CapabilityInfo;
  readonly hasTty: boolean;
}

/**
 * The task of a command, still without an agent; its id is its name.
 * @see mesos@1.11 src/cli/execute.cpp
 */
export function commandTask(options: CommandOptions): Omit<TaskInfo, "agent_id"> {
  const container = containerOf(options);
  return {
    name: options.name,
    task_id: { value: options.name },
    resources: options.resources,
    command: commandOf(options),
    ...(container === undefined ? {} : { container }),
  };
}

function commandOf({ command, shell, environment }: CommandOptions): CommandInfo {
  const variables = Object.entries(environment).map(
    ([name, value]) => ({ name, value, type: "VALUE" }) as const,
  );
  const env = variables.length === 0 ? {} : { environment: { variables } };
  if (shell) return { shell: true, ...(command === undefined ? {} : { value: command }), ...env };
  const words = (command ?? "").split(/\s+/).filter((word) => word !== "");
  const [value] = words;
  return {
    shell: false,
    ...(value === undefined ? {} : { value, arguments: words }),
    ...env,
  };
}

function containerOf(options: CommandOptions): ContainerInfo | undefined {
  return options.containerizer === "docker" ? dockerContainer(options) : mesosContainer(options);
}

function dockerContainer(options: CommandOptions): ContainerInfo {
  const { dockerImage: image = "", networks, volumes } = options;
  const network = networks.length === 0 ? {} : ({ network: "USER" } as const);
  return {
    type: "DOCKER",
    docker: { image, ...network },
    ...networkInfos(networks),
    ...(volumes.length === 0 ? {} : { volumes }),
  };
}

/** Undefined where nothing is asked of the container. */
function mesosContainer(options: CommandOptions): ContainerInfo | undefined {
  const { dockerImage: name, networks, volumes, rlimits, hasTty } = options;
  const linux = linuxInfoOf(options);
  const parts: Omit<ContainerInfo, "type"> = {
    ...(name === undefined ? {} : { mesos: { image: { type: "DOCKER", docker: { name } } } }),
    ...networkInfos(networks),
    ...(volumes.length === 0 ? {} : { volumes }),
    ...(linux === undefined ? {} : { linux_info: linux }),
    ...(rlimits === undefined ? {} : { rlimit_info: rlimits }),
    ...(hasTty ? { tty_info: {} } : {}),
  };
  return Object.keys(parts).length === 0 ? undefined : { type: "MESOS", ...parts };
}

function networkInfos(networks: readonly string[]): Pick<ContainerInfo, "network_infos"> {
  return networks.length === 0 ? {} : { network_infos: networks.map((name) => ({ name })) };
}

function linuxInfoOf(options: CommandOptions): LinuxInfo | undefined {
  const { effectiveCapabilities: effective, boundingCapabilities: bounding } = options;
  if (effective === undefined && bounding === undefined) return undefined;
  return {
    ...(effective === undefined ? {} : { effective_capabilities: effective }),
    ...(bounding === undefined ? {} : { bounding_capabilities: bounding }),
  };
}
