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

/** A child of the cluster with the metadata that all of them have. */
export function buildChild(
  seen: Seen,
  kind: ChildKind,
  name: string,
  component: Component,
  body: ManifestObject,
  annotations: Readonly<Record<string, string>> = {},
): DesiredChild {
  const labels: Belonging = belonging(seen.cluster.metadata.name, component);
  const manifest: Manifest = {
    apiVersion: API_VERSIONS[kind],
    kind,
    metadata: {
      name,
      namespace: seen.cluster.metadata.namespace,
      labels: { ...childLabels(labels), "app.kubernetes.io/version": seen.operator.version },
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
      ...ownerReferences(seen),
    },
    ...body,
  };
  return { kind, name, manifest };
}
