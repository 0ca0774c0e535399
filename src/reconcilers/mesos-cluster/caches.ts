import { MESOS_CLUSTER } from "../../api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import { CHILD_KINDS, type ChildKind } from "../../domain/operator/mesos-cluster/observed.ts";
import { byLabel } from "../../runtime/informer/indexes.ts";
import type { Informer } from "../../runtime/informer/informer.ts";
import type { Informers } from "../../runtime/informer/informers.ts";
import { KINDS } from "../../runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../runtime/kube/kube-object.ts";
import { isHeartbeat, projectNode, projectPod } from "./projections.ts";
import { BY_CLUSTER, type ClusterCaches } from "./ports.ts";

const OURS = "app.kubernetes.io/managed-by=orchestrator,orchestrator.io/owner=mesoscluster";
const indexes = { [BY_CLUSTER]: byLabel("orchestrator.io/cluster") };

function selectorText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([label, value]) => `${label}=${value}`)
    .join(",");
}

/** The caches of this reconciler: what carries our labels, the operator's own pods, and nodes without their heartbeats. */
export function mesosClusterCaches(
  informers: Informers,
  operator: { readonly namespace: string; readonly podSelector: Readonly<Record<string, string>> },
): ClusterCaches {
  const child = (kind: ChildKind): readonly [ChildKind, Informer<KubeObject>] => [
    kind,
    informers.of({ kind: KINDS[kind], labelSelector: OURS }, { indexes }),
  ];
  return {
    clusters: informers.of({ kind: MESOS_CLUSTER }),
    children: Object.fromEntries(CHILD_KINDS.map(child)) as ClusterCaches["children"],
    pods: informers.of(
      { kind: KINDS.Pod, labelSelector: OURS },
      { indexes, transform: projectPod },
    ),
    operatorPods: informers.of(
      {
        kind: KINDS.Pod,
        namespace: operator.namespace,
        labelSelector: selectorText(operator.podSelector),
      },
      { transform: projectPod },
    ),
    nodes: informers.of({ kind: KINDS.Node }, { transform: projectNode, isNoise: isHeartbeat }),
  };
}
