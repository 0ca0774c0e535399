import type { CommandInfo } from "../../../api/mesos/command.ts";
import type { RLimitInfo } from "../../../api/mesos/linux.ts";
import { mapped, type Mapped, refused } from "../refusal.ts";

export interface PodCommand {
  readonly command?: readonly string[];
  readonly args?: readonly string[];
}

/**
 * The container's command and arguments. `shell` (default true) runs the value with /bin/sh; without it a DOCKER
 * container keeps the image's entrypoint and gets the value as arguments, a MESOS one replaces it.
 */
export function mapCommand(
  command: CommandInfo | undefined,
  docker: boolean,
  rlimits: RLimitInfo | undefined,
): Mapped<PodCommand> {
  const shell = command?.shell !== false;
  const limits = rlimits?.rlimits ?? [];
  if (command === undefined || (shell && command.value === undefined)) {
    if (limits.length > 0) return refused("container.rlimit_info", "needs a shell command");
    if (command?.arguments !== undefined && command.arguments.length > 0) {
      return mapped({ args: command.arguments });
    }
    return docker ? mapped({}) : refused("command.value", "a shell command needs a value", "error");
  }
  if (shell) {
    const lines = ulimitLines(limits);
    if (!lines.ok) return lines;
    return mapped({ command: ["/bin/sh", "-c", lines.value + (command.value ?? "")] });
  }
  if (limits.length > 0) {
    return refused("container.rlimit_info", "needs a shell command with the `pod` launcher");
  }
  return mapped(explicitCommand(command, docker));
}

function explicitCommand(command: CommandInfo, docker: boolean): PodCommand {
  const given = command.arguments ?? [];
  if (docker) {
    const args = command.value === undefined ? given : [command.value, ...given];
    return args.length > 0 ? { args } : {};
  }
  if (command.value !== undefined) {
    // arguments[0] is argv[0] in Mesos; a Pod takes the program's own name for it.
    const rest = given.slice(1);
    return { command: [command.value], ...(rest.length > 0 ? { args: rest } : {}) };
  }
  return given.length > 0 ? { args: given } : {};
}

const ULIMIT_FLAGS: Readonly<Record<string, readonly [flag: string, divisor: number]>> = {
  RLMT_CORE: ["-c", 512],
  RLMT_DATA: ["-d", 1024],
  RLMT_FSIZE: ["-f", 512],
  RLMT_MEMLOCK: ["-l", 1024],
  RLMT_RSS: ["-m", 1024],
  RLMT_NOFILE: ["-n", 1],
  RLMT_NPROC: ["-p", 1],
  RLMT_STACK: ["-s", 1024],
  RLMT_CPU: ["-t", 1],
  RLMT_AS: ["-v", 1024],
  RLMT_LOCKS: ["-w", 1],
  RLMT_RTPRIO: ["-r", 1],
};

function ulimitLines(limits: NonNullable<RLimitInfo["rlimits"]>): Mapped<string> {
  const lines: string[] = [];
  for (const { type, hard, soft } of limits) {
    const row = type === undefined ? undefined : ULIMIT_FLAGS[type];
    if (row === undefined) {
      return refused("container.rlimit_info.type", `${type ?? "none"} is no limit a shell can set`);
    }
    const [flag, divisor] = row;
    const amount = (value: number | undefined): string =>
      value === undefined ? "unlimited" : String(Math.floor(value / divisor));
    // Without -H or -S both are set: a hard limit below the present soft one would be refused.
    lines.push(
      `ulimit ${flag} ${amount(hard)} && ulimit -S ${flag} ${amount(soft ?? hard)} || exit 125`,
    );
  }
  return mapped(lines.map((line) => `${line}\n`).join(""));
}
