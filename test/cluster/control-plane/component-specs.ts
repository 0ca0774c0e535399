import { join } from "node:path";
import type { AddressPlan } from "../address-plan.ts";
import type { Binaries } from "../binaries/ensure-binaries.ts";
import type { ClusterCertificates } from "../pki/cluster-certificates.ts";
import type { ProcessSpec } from "../supervisor.ts";

/** Memory there is; the processor is what short-lived clusters wait for, and a third of it would go to collecting garbage. */
const GO_ENV = { GOGC: "400" };

/** What the command lines of the control plane are made of. */
export interface ComponentInputs {
  readonly binaries: Binaries;
  readonly certificates: ClusterCertificates;
  readonly plan: AddressPlan;
  readonly stateDir: string;
  readonly ports: ControlPlanePorts;
  readonly kubeconfigs: ControlPlaneKubeconfigs;
  readonly hasNodes: boolean;
  /** How long a silent node stays Ready. */
  readonly nodeGraceSeconds: number;
  /** How long pods stay bound to a node that is not Ready. */
  readonly evictionSeconds: number;
  readonly audit: { readonly policyFile: string; readonly logFile: string } | undefined;
  /** Manifests of the kinds that are there before the controllers. */
  readonly crds: readonly string[];
  readonly extraArgs: Readonly<Record<string, readonly string[]>>;
}

export interface ControlPlanePorts {
  readonly etcdClient: number;
  readonly etcdPeer: number;
  readonly apiServer: number;
  readonly controllerManager: number;
  readonly scheduler: number;
  readonly rolloutsMetrics: number;
  readonly rolloutsHealth: number;
  readonly kwok: number;
}

export interface ControlPlaneKubeconfigs {
  readonly admin: string;
  readonly controllerManager: string;
  readonly scheduler: string;
}

export function etcdSpec({ binaries, stateDir, ports }: ComponentInputs): ProcessSpec {
  const clientUrl = `http://127.0.0.1:${ports.etcdClient}`;
  const peerUrl = `http://127.0.0.1:${ports.etcdPeer}`;
  return {
    name: "etcd",
    command: binaries.path("etcd"),
    env: GO_ENV,
    args: [
      `--data-dir=${join(stateDir, "etcd")}`,
      `--listen-client-urls=${clientUrl}`,
      `--advertise-client-urls=${clientUrl}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=default=${peerUrl}`,
      // The data is gone with the cluster: waiting for the disk would only slow tests down.
      "--unsafe-no-fsync",
      "--quota-backend-bytes=4294967296",
      "--log-level=warn",
    ],
  };
}

export function apiServerSpec(inputs: ComponentInputs): ProcessSpec {
  const { certificates, plan, ports, audit } = inputs;
  return {
    name: "kube-apiserver",
    command: inputs.binaries.path("kube-apiserver"),
    env: GO_ENV,
    args: [
      `--etcd-servers=http://127.0.0.1:${ports.etcdClient}`,
      "--bind-address=127.0.0.1",
      `--secure-port=${ports.apiServer}`,
      ...advertiseArgs(inputs),
      `--cert-dir=${join(inputs.stateDir, "api-server")}`,
      `--tls-cert-file=${certificates.apiServer.certificateFile}`,
      `--tls-private-key-file=${certificates.apiServer.keyFile}`,
      `--client-ca-file=${certificates.authorityFile}`,
      "--authorization-mode=Node,RBAC",
      "--enable-admission-plugins=NodeRestriction",
      "--allow-privileged=true",
      `--service-cluster-ip-range=${plan.serviceCidr}`,
      "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
      `--service-account-key-file=${certificates.serviceAccountPublicKeyFile}`,
      `--service-account-signing-key-file=${certificates.serviceAccountKeyFile}`,
      `--kubelet-client-certificate=${certificates.kubeletClient.certificateFile}`,
      `--kubelet-client-key=${certificates.kubeletClient.keyFile}`,
      `--kubelet-certificate-authority=${certificates.authorityFile}`,
      "--kubelet-preferred-address-types=InternalIP",
      // Webhooks of pods are dialled at the pod: the host routes pod addresses, not service ones.
      "--enable-aggregator-routing=true",
      `--default-not-ready-toleration-seconds=${inputs.evictionSeconds}`,
      `--default-unreachable-toleration-seconds=${inputs.evictionSeconds}`,
      ...(audit
        ? [
            `--audit-policy-file=${audit.policyFile}`,
            `--audit-log-path=${audit.logFile}`,
            "--audit-log-maxsize=200",
            "--audit-log-maxbackup=2",
          ]
        : []),
      ...(inputs.extraArgs["kube-apiserver"] ?? []),
    ],
  };
}

export function controllerManagerSpec(inputs: ComponentInputs): ProcessSpec {
  const { certificates, plan, ports } = inputs;
  return {
    name: "kube-controller-manager",
    command: inputs.binaries.path("kube-controller-manager"),
    env: GO_ENV,
    args: [
      `--kubeconfig=${inputs.kubeconfigs.controllerManager}`,
      "--bind-address=127.0.0.1",
      `--secure-port=${ports.controllerManager}`,
      `--cert-dir=${join(inputs.stateDir, "controller-manager")}`,
      "--use-service-account-credentials",
      `--root-ca-file=${certificates.authorityFile}`,
      `--service-account-private-key-file=${certificates.serviceAccountKeyFile}`,
      `--cluster-cidr=${plan.clusterCidr}`,
      `--service-cluster-ip-range=${plan.serviceCidr}`,
      // The address plan fixes them: simulated nodes would soon use up a /16.
      "--allocate-node-cidrs=false",
      "--leader-elect=false",
      `--node-monitor-grace-period=${inputs.nodeGraceSeconds}s`,
      // The defaults (20 and 30) let 1,000 pods take most of a minute.
      "--kube-api-qps=500",
      "--kube-api-burst=1000",
      ...(inputs.extraArgs["kube-controller-manager"] ?? []),
    ],
  };
}

export function schedulerSpec(inputs: ComponentInputs): ProcessSpec {
  return {
    name: "kube-scheduler",
    command: inputs.binaries.path("kube-scheduler"),
    env: GO_ENV,
    args: [
      `--kubeconfig=${inputs.kubeconfigs.scheduler}`,
      "--bind-address=127.0.0.1",
      `--secure-port=${inputs.ports.scheduler}`,
      `--cert-dir=${join(inputs.stateDir, "scheduler")}`,
      "--leader-elect=false",
      "--kube-api-qps=1000",
      "--kube-api-burst=2000",
      ...(inputs.extraArgs["kube-scheduler"] ?? []),
    ],
  };
}

export function rolloutsSpec({ binaries, kubeconfigs, ports }: ComponentInputs): ProcessSpec {
  return {
    name: "rollouts-controller",
    command: binaries.path("rollouts-controller"),
    env: GO_ENV,
    args: [
      `--kubeconfig=${kubeconfigs.admin}`,
      "--namespace=argo-rollouts",
      "--leader-elect=false",
      `--metricsPort=${ports.rolloutsMetrics}`,
      `--healthzPort=${ports.rolloutsHealth}`,
      "--qps=500",
      "--burst=1000",
      "--loglevel=warn",
    ],
  };
}

function advertiseArgs({ hasNodes, plan }: ComponentInputs): string[] {
  if (hasNodes) return [`--advertise-address=${plan.hostIp}`];
  // Nobody needs `kubernetes.default` without real pods, and no address but loopback exists for it.
  return ["--advertise-address=192.0.2.1", "--endpoint-reconciler-type=none"];
}
