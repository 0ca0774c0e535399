import {
  CHILD_KINDS,
  type OperatorSettings,
} from "../../domain/operator/mesos-cluster/observed.ts";
import { Controller, type ControllerParts } from "../../runtime/controller/controller.ts";
import type { Activity } from "../../runtime/manager/manager.ts";
import type { Informers } from "../../runtime/informer/informers.ts";
import {
  keyOf,
  objectKey,
  type KubeObject,
  type ObjectKey,
} from "../../runtime/kube/kube-object.ts";
import type { EventRecorder } from "../../runtime/ports/event-recorder.ts";
import { mesosClusterCaches } from "./caches.ts";
import type { AccountReviews } from "./ports.ts";
import { MesosClusterReconciler } from "./reconciler.ts";
import { TaskRelease } from "./task-release.ts";

export interface MesosClusterControllerParts extends Pick<
  ControllerParts,
  "kube" | "clock" | "random" | "logger" | "meter" | "maxConcurrent"
> {
  readonly informers: Informers;
  readonly events: EventRecorder;
  readonly reviews: AccountReviews;
  readonly operator: OperatorSettings;
}

/** The MesosCluster that a child or pod is labelled with. */
function ownerKeys(object: KubeObject): readonly ObjectKey[] {
  const { labels, namespace } = object.metadata;
  const cluster = labels?.["orchestrator.io/cluster"];
  return cluster === undefined || labels?.["orchestrator.io/owner"] !== "mesoscluster"
    ? []
    : [objectKey(namespace, cluster)];
}

/**
 * What the leader does for MesosClusters. The controller: one cluster per key, woken by itself, its children and pods, and, since they may be its
 * masters or its room, by the operator's pods and by nodes. Beside it, {@link TaskRelease}.
 */
export function createMesosClusterActivities(parts: MesosClusterControllerParts): Activity[] {
  const { informers, events, reviews, operator, ...common } = parts;
  const caches = mesosClusterCaches(informers, operator);
  const reconciler = new MesosClusterReconciler({
    caches,
    reader: parts.kube,
    reviews,
    events,
    clock: parts.clock,
    meter: parts.meter,
    operator,
  });
  const controller = new Controller({ ...common, name: "mesos-cluster", reconciler });
  const every = (): readonly ObjectKey[] => [...caches.clusters.list()].map(keyOf);
  controller.reconciles(caches.clusters);
  for (const kind of CHILD_KINDS) controller.owns(caches.children[kind], ownerKeys);
  controller
    .owns(caches.pods, ownerKeys)
    .owns(caches.operatorPods, every)
    .owns(caches.nodes, every);
  const { kube, clock, logger } = parts;
  return [controller, new TaskRelease({ caches, kube, clock, logger })];
}
