import { readdirSync, readFileSync } from "node:fs";
import type { ProcessMark } from "../../services/agent/process-ports.ts";

interface Stat {
  readonly state: string;
  readonly session: number;
  readonly startTicks: number;
}

/** Whether the very process of the mark lives: same pid, same start, same boot. A zombie is dead. */
export function isMarkAlive(mark: ProcessMark): boolean {
  const stat = readStat(mark.pid);
  return (
    stat !== undefined &&
    stat.state !== "Z" &&
    stat.startTicks === mark.startTicks &&
    bootId() === mark.bootId
  );
}

/** Pids whose session is led by `leader`, the leader included. */
export function pidsOfSession(leader: number): readonly number[] {
  const pids: number[] = [];
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (Number.isInteger(pid) && readStat(pid)?.session === leader) pids.push(pid);
  }
  return pids;
}

export function pidsInCgroups(folders: readonly string[]): readonly number[] {
  const pids = new Set<number>();
  for (const folder of folders) {
    for (const line of (read(`${folder}/cgroup.procs`) ?? "").split("\n")) {
      if (line !== "") pids.add(Number(line));
    }
  }
  return [...pids];
}

export function bootId(): string {
  return (read("/proc/sys/kernel/random/boot_id") ?? "").trim();
}

function readStat(pid: number): Stat | undefined {
  const text = read(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The name in parentheses may hold blanks: count from behind it.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0] ?? "", session: Number(fields[3]), startTicks: Number(fields[19]) };
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
