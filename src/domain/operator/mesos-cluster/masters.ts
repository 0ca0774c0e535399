import { childLabels, selectorLabels } from "../../manifests/labels.ts";
import type { ManifestObject } from "../../manifests/manifest.ts";
import {
  API_TOKEN_VOLUME,
  POD_DEFAULTS,
  RESTRICTED_POD,
  TMP_VOLUME,
} from "../../manifests/pod-defaults.ts";
import { overridePodTemplate } from "../../manifests/pod-overrides.ts";
import type { DesiredChild } from "./child.ts";
import { buildChild } from "./child.ts";
import { electionArgs, type TemplateElection } from "./decide-election.ts";
import { belonging, childNames, MASTER_PORT, RESTART_ANNOTATION } from "./names.ts";
import type { Seen } from "./observed.ts";
import { buildProcessContainer } from "./process-container.ts";
import { zooKeeperTarget } from "./zookeeper-target.ts";

const ZK_AUTH = "ORCHESTRATOR_MASTER_ZK_AUTH";
const TOPOLOGY_KEYS = ["kubernetes.io/hostname", "topology.kubernetes.io/zone"];

function spreading(seen: Seen): ManifestObject {
  const labelSelector = {
    matchLabels: selectorLabels(belonging(seen.cluster.metadata.name, "master")),
  };
  const hard = seen.cluster.spec.masters.spread === "Hard";
  return {
    topologySpreadConstraints: TOPOLOGY_KEYS.map((topologyKey) => ({
      topologyKey,
      maxSkew: 1,
      whenUnsatisfiable: hard ? "DoNotSchedule" : "ScheduleAnyway",
      labelSelector,
    })),
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          {
            weight: 100,
            podAffinityTerm: { topologyKey: "kubernetes.io/hostname", labelSelector },
          },
        ],
      },
    },
  };
}

/** Credentials for ZooKeeper: of a Secret of type kubernetes.io/basic-auth, or those that the address holds. */
function zooKeeperEnv({ cluster }: Seen): readonly ManifestObject[] {
  const secret = cluster.spec.zookeeper?.external?.authSecretRef?.name;
  if (secret !== undefined) {
    const fromSecret = (name: string, key: string): ManifestObject => ({
      name,
      valueFrom: { secretKeyRef: { name: secret, key } },
    });
    return [
      fromSecret("ZK_USERNAME", "username"),
      fromSecret("ZK_PASSWORD", "password"),
      { name: ZK_AUTH, value: "$(ZK_USERNAME):$(ZK_PASSWORD)" },
    ];
  }
  const target = zooKeeperTarget(cluster.spec);
  const credentials = target?.ok === true ? target.value.credentials : undefined;
  // The kubelet reads $(…) as a reference to another variable, $$ as $.
  const value = credentials?.replaceAll("$", () => "$$");
  return value === undefined ? [] : [{ name: ZK_AUTH, value }];
}

function masterContainer(seen: Seen, election: TemplateElection): ManifestObject {
  const { cluster, operator } = seen;
  const { namespace, name } = cluster.metadata;
  return buildProcessContainer({
    name: "master",
    image: cluster.spec.image ?? operator.image,
    args: ["master", `--cluster=${namespace}/${name}`, ...electionArgs(election)],
    env: zooKeeperEnv(seen),
    port: { name: "api", containerPort: MASTER_PORT },
    resources: cluster.spec.masters.resources,
    volumeMounts: [],
  });
}

/** The template of Dedicated masters: a function of the spec, the operator's image and the election alone: nothing else restarts them. */
export function buildMasterTemplate(seen: Seen, election: TemplateElection): ManifestObject {
  const { cluster } = seen;
  const restartAt = cluster.metadata.annotations?.[RESTART_ANNOTATION];
  const template: ManifestObject = {
    metadata: {
      labels: childLabels(belonging(cluster.metadata.name, "master")),
      ...(restartAt === undefined ? {} : { annotations: { [RESTART_ANNOTATION]: restartAt } }),
    },
    spec: {
      serviceAccountName: childNames(cluster.metadata.name).master,
      ...POD_DEFAULTS,
      securityContext: RESTRICTED_POD,
      ...spreading(seen),
      containers: [masterContainer(seen, election)],
      volumes: [API_TOKEN_VOLUME, TMP_VOLUME],
    },
  };
  return overridePodTemplate(template, cluster.spec.masters, "master");
}

/** The StatefulSet of Dedicated masters. Rolled by us (OnDelete), without volumes: state is in the registry or rebuilt. */
export function buildMasterSet(
  seen: Seen,
  template: ManifestObject,
  annotations: Readonly<Record<string, string>>,
): DesiredChild {
  const names = childNames(seen.cluster.metadata.name);
  return buildChild(
    seen,
    "StatefulSet",
    names.master,
    "master",
    {
      spec: {
        replicas: seen.cluster.spec.masters.replicas,
        serviceName: names.masterPeers,
        podManagementPolicy: "Parallel",
        updateStrategy: { type: "OnDelete" },
        selector: {
          matchLabels: selectorLabels(belonging(seen.cluster.metadata.name, "master")),
        },
        template,
      },
    },
    annotations,
  );
}

/** Never more than one master is taken away by a drain; a stuck one does not block it. */
export function buildMasterBudget(seen: Seen): DesiredChild {
  const { name } = seen.cluster.metadata;
  return buildChild(seen, "PodDisruptionBudget", childNames(name).master, "master", {
    spec: {
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: "AlwaysAllow",
      selector: { matchLabels: selectorLabels(belonging(name, "master")) },
    },
  });
}
