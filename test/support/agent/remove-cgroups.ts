import { existsSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { until } from "../../cluster/host/until.ts";

const ROOT = "/sys/fs/cgroup";

/** Ends whatever runs in the control groups of this name, in every hierarchy, and removes them. */
export async function removeCgroups(name: string): Promise<void> {
  const folders = readdirSync(ROOT)
    .map((controller) => join(ROOT, controller, name))
    .filter((folder) => existsSync(folder));
  for (const folder of folders) {
    await until(`an empty ${folder}`, () => isRemoved(folder), { timeoutMs: 20_000 });
  }
}

function isRemoved(folder: string): boolean {
  for (const below of readdirSync(folder, { withFileTypes: true })) {
    if (below.isDirectory() && !isRemoved(join(folder, below.name))) return false;
  }
  const pids = readFileSync(join(folder, "cgroup.procs"), "utf8").split("\n").filter(Boolean);
  for (const pid of pids) kill(Number(pid));
  if (pids.length > 0) return false;
  try {
    rmdirSync(folder);
    return true;
  } catch {
    // Processes that have ended leave a moment later.
    return false;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Ended meanwhile.
  }
}
