import { selectorLabels } from "../../manifests/labels.ts";
import type { ManifestObject } from "../../manifests/manifest.ts";
import type { DesiredChild } from "./child.ts";
import { buildChild } from "./child.ts";
import {
  AGENT_PORT,
  belonging,
  childNames,
  HEALTH_PORT,
  MASTER_PORT,
  METRICS_PORT,
} from "./names.ts";
import type { Seen } from "./observed.ts";

const tcp = (port: number): ManifestObject => ({ protocol: "TCP", port });
const METRICS_PEERS: ManifestObject = {
  from: [{ namespaceSelector: { matchLabels: { metrics: "enabled" } } }],
  ports: [tcp(METRICS_PORT)],
};
/** Kubelets probe from addresses that no selector names. */
const HEALTH: ManifestObject = { ports: [tcp(HEALTH_PORT)] };

function policy(
  seen: Seen,
  component: "master" | "agent",
  ingress: readonly ManifestObject[],
): DesiredChild {
  const { name } = seen.cluster.metadata;
  return buildChild(seen, "NetworkPolicy", childNames(name)[component], component, {
    spec: {
      podSelector: { matchLabels: selectorLabels(belonging(name, component)) },
      policyTypes: ["Ingress"],
      ingress: [...ingress, HEALTH, METRICS_PEERS],
    },
  });
}

/** Who reaches masters and agents: everybody who may the API, and the cluster's own processes the agents. */
export function buildNetworkPolicies(seen: Seen, dedicated: boolean): DesiredChild[] {
  const { networkPolicy } = seen.cluster.spec.security;
  if (!networkPolicy.enabled) return [];
  const peers = networkPolicy.from as readonly ManifestObject[];
  const from = peers.length === 0 ? [{ namespaceSelector: {} }] : peers;
  const pods = (labels: Readonly<Record<string, string>>): ManifestObject => ({
    podSelector: { matchLabels: labels },
  });
  return [
    ...(dedicated ? [policy(seen, "master", [{ from, ports: [tcp(MASTER_PORT)] }])] : []),
    ...(seen.cluster.spec.agents.enabled
      ? [
          policy(seen, "agent", [
            {
              from: [
                pods(seen.operator.podSelector),
                pods({ "orchestrator.io/cluster": seen.cluster.metadata.name }),
                pods({ "orchestrator.io/pool": seen.cluster.metadata.name }),
                pods({
                  "app.kubernetes.io/component": "topology",
                  "app.kubernetes.io/part-of": "orchestrator",
                }),
                pods({
                  "app.kubernetes.io/component": "api",
                  "app.kubernetes.io/part-of": "orchestrator",
                }),
              ],
              ports: [tcp(AGENT_PORT)],
            },
          ]),
        ]
      : []),
  ];
}
