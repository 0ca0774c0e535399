import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AddressPlan } from "../address-plan.ts";
import type { Binaries } from "../binaries/ensure-binaries.ts";
import { until } from "../host/until.ts";
import { enterNamespace } from "../nodes/network.ts";
import type { ProcessSpec } from "../supervisor.ts";
import type { ApiClient } from "./api-client.ts";

/**
 * coredns in the hub's namespace: port 53 is free there whatever the host runs, and every node
 * reaches it. Pods see it at the usual service address.
 */
export function dnsSpec(
  binaries: Binaries,
  plan: AddressPlan,
  stateDir: string,
  kubeconfig: string,
): ProcessSpec {
  const corefile = join(stateDir, "Corefile");
  writeFileSync(
    corefile,
    `.:53 {
  bind ${plan.hubIp}
  errors
  ready ${plan.hubIp}:8181
  kubernetes cluster.local in-addr.arpa {
    kubeconfig ${kubeconfig}
    pods verified
    ttl 5
  }
}
`,
  );
  const inner = [binaries.path("coredns"), "-conf", corefile];
  return { name: "coredns", ...enterNamespace(plan.hubNamespace, inner) };
}

/** Rights of coredns, the Service `kube-dns`, and an EndpointSlice that points at the process. */
export async function installDns(api: ApiClient, plan: AddressPlan): Promise<void> {
  const rbac = "/apis/rbac.authorization.k8s.io/v1";
  const watch = ["list", "watch"];
  await api.apply(
    `${rbac}/clusterroles/system:coredns`,
    JSON.stringify({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: "system:coredns" },
      rules: [
        { apiGroups: [""], resources: ["services", "pods", "namespaces"], verbs: watch },
        { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: watch },
      ],
    }),
  );
  await api.apply(
    `${rbac}/clusterrolebindings/system:coredns`,
    JSON.stringify({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: "system:coredns" },
      roleRef: {
        apiGroup: "rbac.authorization.k8s.io",
        kind: "ClusterRole",
        name: "system:coredns",
      },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "system:coredns" }],
    }),
  );
  const ports = [
    { name: "dns", port: 53, protocol: "UDP" },
    { name: "dns-tcp", port: 53, protocol: "TCP" },
  ];
  await api.apply(
    "/api/v1/namespaces/kube-system/services/kube-dns",
    JSON.stringify({
      apiVersion: "v1",
      kind: "Service",
      metadata: {
        name: "kube-dns",
        namespace: "kube-system",
        labels: { "k8s-app": "kube-dns", "kubernetes.io/name": "CoreDNS" },
      },
      spec: { clusterIP: plan.dnsServiceIp, ports },
    }),
  );
  await api.apply(
    "/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices/kube-dns",
    JSON.stringify({
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: {
        name: "kube-dns",
        namespace: "kube-system",
        labels: { "kubernetes.io/service-name": "kube-dns" },
      },
      addressType: "IPv4",
      ports,
      endpoints: [{ addresses: [plan.hubIp], conditions: { ready: true } }],
    }),
  );
}

export async function waitForDns(
  plan: AddressPlan,
  signal: AbortSignal | undefined,
): Promise<void> {
  await until(
    "cluster DNS ready",
    async () =>
      (await fetch(`http://${plan.hubIp}:8181/ready`, { signal: AbortSignal.timeout(2_000) })).ok,
    { timeoutMs: 60_000, signal },
  );
}
