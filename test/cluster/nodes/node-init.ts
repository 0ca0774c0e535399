import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { enterNamespace } from "./network.ts";
import type { ProcessSpec } from "../supervisor.ts";

/**
 * Folders that a machine of its own would have to itself. Each node sees its own ones at the usual
 * places, so that hostPath volumes (the runtime's socket, logs, an agent's work folder) mean what
 * they mean on a real machine.
 */
export const privateFolders: readonly string[] = [
  "/var/lib/kubelet",
  "/var/lib/containerd",
  "/var/lib/cni",
  "/var/lib/orchestrator",
  "/var/log/pods",
  "/var/log/containers",
  "/run/containerd",
  "/run/orchestrator",
  "/run/netns",
  "/etc/cni/net.d",
];

/**
 * Process 1 of a node: holds its process, mount and host name spaces, reaps orphans. When it dies
 * the kernel ends everything on the node, and all mounts of the node are gone.
 */
export function nodeInitSpec(nodeName: string, namespace: string, folder: string): ProcessSpec {
  for (const path of privateFolders) {
    mkdirSync(path, { recursive: true });
    mkdirSync(join(folder, "root", path), { recursive: true });
  }
  const binds = privateFolders.map((path) => `mount --bind "$1/root${path}" ${path}`);
  const script = [
    "set -e",
    // Visible to everything on this node, and to nothing outside.
    "mount --make-rshared /",
    ...binds,
    // Not writable on every machine, and only cosmetic.
    '{ echo "$2" > /proc/sys/kernel/hostname; } 2>/dev/null || true',
    'touch "$1/ready"',
    "sleep infinity &",
    "while :; do wait; done",
  ].join("\n");
  const unshare = [
    "unshare",
    "--mount",
    "--pid",
    "--uts",
    "--fork",
    "--kill-child",
    "--mount-proc",
    "--propagation",
    "private",
  ];
  return {
    name: `${nodeName}-init`,
    ...enterNamespace(namespace, [...unshare, "bash", "-c", script, "init", folder, nodeName]),
  };
}

/** The pid, seen from here, of process 1 of the node that `holderPid` (unshare) holds. */
export function findInitPid(holderPid: number): number | undefined {
  const children = readFileSync(`/proc/${holderPid}/task/${holderPid}/children`, "utf8").trim();
  const pid = Number(children.split(" ")[0]);
  return children === "" || !Number.isInteger(pid) ? undefined : pid;
}

/** The command line that runs `inner` on the node. */
export function enterNode(
  initPid: number,
  inner: readonly string[],
): { readonly command: string; readonly args: readonly string[] } {
  const spaces = ["--net", "--mount", "--pid", "--uts"];
  return { command: "nsenter", args: [`--target=${initPid}`, ...spaces, "--", ...inner] };
}
