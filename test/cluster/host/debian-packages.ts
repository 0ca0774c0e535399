import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { ClusterError } from "./cluster-error.ts";
import type { Progress } from "./progress.ts";
import { runCommand } from "./run-command.ts";

/** A program that real nodes or images need, and the Debian package that brings it. */
export interface NeededProgram {
  readonly program: string;
  readonly package: string;
}

export const nodePrograms: readonly NeededProgram[] = [
  { program: "containerd", package: "containerd" },
  { program: "ctr", package: "containerd" },
  { program: "runc", package: "runc" },
  { program: "iptables", package: "iptables" },
  { program: "conntrack", package: "conntrack" },
  { program: "ip", package: "iproute2" },
  { program: "ethtool", package: "ethtool" },
  { program: "socat", package: "socat" },
  { program: "nsenter", package: "util-linux" },
  { program: "busybox", package: "busybox-static" },
  { program: "buildah", package: "buildah" },
  { program: "debootstrap", package: "debootstrap" },
  { program: "strip", package: "binutils" },
];

/** Plug-ins are no programs on PATH: known by their folder. */
const pluginFolders = ["/usr/lib/cni", "/usr/libexec/cni", "/opt/cni/bin"];
const pluginPackage = "containernetworking-plugins";

/** Debian packages that would bring what this machine lacks, sorted. */
export function findMissingPackages(env: NodeJS.ProcessEnv = process.env): string[] {
  const missing = new Set<string>();
  for (const { program, package: name } of nodePrograms) {
    if (!hasProgram(program, env)) missing.add(name);
  }
  if (!pluginFolders.some((folder) => existsSync(join(folder, "bridge")))) {
    missing.add(pluginPackage);
  }
  return [...missing].sort();
}

export function hasProgram(program: string, env: NodeJS.ProcessEnv = process.env): boolean {
  const folders = `${env["PATH"] ?? ""}${delimiter}/usr/sbin${delimiter}/sbin`.split(delimiter);
  return folders.some((folder) => folder !== "" && existsSync(join(folder, program)));
}

/**
 * Installs packages with apt.
 * @throws {ClusterError} on a machine without apt or without the right to use it.
 */
export async function installPackages(
  packages: readonly string[],
  progress: Progress,
  signal?: AbortSignal,
): Promise<void> {
  if (packages.length === 0) return;
  const list = packages.join(" ");
  if (!hasProgram("apt-get") || process.getuid?.() !== 0) {
    throw new ClusterError(`this machine lacks: ${list}`, "install them, then run this again");
  }
  progress.note(`installing Debian packages: ${list}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await runCommand("apt-get", ["update", "-qq"], { env, signal });
  const install = ["install", "-y", "-qq", "--no-install-recommends", ...packages];
  await runCommand("apt-get", install, { env, signal });
}
