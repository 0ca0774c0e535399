import { accessSync, constants, readFileSync } from "node:fs";

/** The text of mountinfo and the controllers each unified tree hands on, for `readCgroupMounts`. */
export function readCgroupFiles(): {
  readonly mountinfo: string;
  readonly enabled: Readonly<Record<string, readonly string[]>>;
} {
  const mountinfo = read("/proc/self/mountinfo");
  const enabled: Record<string, readonly string[]> = {};
  for (const line of mountinfo.split("\n")) {
    const path = line.split(" ")[4];
    if (path === undefined || !line.includes(" - cgroup2 ")) continue;
    enabled[path] = read(`${path}/cgroup.controllers`).trim().split(" ").filter(Boolean);
  }
  return { mountinfo, enabled };
}

export function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
