import type { AddressPlan } from "../address-plan.ts";
import type { Binaries } from "../binaries/ensure-binaries.ts";
import type { ClusterOptions } from "../cluster.ts";
import type { ApiClient } from "../control-plane/api-client.ts";
import { dnsSpec, installDns, waitForDns } from "../control-plane/cluster-dns.ts";
import { countReadyNodes } from "../control-plane/simulated-nodes.ts";
import type { Progress } from "../host/progress.ts";
import { until } from "../host/until.ts";
import { loadImage } from "../images/load-image.ts";
import { ensureBusyboxImage, ensurePauseImage } from "../images/test-images.ts";
import { writeKubeconfig } from "../kubeconfig.ts";
import type { ClusterCertificates } from "../pki/cluster-certificates.ts";
import { writeState, type ClusterState } from "../state-file.ts";
import type { Supervisor } from "../supervisor.ts";
import { cgroupFolders } from "./cgroups.ts";
import { createNetwork } from "./network.ts";
import {
  nodeRecord,
  startKubelet,
  startRuntime,
  type NodeInputs,
  type PreparedNode,
} from "./start-node.ts";

export interface NodesContext {
  readonly state: ClusterState;
  readonly plan: AddressPlan;
  readonly binaries: Binaries;
  readonly certificates: ClusterCertificates;
  readonly supervisor: Supervisor;
  readonly api: ApiClient;
  readonly progress: Progress;
  readonly options: ClusterOptions;
}

const readyTimeoutMs = 120_000;

/** Everything of the nodes that needs no API server: network, runtimes, the sandbox image. */
export async function prepareNodes(context: NodesContext): Promise<PreparedNode[]> {
  const { state, plan, progress, options } = context;
  if (plan.nodes.length === 0) return [];
  // Written down before it is made: a crash in between must leave nothing unknown.
  state.nodes = plan.nodes.map((node) => nodeRecord(plan, node, state.stateDir));
  state.namespaces = [plan.hubNamespace, ...plan.nodes.map((node) => node.namespace)];
  state.cgroups = plan.nodes.flatMap((node) => cgroupFolders(node.cgroup));
  writeState(state);
  await createNetwork(plan);
  const { cacheDir, signal } = options;
  const images = [
    await ensurePauseImage({ cacheDir, progress, signal }),
    await ensureBusyboxImage({ cacheDir, progress, signal }),
  ];
  const prepared = await Promise.all(
    plan.nodes.map((_, index) => startRuntime(nodeInputs(context, index, "", 40))),
  );
  for (const image of images) await loadImage(image.archive, state.nodes, signal);
  return prepared;
}

/** Starts kubelets, proxies and DNS, and waits until every node is Ready. */
export async function startNodes(
  context: NodesContext,
  prepared: readonly PreparedNode[],
  apiServerPort: number,
  nodeGraceSeconds: number,
): Promise<void> {
  const { plan, supervisor, api, options, state, certificates } = context;
  if (plan.nodes.length === 0) return;
  const url = `https://${plan.hostIp}:${apiServerPort}`;
  // The API server listens on loopback only; this is the one way in from the nodes.
  supervisor.start({
    name: "api-relay",
    command: "socat",
    args: [
      `TCP-LISTEN:${apiServerPort},bind=${plan.hostIp},fork,reuseaddr,nodelay`,
      `TCP:127.0.0.1:${apiServerPort},nodelay`,
    ],
  });
  prepared.forEach((node, index) =>
    startKubelet(nodeInputs(context, index, url, nodeGraceSeconds), node),
  );
  const dnsKubeconfig = writeKubeconfig(`${state.stateDir}/coredns.kubeconfig`, {
    server: url,
    authorityPem: certificates.authority.certificatePem,
    user: "coredns",
    certificate: certificates.dns,
  });
  await installDns(api, plan);
  await installProxyRights(api);
  supervisor.start(dnsSpec(context.binaries, plan, state.stateDir, dnsKubeconfig));
  await waitForDns(plan, options.signal);
  await until(
    `${plan.nodes.length} nodes Ready`,
    async () => (await countReadyNodes(api, "type!=kwok")) >= plan.nodes.length,
    { timeoutMs: readyTimeoutMs, intervalMs: 200, signal: options.signal },
  );
}

function nodeInputs(
  context: NodesContext,
  index: number,
  apiServerUrl: string,
  nodeGraceSeconds: number,
): NodeInputs {
  const { plan, state, binaries, certificates, supervisor, options } = context;
  const node = plan.nodes[index];
  if (!node) throw new RangeError(`no node ${index}`);
  return {
    plan,
    node,
    stateDir: state.stateDir,
    binaries,
    certificates,
    apiServerUrl,
    nodeGraceSeconds,
    supervisor,
    signal: options.signal,
  };
}

/** The role of kube-proxy is built in, but bound to nobody who logs in by certificate. */
async function installProxyRights(api: ApiClient): Promise<void> {
  await api.apply(
    "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/system:kube-proxy",
    JSON.stringify({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: "system:kube-proxy" },
      roleRef: {
        apiGroup: "rbac.authorization.k8s.io",
        kind: "ClusterRole",
        name: "system:node-proxier",
      },
      subjects: [
        { apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "system:kube-proxy" },
      ],
    }),
  );
}
