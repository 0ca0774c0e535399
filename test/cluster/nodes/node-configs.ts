import type { AddressPlan, NodeAddresses } from "../address-plan.ts";

/** The image every pod's sandbox runs; built here, because there is no registry. */
export const pauseImage = "localhost/pause:1";

export function containerdConfig(cniPluginsFolder: string): string {
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  return `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"

[grpc]
  address = "/run/containerd/containerd.sock"

[${cri}]
  sandbox_image = "${pauseImage}"
  # Machines in containers may not lower the score.
  restrict_oom_score_adj = true

[${cri}.cni]
  bin_dir = "${cniPluginsFolder}"
  conf_dir = "/etc/cni/net.d"

[${cri}.containerd]
  snapshotter = "overlayfs"
  default_runtime_name = "runc"

[${cri}.containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[${cri}.containerd.runtimes.runc.options]
  SystemdCgroup = false
`;
}

export function cniConfig(node: NodeAddresses): string {
  return JSON.stringify({
    cniVersion: "0.4.0",
    name: "orchestrator",
    plugins: [
      {
        type: "bridge",
        bridge: "cni0",
        isGateway: true,
        ipMasq: false,
        hairpinMode: true,
        ipam: {
          type: "host-local",
          ranges: [[{ subnet: node.podCidr }]],
          routes: [{ dst: "0.0.0.0/0" }],
          dataDir: "/var/lib/cni/networks",
        },
      },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  });
}

export interface KubeletFiles {
  readonly authorityFile: string;
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly resolvConf: string;
}

export function kubeletConfig(
  plan: AddressPlan,
  node: NodeAddresses,
  files: KubeletFiles,
  nodeGraceSeconds: number,
): string {
  const heartbeatSeconds = Math.max(1, Math.floor(nodeGraceSeconds / 4));
  return JSON.stringify({
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    address: node.ip,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: files.authorityFile },
    },
    authorization: { mode: "Webhook" },
    tlsCertFile: files.certificateFile,
    tlsPrivateKeyFile: files.keyFile,
    containerRuntimeEndpoint: "unix:///run/containerd/containerd.sock",
    cgroupDriver: "cgroupfs",
    cgroupRoot: `/${node.cgroup}`,
    failCgroupV1: false,
    failSwapOn: false,
    clusterDNS: [plan.dnsServiceIp],
    clusterDomain: "cluster.local",
    resolvConf: files.resolvConf,
    maxPods: 220,
    podPidsLimit: -1,
    kubeAPIQPS: 100,
    kubeAPIBurst: 200,
    eventRecordQPS: 0,
    oomScoreAdj: 0,
    // Nodes share the machine's disk: its fullness is nobody's reason to evict or to collect.
    imageGCHighThresholdPercent: 100,
    evictionHard: {
      "memory.available": "1Mi",
      "nodefs.available": "1Mi",
      "nodefs.inodesFree": "1",
      "imagefs.available": "1Mi",
      "imagefs.inodesFree": "1",
    },
    // The lease is renewed every quarter of its duration, the controller's grace period judges.
    nodeLeaseDurationSeconds: Math.max(4, heartbeatSeconds * 4),
    nodeStatusUpdateFrequency: `${Math.min(10, heartbeatSeconds)}s`,
    logging: { verbosity: 1 },
  });
}

export function proxyConfig(plan: AddressPlan, node: NodeAddresses, kubeconfig: string): string {
  return JSON.stringify({
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "iptables",
    clientConnection: { kubeconfig },
    clusterCIDR: plan.clusterCidr,
    hostnameOverride: node.name,
    bindAddress: node.ip,
    oomScoreAdj: 0,
    // The kernel's settings are not ours to change.
    conntrack: {
      maxPerCore: 0,
      min: 0,
      tcpEstablishedTimeout: "0s",
      tcpCloseWaitTimeout: "0s",
    },
    iptables: { syncPeriod: "30s", minSyncPeriod: "200ms" },
  });
}
