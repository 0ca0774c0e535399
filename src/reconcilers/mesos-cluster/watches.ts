import type { Controller } from "../../runtime/controller/controller.ts";
import {
  keyOf,
  objectKey,
  type KubeObject,
  type ObjectKey,
} from "../../runtime/kube/kube-object.ts";
import { CHILD_KINDS } from "../../domain/operator/mesos-cluster/observed.ts";
import type { ClusterCaches } from "./ports.ts";

/** The MesosCluster that a child or pod is labelled with. */
function ownerKeys(object: KubeObject): readonly ObjectKey[] {
  const { labels, namespace } = object.metadata;
  const cluster = labels?.["orchestrator.io/cluster"];
  return cluster === undefined || labels?.["orchestrator.io/owner"] !== "mesoscluster"
    ? []
    : [objectKey(namespace, cluster)];
}

/** Which changes make a MesosCluster worth another look. */
export function watchMesosClusters(controller: Controller, caches: ClusterCaches): void {
  const every = (): readonly ObjectKey[] => [...caches.clusters.list()].map(keyOf);
  controller.reconciles(caches.clusters);
  for (const kind of CHILD_KINDS) controller.owns(caches.children[kind], ownerKeys);
  controller.owns(caches.pods, ownerKeys);
  controller.owns(caches.operatorPods, every);
  controller.owns(caches.nodes, every);
}
