import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AddressPlan, NodeAddresses } from "../address-plan.ts";
import type { Binaries } from "../binaries/ensure-binaries.ts";
import { ClusterError } from "../host/cluster-error.ts";
import { tryCommand } from "../host/run-command.ts";
import { until } from "../host/until.ts";
import { writeKubeconfig } from "../kubeconfig.ts";
import type { KeyedCertificate } from "../pki/certificate.ts";
import type { ClusterCertificates } from "../pki/cluster-certificates.ts";
import type { NodeRecord } from "../state-file.ts";
import type { Supervisor } from "../supervisor.ts";
import { cgroupFolders, createCgroups } from "./cgroups.ts";
import { cniConfig, containerdConfig, kubeletConfig, proxyConfig } from "./node-configs.ts";
import { enterNode, findInitPid, nodeInitSpec } from "./node-init.ts";

export interface NodeInputs {
  readonly plan: AddressPlan;
  readonly node: NodeAddresses;
  readonly stateDir: string;
  readonly binaries: Binaries;
  readonly certificates: ClusterCertificates;
  readonly apiServerUrl: string;
  readonly nodeGraceSeconds: number;
  readonly supervisor: Supervisor;
  readonly signal?: AbortSignal | undefined;
}

/** A node whose container runtime runs; kubelet has not been started. */
export interface PreparedNode {
  readonly record: NodeRecord;
  readonly initPid: number;
}

const startTimeoutMs = 30_000;

export function nodeRecord(plan: AddressPlan, node: NodeAddresses, stateDir: string): NodeRecord {
  const folder = join(stateDir, node.name);
  return {
    name: node.name,
    ip: node.ip,
    hubNamespace: plan.hubNamespace,
    hubLink: node.hubLink,
    folder,
    // The node's own /run/containerd, seen from outside.
    containerdSocket: join(folder, "root/run/containerd/containerd.sock"),
  };
}

/** Starts the node's process 1 and its container runtime. */
export async function startRuntime(inputs: NodeInputs): Promise<PreparedNode> {
  const { node, supervisor, signal } = inputs;
  const record = nodeRecord(inputs.plan, node, inputs.stateDir);
  mkdirSync(record.folder, { recursive: true });
  createCgroups(cgroupFolders(node.cgroup));
  const init = supervisor.start(nodeInitSpec(node.name, node.namespace, record.folder));
  const holderPid = init.identity?.pid ?? 0;
  const wait = { timeoutMs: startTimeoutMs, intervalMs: 50, signal };
  await until(`${node.name} isolated`, () => existsSync(join(record.folder, "ready")), wait);
  const initPid = await until("process 1", () => findInitPid(holderPid), wait);
  const config = join(record.folder, "containerd.toml");
  writeFileSync(config, containerdConfig(findCniPlugins()));
  writeFileSync(join(record.folder, "root/etc/cni/net.d/10-bridge.conflist"), cniConfig(node));
  supervisor.start({
    name: `${node.name}-containerd`,
    ...enterNode(initPid, ["containerd", `--config=${config}`, "--log-level=warn"]),
  });
  await until(
    `container runtime of ${node.name}`,
    async () => {
      const args = ["--address", record.containerdSocket, "version"];
      return (await tryCommand("ctr", args, { timeoutMs: 5_000 })).exitCode === 0;
    },
    { timeoutMs: startTimeoutMs, signal },
  );
  return { record, initPid };
}

/** Starts kubelet and kube-proxy on a prepared node. */
export function startKubelet(inputs: NodeInputs, prepared: PreparedNode): void {
  const { node, plan, supervisor, certificates, binaries } = inputs;
  const { folder } = prepared.record;
  const issued = certificates.kubelets.get(node.name);
  if (!issued) throw new ClusterError(`no certificate for ${node.name}`);
  const file = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  };
  const kubeconfig = (name: string, user: string, certificate: KeyedCertificate): string =>
    writeKubeconfig(join(folder, name), {
      server: inputs.apiServerUrl,
      authorityPem: certificates.authority.certificatePem,
      user,
      certificate,
    });
  const files = {
    authorityFile: certificates.authorityFile,
    ...issued.serving,
    resolvConf: file("resolv.conf", ""),
  };
  const kubeletFile = file(
    "kubelet.json",
    kubeletConfig(plan, node, files, inputs.nodeGraceSeconds),
  );
  supervisor.start({
    name: `${node.name}-kubelet`,
    ...enterNode(prepared.initPid, [
      binaries.path("kubelet"),
      `--config=${kubeletFile}`,
      `--kubeconfig=${kubeconfig("kubelet.kubeconfig", node.name, issued.client)}`,
      `--hostname-override=${node.name}`,
      `--node-ip=${node.ip}`,
      "--root-dir=/var/lib/kubelet",
    ]),
  });
  const proxyKubeconfig = kubeconfig("proxy.kubeconfig", "kube-proxy", certificates.proxy);
  const proxyFile = file("kube-proxy.json", proxyConfig(plan, node, proxyKubeconfig));
  supervisor.start({
    name: `${node.name}-kube-proxy`,
    ...enterNode(prepared.initPid, [binaries.path("kube-proxy"), `--config=${proxyFile}`]),
  });
}

/** Distributions disagree about the place. */
export function findCniPlugins(): string {
  const folders = ["/usr/lib/cni", "/usr/libexec/cni", "/opt/cni/bin"];
  const found = folders.find((folder) => existsSync(join(folder, "bridge")));
  if (found === undefined) {
    throw new ClusterError(
      `no CNI plugins in ${folders.join(", ")}`,
      "Debian: apt-get install containernetworking-plugins",
    );
  }
  return found;
}
