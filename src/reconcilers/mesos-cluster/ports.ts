import type { ChildKind, OperatorSettings } from "../../domain/operator/mesos-cluster/observed.ts";
import type { Informer } from "../../runtime/informer/informer.ts";
import type { KubeObject } from "../../runtime/kube/kube-object.ts";
import type { Clock } from "../../runtime/ports/clock.ts";
import type { EventRecorder } from "../../runtime/ports/event-recorder.ts";
import type { KubeReader } from "../../runtime/ports/kube-transport.ts";
import type { Meter } from "../../runtime/ports/meter.ts";
import type { ClusterObject, NodeObject, PodObject } from "./kube-objects.ts";

/** Name of the index of children and pods by the label `orchestrator.io/cluster`. */
export const BY_CLUSTER = "cluster";

/** What is followed for this kind. Children and pods are indexed {@link BY_CLUSTER}. */
export interface ClusterCaches {
  readonly clusters: Informer<ClusterObject>;
  /** Objects with label `app.kubernetes.io/managed-by: orchestrator`. */
  readonly children: Readonly<Record<ChildKind, Informer<KubeObject>>>;
  /** Pods with label `orchestrator.io/owner: mesoscluster`. */
  readonly pods: Informer<PodObject>;
  /** The operator's own pods, whose sidecars may be masters. */
  readonly operatorPods: Informer<PodObject>;
  readonly nodes: Informer<NodeObject>;
}

/** What the API server lets an account do. A yes may be some minutes old. */
export interface AccountReviews {
  mayListEverywhere(
    account: { readonly namespace: string; readonly name: string },
    resource: "nodes" | "pods",
    signal: AbortSignal,
  ): Promise<boolean>;
}

export interface MesosClusterParts {
  readonly caches: ClusterCaches;
  /** For what is read on demand: ControllerRevisions, and objects that hold a name of ours. */
  readonly reader: Pick<KubeReader, "get" | "list">;
  readonly reviews: AccountReviews;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly operator: OperatorSettings;
}
