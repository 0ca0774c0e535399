import type { MarathonApp } from "../../api/crd/v1alpha1/marathon-app/marathon-app.ts";
import type { MesosCluster } from "../../api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import type { SeenChild, SeenService } from "../../domain/marathon/decide/marathon-app-seen.ts";
import type { AppPod } from "../../domain/marathon/status/app-pod.ts";
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
/** The recorded versions of an app: gzip JSON in base64 by version. */
export type VersionsObject = KubeObject & {
  readonly binaryData?: Readonly<Record<string, string>>;
};

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
  readonly versions: Informer<VersionsObject>;
  readonly pods: Informer<PodObject>;
  /** Metadata only: constraints read labels. */
  readonly nodes: Informer<KubeObject>;
}

/** Packs recorded versions; an adapter of the compression that ConfigMaps need to stay below their limit. */
export interface VersionCodec {
  /** Base64 of the compressed JSON. */
  pack(value: unknown): string;
  /** @throws when the text is damaged. */
  unpack(packed: string): unknown;
}
