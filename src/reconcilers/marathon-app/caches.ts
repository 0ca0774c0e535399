import { MARATHON_APP } from "../../api/crd/v1alpha1/marathon-app/marathon-app.ts";
import { MESOS_CLUSTER } from "../../api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import { projectPod } from "../../domain/marathon/status/project-pod.ts";
import { resolvePath } from "../../domain/marathon/app/app-path.ts";
import { APP_LABEL } from "../../domain/marathon/manifests/names.ts";
import type { Informers } from "../../runtime/informer/informers.ts";
import type { IndexBy } from "../../runtime/informer/informer.ts";
import { KINDS } from "../../runtime/kube/core-kinds.ts";
import { objectKey, type KubeObject } from "../../runtime/kube/kube-object.ts";
import type { AppObject, MarathonAppCaches, PodObject } from "./ports.ts";

export const INDEX = {
  /** Pods and Services by `namespace/app name`. */
  app: "marathonApp",
  /** Apps by `namespace` + Marathon id. */
  id: "marathonId",
  /** Apps by `namespace` + a path they depend on. */
  dependency: "marathonDependency",
} as const;

const byApp: IndexBy<KubeObject> = ({ metadata }) => {
  const name = metadata.labels?.[APP_LABEL];
  return name === undefined ? [] : [objectKey(metadata.namespace, name)];
};
const byId: IndexBy<AppObject> = ({ metadata, spec }) => [`${metadata.namespace ?? ""} ${spec.id}`];
const byDependency: IndexBy<AppObject> = ({ metadata, spec }) =>
  spec.dependencies.map((path) => `${metadata.namespace ?? ""} ${resolvePath(path)}`);

/** The caches of this reconciler; children are found by the app's label, so nothing else of the cluster is held. */
export function marathonAppCaches(informers: Informers): MarathonAppCaches {
  const ofApps = { labelSelector: APP_LABEL };
  const indexes = { [INDEX.app]: byApp };
  return {
    apps: informers.of<AppObject>(
      { kind: MARATHON_APP },
      { indexes: { [INDEX.id]: byId, [INDEX.dependency]: byDependency } },
    ),
    clusters: informers.of({ kind: MESOS_CLUSTER }),
    rollouts: informers.of({ kind: KINDS.Rollout, ...ofApps }),
    services: informers.of({ kind: KINDS.Service, ...ofApps }, { indexes }),
    budgets: informers.of({ kind: KINDS.PodDisruptionBudget, ...ofApps }),
    versions: informers.of({ kind: KINDS.ConfigMap, ...ofApps }),
    pods: informers.of<PodObject>(
      { kind: KINDS.Pod, ...ofApps },
      { indexes, transform: projectPod<PodObject> },
    ),
    nodes: informers.of({ kind: KINDS.Node, mode: "metadata" }),
  };
}
