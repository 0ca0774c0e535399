import type { ManifestObject } from "../../manifests/manifest.ts";
import { selectorLabels } from "../../manifests/labels.ts";
import type { DesiredChild } from "./child.ts";
import { buildChild } from "./child.ts";
import { AGENT_PORT, belonging, childNames, LEADER_LABEL, MASTER_PORT } from "./names.ts";
import type { Seen } from "./observed.ts";
import type { ServingMasters } from "./placement.ts";

type Selector = Readonly<Record<string, string>>;

/** Pods that serve the Mesos API: the operator's own, or those of the cluster's StatefulSet. */
export function masterSelector(seen: Seen, serving: ServingMasters): Selector {
  return serving === "Sidecar"
    ? seen.operator.podSelector
    : selectorLabels(belonging(seen.cluster.metadata.name, "master"));
}

function apiPort(seen: Seen): ManifestObject {
  const { service } = seen.cluster.spec.masters;
  return {
    name: "api",
    port: service.port,
    targetPort: MASTER_PORT,
    protocol: "TCP",
    ...(service.nodePort === undefined ? {} : { nodePort: service.nodePort }),
  };
}

function masterService(seen: Seen, name: string, selector: Selector): DesiredChild {
  const { service } = seen.cluster.spec.masters;
  return buildChild(
    seen,
    "Service",
    name,
    "master",
    { spec: { type: service.type, ports: [apiPort(seen)], selector } },
    service.annotations,
  );
}

function leaderService(seen: Seen, name: string, selector: Selector): DesiredChild {
  const { port } = seen.cluster.spec.masters.service;
  return buildChild(seen, "Service", name, "master", {
    spec: {
      type: "ClusterIP",
      ports: [{ name: "api", port, targetPort: MASTER_PORT, protocol: "TCP" }],
      selector: { ...selector, [LEADER_LABEL]: "true" },
    },
  });
}

function peersService(seen: Seen, name: string): DesiredChild {
  return buildChild(seen, "Service", name, "master", {
    spec: {
      clusterIP: "None",
      publishNotReadyAddresses: true,
      ports: [{ name: "api", port: MASTER_PORT, targetPort: MASTER_PORT, protocol: "TCP" }],
      selector: masterSelector(seen, "Dedicated"),
    },
  });
}

/** Node-local: an executor reaches its own node's agent, also while no master knows it. */
function agentService(seen: Seen, name: string): DesiredChild {
  return buildChild(seen, "Service", name, "agent", {
    spec: {
      type: "ClusterIP",
      internalTrafficPolicy: "Local",
      publishNotReadyAddresses: true,
      ports: [{ name: "agent", port: AGENT_PORT, targetPort: AGENT_PORT, protocol: "TCP" }],
      selector: selectorLabels(belonging(seen.cluster.metadata.name, "agent")),
    },
  });
}

/** The Services of a cluster. */
export function buildServices(
  seen: Seen,
  serving: ServingMasters,
  dedicated: boolean,
): DesiredChild[] {
  const names = childNames(seen.cluster.metadata.name);
  const selector = masterSelector(seen, serving);
  return [
    masterService(seen, names.master, selector),
    leaderService(seen, names.masterLeader, selector),
    ...(dedicated ? [peersService(seen, names.masterPeers)] : []),
    ...(seen.cluster.spec.agents.enabled ? [agentService(seen, names.agent)] : []),
  ];
}
