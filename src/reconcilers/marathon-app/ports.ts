import type { MarathonApp } from "../../api/crd/v1alpha1/marathon-app/marathon-app.ts";
import type { MesosCluster } from "../../api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import type { SeenChild, SeenService } from "../../domain/marathon/decide/marathon-app-seen.ts";
import type { AppPod } from "../../domain/marathon/status/app-pod.ts";
import type { VersionsObject } from "../../domain/marathon/versions/stored-versions.ts";
import type { LiveRollout } from "../../domain/marathon/status/rollout-state.ts";
import type { Informer } from "../../runtime/informer/informer.ts";
import type { KubeObject } from "../../runtime/kube/kube-object.ts";
import type { Condition } from "../../runtime/status/condition.ts";

export type AppObject = MarathonApp & KubeObject;
export type ClusterObject = MesosCluster & KubeObject;
export type RolloutObject = LiveRollout & KubeObject;
export type PodObject = AppPod & KubeObject;
export type ServiceObject = SeenService & KubeObject;
export type BudgetObject = SeenChild & KubeObject;
/** The recorded versions of an app. */
export type VersionsConfigMap = VersionsObject & KubeObject;

/** The stored conditions; the API server has checked them against the schema. */
export function conditionsOf({ status }: Pick<MarathonApp, "status">): readonly Condition[] {
  return (status?.conditions ?? []) as readonly Condition[];
}

/** Caches that a look at an app reads; see `caches.ts` for their selections. */
export interface MarathonAppCaches {
  readonly apps: Informer<AppObject>;
  readonly clusters: Informer<ClusterObject>;
  readonly rollouts: Informer<RolloutObject>;
  readonly services: Informer<ServiceObject>;
  readonly budgets: Informer<BudgetObject>;
  readonly versions: Informer<VersionsConfigMap>;
  readonly pods: Informer<PodObject>;
  /** Metadata only: constraints read labels. */
  readonly nodes: Informer<KubeObject>;
}
