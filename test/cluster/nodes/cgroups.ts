import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

const cgroupRoot = "/sys/fs/cgroup";

/** Folders of the group `name`, one per controller (version 1) or one in all (version 2). */
export function cgroupFolders(name: string): string[] {
  if (isUnified()) return [join(cgroupRoot, name)];
  return readdirSync(cgroupRoot)
    .map((controller) => join(cgroupRoot, controller))
    .filter((folder) => statSync(folder).isDirectory() && isWritableGroup(folder))
    .map((folder) => join(folder, name));
}

/** Creates the groups, ready for kubelet to nest its own below them. */
export function createCgroups(folders: readonly string[]): void {
  for (const folder of folders) {
    mkdirSync(folder, { recursive: true });
    const parent = join(folder, "..");
    // A new version 1 cpuset is empty and takes no process until it is told its parent's set.
    for (const file of ["cpuset.cpus", "cpuset.mems"]) {
      if (isUnified() || !existsSync(join(folder, file))) continue;
      writeFileSync(join(folder, file), readFileSync(join(parent, file)));
    }
    if (isUnified()) {
      delegateControllers(parent);
      delegateControllers(folder);
    }
  }
}

/** Processes in the groups and all groups below them. */
export function listCgroupProcesses(folders: readonly string[]): number[] {
  const pids = new Set<number>();
  for (const folder of folders.flatMap(walk)) {
    try {
      const lines = readFileSync(join(folder, "cgroup.procs"), "utf8").split("\n");
      for (const line of lines) if (line !== "") pids.add(Number(line));
    } catch {
      // The group went away while we looked.
    }
  }
  return [...pids];
}

/** Removes the groups with everything below; false when a process is still inside. */
export function removeCgroups(folders: readonly string[]): boolean {
  let isGone = true;
  for (const folder of folders.flatMap(walk).reverse()) {
    try {
      rmdirSync(folder);
    } catch {
      isGone &&= !existsSync(folder);
    }
  }
  return isGone;
}

/** The folder and all below it, parents first. */
function walk(folder: string): string[] {
  let entries: string[];
  try {
    entries = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return [];
  }
  return [folder, ...entries.flatMap((entry) => walk(join(folder, entry)))];
}

function isUnified(): boolean {
  return existsSync(join(cgroupRoot, "cgroup.controllers"));
}

function isWritableGroup(folder: string): boolean {
  return existsSync(join(folder, "cgroup.procs"));
}

function delegateControllers(folder: string): void {
  const available = readFileSync(join(folder, "cgroup.controllers"), "utf8").trim().split(" ");
  for (const controller of available) {
    try {
      writeFileSync(join(folder, "cgroup.subtree_control"), `+${controller}`);
    } catch {
      // Some controllers cannot be delegated here; kubelet says so if it needs one of them.
    }
  }
}
