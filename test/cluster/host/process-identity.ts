import { existsSync, readFileSync } from "node:fs";
import { runCommandSync } from "./run-command.ts";

/** A process, named so that a later one with the same number is not taken for it. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque: equal for the same process, different for another one with the same pid. */
  readonly startedAt: string;
}

export function identifyProcess(pid: number): ProcessIdentity | undefined {
  const startedAt = readStart(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

export function isRunning(identity: ProcessIdentity): boolean {
  return readStart(identity.pid) === identity.startedAt;
}

/** Start time in clock ticks since boot; a zombie counts as gone. */
function readStart(pid: number): string | undefined {
  if (!existsSync("/proc/self/stat")) return readStartByPs(pid);
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command name may hold spaces and parentheses: fields are counted from its end.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function readStartByPs(pid: number): string | undefined {
  const { exitCode, stdout } = runCommandSync("ps", ["-o", "lstart=", "-p", String(pid)]);
  return exitCode === 0 && stdout.trim() !== "" ? stdout.trim() : undefined;
}
