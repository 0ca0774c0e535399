import type { Belonging } from "../../manifests/labels.ts";
import { childLabels } from "../../manifests/labels.ts";
import type { Manifest, ManifestMeta, ManifestObject } from "../../manifests/manifest.ts";
import { belonging, type Component } from "./names.ts";
import type { ChildKind, Seen } from "./observed.ts";

const API_VERSIONS: Readonly<Record<ChildKind, string>> = {
  ServiceAccount: "v1",
  RoleBinding: "rbac.authorization.k8s.io/v1",
  ConfigMap: "v1",
  Service: "v1",
  NetworkPolicy: "networking.k8s.io/v1",
  PodDisruptionBudget: "policy/v1",
  StatefulSet: "apps/v1",
  DaemonSet: "apps/v1",
};

/** A child as it shall be. */
export interface DesiredChild {
  readonly kind: ChildKind;
  readonly name: string;
  readonly manifest: Manifest;
}

/**
 * Owner reference of the children. With `deletionPolicy: Orphan` children carry none, so that they stay when the object goes,
 * whether or not the operator is there at that moment.
 */
function ownerReferences(seen: Seen): Pick<ManifestMeta, "ownerReferences"> {
  const { metadata, spec } = seen.cluster;
  if (spec.deletionPolicy === "Orphan" || metadata.uid === undefined) return {};
  return {
    ownerReferences: [
      {
        apiVersion: "orchestrator.io/v1alpha1",
        kind: "MesosCluster",
        name: metadata.name,
        uid: metadata.uid,
        controller: true,
        blockOwnerDeletion: true,
      },
    ],
  };
}

/** The entries of `from` whose keys the installation lets children take over. */
function inherited(
  from: Readonly<Record<string, string>> | undefined,
  keys: readonly string[],
): Record<string, string> {
  const entries = keys.flatMap((key) => {
    const value = from?.[key];
    return value === undefined ? [] : [[key, value] as const];
  });
  return Object.fromEntries(entries);
}

/** A child of the cluster with the metadata that all of them have. */
export function buildChild(
  seen: Seen,
  kind: ChildKind,
  name: string,
  component: Component,
  body: ManifestObject,
  annotations: Readonly<Record<string, string>> = {},
): DesiredChild {
  const { cluster, operator } = seen;
  const labels: Belonging = belonging(cluster.metadata.name, component);
  const given = {
    ...inherited(cluster.metadata.annotations, operator.inheritAnnotations),
    ...annotations,
  };
  const manifest: Manifest = {
    apiVersion: API_VERSIONS[kind],
    kind,
    metadata: {
      name,
      namespace: cluster.metadata.namespace,
      labels: {
        ...inherited(cluster.metadata.labels, operator.inheritLabels),
        ...childLabels(labels),
        "app.kubernetes.io/version": operator.version,
      },
      ...(Object.keys(given).length === 0 ? {} : { annotations: given }),
      ...ownerReferences(seen),
    },
    ...body,
  };
  return { kind, name, manifest };
}
