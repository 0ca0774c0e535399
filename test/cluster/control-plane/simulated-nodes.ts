import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ClusterError } from "../host/cluster-error.ts";
import { until } from "../host/until.ts";
import type { ProcessSpec } from "../supervisor.ts";
import type { ApiClient } from "./api-client.ts";
import type { ComponentInputs } from "./component-specs.ts";

export interface SimulatedNodesOptions {
  readonly count: number;
  readonly cpus: number;
  readonly memoryGiB: number;
  readonly podsMax: number;
  /** Keeps pods that do not tolerate `kwok.x-k8s.io/node` on the real nodes. */
  readonly isTainted: boolean;
}

const readyTimeoutMs = 120_000;
const createsInFlightMax = 16;

export function kwokSpec({ binaries, kubeconfigs, ports, stateDir }: ComponentInputs): ProcessSpec {
  const folder = binaries.asset("stages");
  const stages = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
  const config = join(stateDir, "kwok-stages.yaml");
  writeFileSync(config, stages.join("\n---\n"));
  return {
    name: "kwok",
    command: binaries.path("kwok"),
    args: [
      `--kubeconfig=${kubeconfigs.admin}`,
      `--config=${config}`,
      "--manage-all-nodes=false",
      "--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake",
      "--node-lease-duration-seconds=40",
      `--server-address=127.0.0.1:${ports.kwok}`,
      "--cidr=100.64.0.0/10",
      "--v=WARN",
    ],
  };
}

/** Creates the Node objects `sim-1 …` and waits until kwok reports all of them Ready. */
export async function createSimulatedNodes(
  api: ApiClient,
  options: SimulatedNodesOptions,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const names = Array.from({ length: options.count }, (_, index) => `sim-${index + 1}`);
  const left = [...names];
  const worker = async (): Promise<void> => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      signal?.throwIfAborted();
      const body = JSON.stringify(nodeObject(name, options));
      const { status, text } = await api.send("POST", "/api/v1/nodes", body);
      if (status !== 201 && status !== 409) {
        throw new ClusterError(`creating node ${name}: ${status} ${text}`);
      }
    }
  };
  await Promise.all(Array.from({ length: createsInFlightMax }, worker));
  await until(
    `${options.count} simulated nodes Ready`,
    async () => (await countReadyNodes(api, "type=kwok")) >= options.count,
    { timeoutMs: readyTimeoutMs, intervalMs: 300, signal },
  );
  return names;
}

interface NodeList {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status?: {
      readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    };
  }[];
}

/** How many nodes that match the label selector are Ready. */
export async function countReadyNodes(api: ApiClient, selector: string): Promise<number> {
  const list = await api.get<NodeList>(
    `/api/v1/nodes?labelSelector=${encodeURIComponent(selector)}`,
  );
  return (list?.items ?? []).filter((node) =>
    node.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True"),
  ).length;
}

function nodeObject(name: string, options: SimulatedNodesOptions): object {
  const quantities = {
    cpu: String(options.cpus),
    memory: `${options.memoryGiB}Gi`,
    pods: String(options.podsMax),
    "ephemeral-storage": "1Ti",
  };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      annotations: { "kwok.x-k8s.io/node": "fake" },
      labels: { type: "kwok", "kubernetes.io/hostname": name, "kubernetes.io/os": "linux" },
    },
    spec: options.isTainted
      ? { taints: [{ key: "kwok.x-k8s.io/node", value: "fake", effect: "NoSchedule" }] }
      : {},
    status: { capacity: quantities, allocatable: quantities, nodeInfo: { kubeletVersion: "fake" } },
  };
}
