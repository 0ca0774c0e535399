import { ClusterError } from "../host/cluster-error.ts";
import { startCluster } from "../start-cluster.ts";
import type { Tier } from "../tier.ts";

export interface UpFlags {
  readonly name: string;
  readonly detach: boolean;
  readonly audit: boolean;
  readonly tier?: string | undefined;
  readonly nodes?: string | undefined;
  readonly kwok?: string | undefined;
}

const listedMax = 20;

/** Starts a cluster; without `--detach` it lives as long as this process. */
export async function commandUp(flags: UpFlags): Promise<void> {
  const cluster = await startCluster({
    name: flags.name,
    isDetached: flags.detach,
    hasAuditLog: flags.audit,
    ...(flags.tier === undefined ? {} : { tier: parseTier(flags.tier) }),
    ...(flags.nodes === undefined ? {} : { nodes: parseCount("nodes", flags.nodes) }),
    ...(flags.kwok === undefined ? {} : { kwokNodes: parseCount("kwok", flags.kwok) }),
  });
  const name = flags.name === "default" ? "" : ` --name ${flags.name}`;
  const selector = cluster.simulatedNodes.length > listedMax ? ["-l", "type!=kwok"] : [];
  console.log((await cluster.kubectl(["get", "nodes", ...selector])).trimEnd());
  if (selector.length > 0) console.log(`and ${cluster.simulatedNodes.length} simulated nodes`);
  console.log(`export KUBECONFIG=${cluster.kubeconfigPath}`);
  console.log(`npm run cluster -- kubectl${name} get pods -A`);
  if (flags.detach) {
    console.log(`npm run cluster -- down${name}`);
    process.exit(0);
  }
  console.log("Ctrl-C stops it");
  // Nothing else keeps this process alive; signals end it, and its exit hook stops the cluster.
  setInterval(() => undefined, 60_000);
}

function parseTier(text: string): Tier {
  if (text === "control-plane" || text === "nodes") return text;
  throw new ClusterError(`no tier "${text}"`, "there are: control-plane, nodes");
}

function parseCount(flag: string, text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 0) return count;
  throw new ClusterError(`--${flag} takes a number, not "${text}"`);
}
