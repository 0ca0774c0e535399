import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import type { Cluster } from "../cluster.ts";
import { ClusterError } from "../host/cluster-error.ts";
import { createProgress, type Progress } from "../host/progress.ts";
import { runCommand } from "../host/run-command.ts";
import { buildImage } from "../images/product-image.ts";
import { startCluster } from "../start-cluster.ts";
import { type Endpoints, readEndpoints, writeEndpoints } from "./endpoints.ts";
import { install } from "./install.ts";
import type { StartOptions, StartTarget } from "./options.ts";
import { stopProduct } from "./stop-product.ts";
import { welcome } from "./welcome.ts";

/** The cluster that `npm start` owns; `npm run cluster` uses the same name, so its commands fit. */
export const START_CLUSTER = "default";
const MESOS_PORT = 5050;
const MARATHON_PORT = 8080;
const RUNTIME_IMAGE = "localhost/orchestrator:dev";
const NODE_IMAGE = "localhost/orchestrator-node:dev";

/** Brings everything up and tells where it is; attached, it stays until Ctrl-C and then takes everything down. */
export async function startProduct(root: string, options: StartOptions): Promise<void> {
  const startedMs = performance.now();
  const progress = createProgress();
  const running = readEndpoints(root);
  if (running !== undefined) {
    throw new ClusterError("it runs already (.orchestrator/endpoints.json)", "npm stop ends it");
  }
  const stop = new AbortController();
  const { target, isDetached } = options;
  if (!isDetached) stopOnSignal(root, stop);
  const endpoints =
    target.kind === "own"
      ? await startOwn(root, target, isDetached, progress, stop.signal)
      : await startOnExisting(root, target, progress, stop.signal);
  writeEndpoints(root, endpoints);
  console.log(welcome(endpoints, (performance.now() - startedMs) / 1000));
  if (!isDetached) console.log("Ctrl-C ends it.");
}

async function startOwn(
  root: string,
  target: Extract<StartTarget, { kind: "own" }>,
  isDetached: boolean,
  progress: Progress,
  signal: AbortSignal,
): Promise<Endpoints> {
  const cluster = await startCluster({
    name: START_CLUSTER,
    nodes: target.nodes,
    isDetached,
    progress,
    signal,
    ...(target.tier === undefined ? {} : { tier: target.tier }),
  });
  try {
    if (cluster.tier === "control-plane") {
      throw new ClusterError(
        "tier control-plane runs no pods, so the samples cannot start in it",
        "run as root on Debian for real nodes, or use --kubeconfig FILE",
      );
    }
    for (const build of [
      { target: "runtime", tag: RUNTIME_IMAGE },
      { target: "node", tag: NODE_IMAGE },
    ] as const) {
      await cluster.loadImage(await buildImage({ ...build, progress, signal }));
    }
    await install({
      kubectl: (args) => cluster.kubectl(args),
      root,
      workDir: join(root, ".orchestrator"),
      images: { runtime: RUNTIME_IMAGE, node: NODE_IMAGE },
      progress,
      signal,
    });
    return {
      kubeconfig: cluster.kubeconfigPath,
      mesos: `http://127.0.0.1:${MESOS_PORT}`,
      marathon: `http://127.0.0.1:${MARATHON_PORT}`,
      cluster: cluster.name,
      tier: cluster.tier,
      pids: [startForwarder(root, cluster)],
    };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

async function startOnExisting(
  root: string,
  target: Extract<StartTarget, { kind: "existing" }>,
  progress: Progress,
  signal: AbortSignal,
): Promise<Endpoints> {
  if (!existsSync(target.kubeconfig)) {
    throw new ClusterError(`no kubeconfig at ${target.kubeconfig}`);
  }
  await install({
    kubectl: (args) => runCommand("kubectl", [`--kubeconfig=${target.kubeconfig}`, ...args]),
    root,
    workDir: join(root, ".orchestrator"),
    images: { runtime: target.image, node: target.image },
    progress,
    signal,
  });
  const forward = "kubectl -n orchestrator port-forward";
  return {
    kubeconfig: target.kubeconfig,
    mesos: `http://127.0.0.1:${MESOS_PORT} (after: ${forward} svc/mesos-master-leader 5050)`,
    marathon: `http://127.0.0.1:${MARATHON_PORT} (after: ${forward} svc/marathon 8080)`,
    tier: "existing",
    pids: [],
  };
}

/** A detached process, so that the addresses outlive this one; `npm stop` ends it by its id. */
function startForwarder(root: string, cluster: Cluster): number {
  mkdirSync(join(root, ".orchestrator"), { recursive: true });
  const log = openSync(join(root, ".orchestrator", "forwarder.log"), "a");
  const kubectl = cluster.binaryFolders
    .map((folder) => join(folder, "kubectl"))
    .find((file) => existsSync(file));
  const child = spawn(
    process.execPath,
    [
      new URL("forwarder.ts", import.meta.url).pathname,
      kubectl ?? "kubectl",
      cluster.kubeconfigPath,
      `${MESOS_PORT}=orchestrator/mesos-master-leader:5050`,
      `${MARATHON_PORT}=orchestrator/marathon:8080`,
    ],
    { detached: true, stdio: ["ignore", log, log] },
  );
  child.unref();
  if (child.pid === undefined) throw new ClusterError("the forwarder did not start");
  return child.pid;
}

function stopOnSignal(root: string, stop: AbortController): void {
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.once(name, () => {
      stop.abort();
      console.error("\nstopping …");
      stopProduct(root)
        .then((line) => console.error(line))
        .catch((error: unknown) => console.error(error))
        .finally(() => process.exit(130));
    });
  }
}
