import { existsSync } from "node:fs";
import { platform } from "node:os";
import { findGoToolchain } from "./binaries/go-toolchain.ts";
import { findMissingPackages, hasProgram } from "./host/debian-packages.ts";
import { tryCommand } from "./host/run-command.ts";

/**
 * How much of a cluster runs: `control-plane` has the real API and simulated nodes, `nodes` adds
 * real kubelets and containers.
 */
export type Tier = "control-plane" | "nodes";

/** What was found out about the machine. */
export interface MachineFacts {
  readonly platform: string;
  readonly isRoot: boolean;
  /** Name spaces, links and bind mounts may be made. */
  readonly canIsolate: boolean;
  readonly hasCgroups: boolean;
  /** Debian packages that are not there. */
  readonly missingPackages: readonly string[];
  readonly hasApt: boolean;
  /** Absent when the toolchain is fine. */
  readonly goProblem?: string;
}

export interface TierDecision {
  /** Absent when not even a control plane can run. */
  readonly tier?: Tier;
  /** One line each: why not more, and what will be installed. */
  readonly reasons: readonly string[];
}

/** The best tier a machine allows. */
export function decideTier(facts: MachineFacts): TierDecision {
  if (facts.goProblem !== undefined) return { reasons: [facts.goProblem] };
  const obstacles = [
    ...(facts.platform === "linux" ? [] : [`real nodes need Linux, this is ${facts.platform}`]),
    ...(facts.isRoot ? [] : ["real nodes need root"]),
  ];
  if (obstacles.length === 0) {
    if (!facts.canIsolate) obstacles.push("real nodes need the right to make namespaces and links");
    if (!facts.hasCgroups) obstacles.push("real nodes need /sys/fs/cgroup");
    if (facts.missingPackages.length > 0 && !facts.hasApt) {
      obstacles.push(`real nodes need: ${facts.missingPackages.join(" ")}`);
    }
  }
  if (obstacles.length > 0) return { tier: "control-plane", reasons: obstacles };
  const reasons =
    facts.missingPackages.length > 0
      ? [`will be installed: ${facts.missingPackages.join(" ")}`]
      : ["root, container runtime and network tools are there"];
  return { tier: "nodes", reasons };
}

/** Looks at this machine and decides. Changes nothing. */
export async function detectTier(): Promise<TierDecision> {
  return decideTier(await gatherFacts());
}

export async function gatherFacts(): Promise<MachineFacts> {
  const go = await findGoToolchain();
  const isRoot = process.getuid?.() === 0;
  return {
    platform: platform(),
    isRoot,
    canIsolate: isRoot && (await canIsolate()),
    hasCgroups: existsSync("/sys/fs/cgroup"),
    missingPackages: platform() === "linux" ? findMissingPackages() : [],
    hasApt: hasProgram("apt-get"),
    ...("missing" in go ? { goProblem: go.missing } : {}),
  };
}

async function canIsolate(): Promise<boolean> {
  const link = hasProgram("ip") ? " && ip link add name probe type bridge" : "";
  const script = `echo 1 > /proc/sys/net/ipv4/ip_forward && mount --bind /tmp /tmp${link}`;
  const spaces = ["--net", "--mount", "--pid", "--fork", "--propagation", "private"];
  const result = await tryCommand("unshare", [...spaces, "sh", "-c", script]).catch(
    () => undefined,
  );
  return result?.exitCode === 0;
}
