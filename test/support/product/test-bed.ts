import { env, pid } from "node:process";
import {
  buildImage,
  defaultStateDir,
  ensureBinaries,
  startCluster,
  type Cluster,
} from "../../cluster/index.ts";
import { commandFailed } from "../../cluster/host/run-command.ts";
import { setNodeCable } from "../../cluster/nodes/network.ts";
import { runKubectl } from "../../cluster/running-cluster.ts";
import { readState } from "../../cluster/state-file.ts";

/** Name of a detached cluster with two nodes, audit log and images to be used instead of a new one: quick rounds while developing. */
const REUSED_CLUSTER = "ORCHESTRATOR_STORY_CLUSTER";
/** Short enough that a cut is noticed soon, long enough for a kubelet on a busy machine. */
const NODE_GRACE_SECONDS = 10;

export const RUNTIME_IMAGE = "localhost/orchestrator:dev";
export const NODE_IMAGE = "localhost/orchestrator-node:dev";

/** The part of a cluster that stories use. */
export interface TestBed extends Pick<
  Cluster,
  "name" | "kubeconfigPath" | "kubectl" | "tryKubectl" | "cutNode" | "healNode" | "stop"
> {
  readonly nodeNames: readonly string[];
  readonly auditLogPath: string;
}

/** Two real nodes with an audit log and the product's images. */
export async function startTestBed(): Promise<TestBed> {
  const reused = env[REUSED_CLUSTER];
  if (reused !== undefined && reused !== "") return attach(reused);
  const cluster = await startCluster({
    name: `stories-${pid}`,
    tier: "nodes",
    nodes: 2,
    nodeGraceSeconds: NODE_GRACE_SECONDS,
    hasAuditLog: true,
  });
  try {
    for (const image of await buildImages()) await cluster.loadImage(image);
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  return {
    name: cluster.name,
    kubeconfigPath: cluster.kubeconfigPath,
    nodeNames: cluster.nodes.map(({ name }) => name),
    auditLogPath: cluster.auditLogPath ?? "",
    kubectl: (args, options) => cluster.kubectl(args, options),
    tryKubectl: (args, options) => cluster.tryKubectl(args, options),
    cutNode: (name) => cluster.cutNode(name),
    healNode: (name) => cluster.healNode(name),
    stop: () => cluster.stop(),
  };
}

async function buildImages(): Promise<string[]> {
  const runtime = await buildImage({ target: "runtime", tag: RUNTIME_IMAGE });
  const node = await buildImage({ target: "node", tag: NODE_IMAGE });
  return [runtime.archive, node.archive];
}

/** A cluster that somebody else started, gave the images, and stops. */
async function attach(name: string): Promise<TestBed> {
  const state = readState(defaultStateDir(name));
  if (state === undefined) throw new Error(`no cluster ${name}; unset ${REUSED_CLUSTER}`);
  const binaries = await ensureBinaries(["kubernetes"]);
  const kubeconfigPath = `${state.stateDir}/admin.kubeconfig`;
  const nodeOf = (wanted: string): (typeof state.nodes)[number] => {
    const found = state.nodes.find((node) => node.name === wanted);
    if (found === undefined) throw new Error(`no node ${wanted}`);
    return found;
  };
  const tryKubectl: TestBed["tryKubectl"] = (args, options) =>
    runKubectl(binaries.path("kubectl"), kubeconfigPath, binaries.folders, args, options);
  return {
    name,
    kubeconfigPath,
    nodeNames: state.nodes.map((node) => node.name),
    auditLogPath: `${state.stateDir}/logs/audit.log`,
    tryKubectl,
    kubectl: async (args, options) => {
      const result = await tryKubectl(args, options);
      if (result.exitCode !== 0) throw commandFailed("kubectl", args, result);
      return result.stdout;
    },
    cutNode: (node) => setNodeCable(nodeOf(node), false),
    healNode: (node) => setNodeCable(nodeOf(node), true),
    stop: () => Promise.resolve(),
  };
}
