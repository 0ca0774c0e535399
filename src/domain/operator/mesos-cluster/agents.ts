import { childLabels, selectorLabels } from "../../manifests/labels.ts";
import type { ManifestObject } from "../../manifests/manifest.ts";
import {
  API_TOKEN_VOLUME,
  audienceTokenVolume,
  fieldEnv,
  POD_DEFAULTS,
  RESTRICTED_POD,
  TMP_VOLUME,
} from "../../manifests/pod-defaults.ts";
import { overridePodTemplate } from "../../manifests/pod-overrides.ts";
import { agentHostAccess } from "./agent-host-access.ts";
import type { DesiredChild } from "./child.ts";
import { buildChild } from "./child.ts";
import { AGENT_PORT, belonging, childNames, RESTART_ANNOTATION } from "./names.ts";
import type { Seen } from "./observed.ts";
import { buildProcessContainer } from "./process-container.ts";

const MASTER_AUDIENCE = "orchestrator-master";
const CONFIG_MOUNT: ManifestObject = {
  name: "config",
  mountPath: "/etc/orchestrator",
  readOnly: true,
};
const MASTER_TOKEN_MOUNT: ManifestObject = {
  name: "master-token",
  mountPath: "/var/run/secrets/orchestrator/master",
  readOnly: true,
};
const WORK_DIR_MOUNT: ManifestObject = { name: "work-dir", mountPath: "/var/lib/mesos" };

function agentContainer(seen: Seen, image: string): ManifestObject {
  return buildProcessContainer({
    name: "agent",
    image,
    args: ["agent", "--config=/etc/orchestrator/agent.yaml", "--node-name=$(NODE_NAME)"],
    env: [fieldEnv("NODE_NAME", "spec.nodeName"), fieldEnv("HOST_IP", "status.hostIP")],
    port: { name: "agent", containerPort: AGENT_PORT },
    resources: seen.cluster.spec.agents.podResources,
    volumeMounts: [MASTER_TOKEN_MOUNT, CONFIG_MOUNT, WORK_DIR_MOUNT],
  });
}

/** The template of agents. Their configuration is a mounted ConfigMap that they reload, so it is no part of the template. */
export function buildAgentTemplate(seen: Seen): ManifestObject {
  const { cluster, operator } = seen;
  const { agents } = cluster.spec;
  const names = childNames(cluster.metadata.name);
  const host = agentHostAccess(agents);
  const restartAt = cluster.metadata.annotations?.[RESTART_ANNOTATION];
  const runtimeImage = cluster.spec.image ?? operator.image;
  const template: ManifestObject = {
    metadata: {
      labels: childLabels(belonging(cluster.metadata.name, "agent")),
      ...(restartAt === undefined ? {} : { annotations: { [RESTART_ANNOTATION]: restartAt } }),
    },
    spec: {
      serviceAccountName: names.agent,
      ...POD_DEFAULTS,
      securityContext: RESTRICTED_POD,
      containers: [agentContainer(seen, host === undefined ? runtimeImage : operator.nodeImage)],
      volumes: [
        API_TOKEN_VOLUME,
        audienceTokenVolume("master-token", MASTER_AUDIENCE),
        { name: "config", configMap: { name: names.agent } },
        { name: "work-dir", emptyDir: {} },
        TMP_VOLUME,
      ],
    },
  };
  const reached = host === undefined ? template : host(template);
  return overridePodTemplate(reached, agents, "agent");
}

/** One agent per node, rolled by us (OnDelete). */
export function buildAgentSet(
  seen: Seen,
  template: ManifestObject,
  annotations: Readonly<Record<string, string>>,
): DesiredChild {
  const { name } = seen.cluster.metadata;
  return buildChild(
    seen,
    "DaemonSet",
    childNames(name).agent,
    "agent",
    {
      spec: {
        updateStrategy: { type: "OnDelete" },
        selector: { matchLabels: selectorLabels(belonging(name, "agent")) },
        template,
      },
    },
    annotations,
  );
}
