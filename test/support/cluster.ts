import { env, pid } from "node:process";
import { startCluster, type Cluster, type Tier } from "../cluster/index.ts";
import { crdManifests } from "./crd/install-crds.ts";

/** A running cluster gives this to be used instead of starting one: quick rounds while developing. */
const REUSED_KUBECONFIG = "ORCHESTRATOR_TEST_KUBECONFIG";

export interface TestCluster {
  readonly kubeconfigPath: string;
  /** The whole handle; absent when a running cluster is used. */
  readonly handle: Cluster | undefined;
}

export interface ClusterWish {
  readonly nodes?: number;
  readonly kwokNodes?: number;
  /** Our CRDs are there before the controllers: for tests in which objects of ours take their children with them. */
  readonly crds?: boolean;
}

let tierWanted: Tier | undefined;
let nodesWanted = 0;
let kwokNodesWanted = 0;
let areCrdsWanted = false;
let started: Promise<TestCluster> | undefined;

/**
 * The real Kubernetes of this mocha run: one for all files, started when the first test asks, of the highest tier that any loaded
 * file named, stopped after the last test. Call it while the file is loaded, and the function it gives in a `before` hook
 * (`this.timeout(300_000)`, the first start builds binaries).
 */
export function useCluster(tier: Tier, options: ClusterWish = {}): () => Promise<TestCluster> {
  if (tierWanted === undefined || tier === "nodes") tierWanted = tier;
  nodesWanted = Math.max(nodesWanted, options.nodes ?? 0);
  kwokNodesWanted = Math.max(kwokNodesWanted, options.kwokNodes ?? 0);
  areCrdsWanted ||= options.crds ?? false;
  return () => (started ??= start());
}

async function start(): Promise<TestCluster> {
  const reused = env[REUSED_KUBECONFIG];
  if (reused !== undefined && reused !== "") return { kubeconfigPath: reused, handle: undefined };
  const handle = await startCluster({
    name: `test-${pid}`,
    tier: tierWanted ?? "control-plane",
    ...(nodesWanted > 0 ? { nodes: nodesWanted } : {}),
    ...(kwokNodesWanted > 0 ? { kwokNodes: kwokNodesWanted } : {}),
    ...(areCrdsWanted ? { crds: crdManifests() } : {}),
  });
  return { kubeconfigPath: handle.kubeconfigPath, handle };
}

// Registered on mocha's root suite, as this module is loaded by test files only.
after(async function stopCluster() {
  this.timeout(60_000);
  const cluster = await started?.catch(() => undefined);
  await cluster?.handle?.stop();
});
