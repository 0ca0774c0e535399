import { readFileSync, readdirSync } from "node:fs";
import { kill } from "node:process";

/** Process ids of a running container on this machine's nodes, found by their control group; the oldest first. */
export function processesOfContainer(containerId: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => controlGroupOf(pid).includes(containerId))
    .sort((a, b) => a - b);
}

/** Ends a container the hard way, from outside: nothing in it gets to know. @throws when it has no process. */
export function killContainer(containerId: string): void {
  const pids = processesOfContainer(containerId);
  if (pids.length === 0) throw new Error(`container ${containerId} has no process`);
  for (const pid of pids) kill(pid, "SIGKILL");
}

function controlGroupOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, "utf8");
  } catch {
    // It ended while we were looking.
    return "";
  }
}
