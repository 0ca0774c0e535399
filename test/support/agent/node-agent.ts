import { MESOS_CLUSTER } from "../../../src/api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import type { KubeNode } from "../../../src/domain/agent/kube-pod.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeTransport } from "../../../src/runtime/ports/kube-transport.ts";
import { until } from "../../cluster/host/until.ts";
import { busyboxImage, ensureBusyboxImage } from "../../cluster/index.ts";
import type { TestCluster } from "../cluster.ts";
import { installCrds } from "../crd/install-crds.ts";
import { connectReal, type RealKube } from "../kubernetes/real-kube.ts";
import { AgentProcess } from "./agent-process.ts";
import type { HttpMaster } from "./http-master.ts";

const CALL_MAX_MS = 30_000;
const GONE_MAX_MS = 60_000;
const POOL = "pool";

export interface NodeAgentOptions {
  readonly cluster: TestCluster;
  readonly master: HttpMaster;
  /** For the pool and the Pods of its tasks; made here, gone after {@link NodeAgent.stop}. */
  readonly namespace: string;
  /** More flags of the agent. */
  readonly flags: readonly string[];
}

/** An agent process whose tasks are Pods on a real node; the test is its master. */
export class NodeAgent {
  readonly kube: RealKube;
  readonly nodeName: string;
  readonly process: AgentProcess;
  readonly #master: HttpMaster;
  readonly #namespace: string;

  private constructor(
    { master, namespace }: NodeAgentOptions,
    parts: Pick<NodeAgent, "kube" | "nodeName" | "process">,
  ) {
    this.kube = parts.kube;
    this.nodeName = parts.nodeName;
    this.process = parts.process;
    this.#master = master;
    this.#namespace = namespace;
  }

  /** Starts the master too; resolves when the agent has registered with it. */
  static async start(options: NodeAgentOptions): Promise<NodeAgent> {
    const { master, namespace } = options;
    const { kubeconfigPath, handle } = options.cluster;
    await handle?.loadImage(await ensureBusyboxImage());
    const kube = await connectReal(kubeconfigPath);
    await applyPool(kube.transport, namespace);
    const nodeName = await realNode(kube.transport);
    const process = new AgentProcess([
      `--master=${await master.start()}`,
      "--ip=127.0.0.1",
      `--node_name=${nodeName}`,
      `--cluster=${namespace}/${POOL}`,
      `--kubeconfig=${kubeconfigPath}`,
      `--default_task_image=${busyboxImage}`,
      "--pod_retention=1secs",
      ...options.flags,
    ]);
    const agent = new NodeAgent(options, { kube, nodeName, process });
    try {
      await master.until(() => master.isConnected, "registered", 60_000);
    } catch (error) {
      await agent.stop("SIGKILL");
      throw error;
    }
    return agent;
  }

  /** @throws when a Pod is left in the namespace after a minute. */
  async untilNoPodIsLeft(): Promise<void> {
    const pods = { kind: KINDS.Pod, namespace: this.#namespace };
    const isGone = async (): Promise<boolean> =>
      (await this.kube.transport.list(pods, { signal: callLimit() })).items.length === 0;
    await until("no Pod is left", isGone, { timeoutMs: GONE_MAX_MS, intervalMs: 250 });
  }

  async stop(how: "SIGTERM" | "SIGKILL"): Promise<void> {
    await this.process.end(how);
    await this.#master.stop();
    const namespace = { kind: KINDS.Namespace, name: this.#namespace };
    await this.kube.transport.delete(namespace, { signal: callLimit() });
    await this.kube.close();
  }
}

/** Time enough for one call to the API server. */
export const callLimit = (): AbortSignal => AbortSignal.timeout(CALL_MAX_MS);

async function applyPool(kube: KubeTransport, name: string): Promise<void> {
  await installCrds(kube, callLimit());
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
  await kube.apply(KINDS.Namespace, namespace, { signal: callLimit() });
  const pool = {
    apiVersion: "orchestrator.io/v1alpha1",
    kind: "MesosCluster",
    metadata: { name: POOL, namespace: name },
    spec: {},
  };
  await kube.apply(MESOS_CLUSTER, pool, { signal: callLimit() });
}

/** The first that kwok does not play: nothing would run there. */
async function realNode(kube: KubeTransport): Promise<string> {
  const nodes = await kube.list<KubeNode>({ kind: KINDS.Node }, { signal: callLimit() });
  const isReal = ({ metadata }: KubeNode): boolean =>
    metadata.annotations?.["kwok.x-k8s.io/node"] === undefined;
  return nodes.items.find(isReal)?.metadata.name ?? "";
}
