import type { MesosClusterStatus } from "../../api/crd/v1alpha1/mesos-cluster/status.ts";
import type { KubeObject } from "../../runtime/kube/kube-object.ts";

/** A MesosCluster as it is stored; its spec is parsed before anything is decided. */
export interface ClusterObject extends KubeObject {
  readonly spec?: unknown;
  readonly status?: MesosClusterStatus;
}

interface KubeCondition {
  readonly type: string;
  readonly status: string;
  readonly lastTransitionTime?: string;
}

/** As much of a pod as is read here. */
export interface PodObject extends KubeObject {
  readonly spec?: { readonly nodeName?: string };
  readonly status?: { readonly conditions?: readonly KubeCondition[] };
}

/** As much of a node as is read here. */
export interface NodeObject extends KubeObject {
  readonly status?: { readonly conditions?: readonly KubeCondition[] };
}

/** Stored pod template of a StatefulSet or DaemonSet. */
export interface RevisionObject extends KubeObject {
  readonly revision?: number;
  readonly data?: { readonly spec?: { readonly template?: object } };
}

/** The condition `Ready` of a pod or node, if it is true. */
export function readyCondition(object: PodObject | NodeObject): KubeCondition | undefined {
  return object.status?.conditions?.find(
    ({ type, status }) => type === "Ready" && status === "True",
  );
}
