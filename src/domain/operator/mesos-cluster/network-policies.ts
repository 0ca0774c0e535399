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
  SIDECAR_HEALTH_PORT,
} from "./names.ts";
import type { Seen } from "./observed.ts";
import type { Placement } from "./placement.ts";

type Labels = Readonly<Record<string, string>>;

const tcp = (port: number): ManifestObject => ({ protocol: "TCP", port });
const pods = (matchLabels: Labels): ManifestObject => ({ podSelector: { matchLabels } });
/** Kubelets probe from addresses that no selector names. */
const health = (...ports: readonly number[]): ManifestObject => ({ ports: ports.map(tcp) });

function policy(
  seen: Seen,
  name: string,
  component: "master" | "agent",
  selected: Labels,
  ingress: readonly ManifestObject[],
): DesiredChild {
  return buildChild(seen, "NetworkPolicy", name, component, {
    spec: { podSelector: { matchLabels: selected }, policyTypes: ["Ingress"], ingress },
  });
}

/** The API is for who is named in the spec, by default pods of all namespaces; and always for the cluster's own agents. */
function apiIngress(seen: Seen): ManifestObject {
  const named = seen.cluster.spec.security.networkPolicy.from as readonly ManifestObject[];
  const from =
    named.length === 0
      ? [{ namespaceSelector: {} }]
      : [...named, pods({ "orchestrator.io/cluster": seen.cluster.metadata.name })];
  return { from, ports: [tcp(MASTER_PORT)] };
}

function masterPolicies(seen: Seen, placement: Placement): DesiredChild[] {
  const { name } = seen.cluster.metadata;
  const names = childNames(name);
  const own = selectorLabels(belonging(name, "master"));
  const sidecar =
    placement.serving === "Sidecar" || seen.cluster.spec.masters.placement === "Sidecar";
  const dedicatedIngress = [apiIngress(seen), health(HEALTH_PORT)];
  const sidecarIngress = [apiIngress(seen), health(HEALTH_PORT, SIDECAR_HEALTH_PORT)];
  const operator = seen.operator.podSelector;
  return [
    ...(placement.dedicated ? [policy(seen, names.master, "master", own, dedicatedIngress)] : []),
    // A sidecar's pods are the operator's.
    ...(sidecar ? [policy(seen, names.masterSidecar, "master", operator, sidecarIngress)] : []),
  ];
}

function agentPolicy(seen: Seen): DesiredChild {
  const { name } = seen.cluster.metadata;
  const ofProduct = (component: string): ManifestObject =>
    pods({
      "app.kubernetes.io/component": component,
      "app.kubernetes.io/part-of": "orchestrator",
    });
  const from = [
    pods(seen.operator.podSelector),
    pods({ "orchestrator.io/cluster": name }),
    pods({ "orchestrator.io/pool": name }),
    ofProduct("topology"),
    ofProduct("api"),
  ];
  const selected = selectorLabels(belonging(name, "agent"));
  return policy(seen, childNames(name).agent, "agent", selected, [
    { from, ports: [tcp(AGENT_PORT)] },
    health(HEALTH_PORT),
  ]);
}

/** Who reaches masters and agents: everybody who may the API, and the cluster's own processes the agents. */
export function buildNetworkPolicies(seen: Seen, placement: Placement): DesiredChild[] {
  const { security, agents } = seen.cluster.spec;
  if (!security.networkPolicy.enabled) return [];
  return [...masterPolicies(seen, placement), ...(agents.enabled ? [agentPolicy(seen)] : [])];
}
