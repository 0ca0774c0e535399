import type { MesosCluster } from "../../../api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import type { ManifestObject } from "../../manifests/manifest.ts";

/** Kinds of the children of a MesosCluster. */
export const CHILD_KINDS = [
  "ServiceAccount",
  "RoleBinding",
  "ConfigMap",
  "Service",
  "NetworkPolicy",
  "PodDisruptionBudget",
  "StatefulSet",
  "DaemonSet",
] as const;
export type ChildKind = (typeof CHILD_KINDS)[number];

/** A child as the API server has it; `raw` is the whole object. */
export interface LiveChild {
  readonly kind: ChildKind;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly owners: readonly {
    readonly kind: string;
    readonly name: string;
    readonly uid: string;
  }[];
  readonly deleting: boolean;
  readonly raw: ManifestObject;
}

/** A pod of a master or an agent. */
export interface LivePod {
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Label `controller-revision-hash`; "" for pods of the operator's Deployment. */
  readonly revision: string;
  readonly node: string;
  readonly ready: boolean;
  /** When the pod last became ready; 0 while it is not. */
  readonly readySinceMs: number;
  readonly createdMs: number;
  readonly deleting: boolean;
}

/** Stored pod templates of one StatefulSet or DaemonSet. */
export interface LiveRevision {
  readonly owner: string;
  /** Value that pods carry as `controller-revision-hash`. */
  readonly hash: string;
  readonly number: number;
  readonly template: ManifestObject;
}

export interface LiveNode {
  readonly name: string;
  readonly ready: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

/** As much of another MesosCluster as decides who was first. */
export interface OtherCluster {
  readonly namespace: string;
  readonly name: string;
  readonly createdMs: number;
  readonly sidecar: boolean;
  /** Labels of the nodes its agents run on; undefined when it has no agents, or chooses nodes in a way not compared here. */
  readonly nodeSelector?: Readonly<Record<string, string>>;
}

/** What the operator brings along: the same for all clusters. */
export interface OperatorSettings {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Labels that select the operator's own pods. */
  readonly podSelector: Readonly<Record<string, string>>;
  readonly image: string;
  /** Image with a shell, for agents with host access and for tasks without an image. */
  readonly nodeImage: string;
  readonly version: string;
  /** Keys of labels and annotations that children take over from their object. */
  readonly inheritLabels: readonly string[];
  readonly inheritAnnotations: readonly string[];
}

/** Everything that one decision rests on. */
export interface Seen {
  readonly cluster: MesosCluster & { readonly metadata: { readonly namespace: string } };
  readonly nowMs: number;
  readonly operator: OperatorSettings;
  /** Objects under the names of our children, ours or not, and whatever else carries our labels. */
  readonly children: readonly LiveChild[];
  readonly masterPods: readonly LivePod[];
  readonly agentPods: readonly LivePod[];
  readonly operatorPods: readonly LivePod[];
  readonly revisions: readonly LiveRevision[];
  readonly nodes: readonly LiveNode[];
  /** Every other MesosCluster that the operator sees. */
  readonly others: readonly OtherCluster[];
  /** Components whose own account may not read the cluster: nobody has bound it to their cluster-wide role. */
  readonly unbound: readonly ("master" | "agent")[];
}
