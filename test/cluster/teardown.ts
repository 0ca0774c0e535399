import { readFileSync, readdirSync, rmSync } from "node:fs";
import { killGroup } from "./supervisor.ts";
import { runCommandSync } from "./host/run-command.ts";
import { listCgroupProcesses, removeCgroups } from "./nodes/cgroups.ts";
import type { ClusterState } from "./state-file.ts";

const attemptsMax = 200;
const attemptEveryMs = 25;

/**
 * Removes everything a state names, in the reverse order of its making: processes, then what they
 * held. Synchronous, because it also runs while the process is exiting, and safe to run again.
 */
export function teardown(state: ClusterState): void {
  // Nothing of a test cluster is worth a slow goodbye: its data is removed with it.
  for (const record of [...state.processes].reverse()) killGroup(record);
  killInside(state);
  for (const namespace of state.namespaces) runCommandSync("ip", ["netns", "del", namespace]);
  for (const link of state.links) runCommandSync("ip", ["link", "del", link]);
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    if (removeCgroups(state.cgroups)) break;
    killInside(state);
    sleepSync(attemptEveryMs);
  }
  // The nodes' mounts went away with their mount namespaces; these would be strays.
  for (const path of mountsBelow(state.stateDir)) runCommandSync("umount", ["--lazy", path]);
  removeFolder(state.stateDir);
}

/** Waits for the processes of the nodes to be gone: containers, and what lost its parent. */
function killInside(state: ClusterState): void {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const pids = listCgroupProcesses(state.cgroups).filter((pid) => pid > 0);
    if (pids.length === 0) return;
    for (const pid of pids) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // Gone between the look and the shot.
      }
    }
    sleepSync(attemptEveryMs);
  }
}

function mountsBelow(folder: string): string[] {
  let table: string;
  try {
    table = readFileSync("/proc/self/mounts", "utf8");
  } catch {
    return [];
  }
  return table
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "")
    .filter((path) => path.startsWith(`${folder}/`))
    .reverse();
}

/** Processes on their way out may still write: a folder can refill once or twice. */
function removeFolder(folder: string): void {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    try {
      rmSync(folder, { recursive: true, force: true });
      readdirSync(folder);
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return;
    }
    sleepSync(attemptEveryMs);
  }
}

function sleepSync(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
