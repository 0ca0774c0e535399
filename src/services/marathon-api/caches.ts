import { MARATHON_APP } from "../../api/crd/v1alpha1/marathon-app/marathon-app.ts";
import type { SeenObject } from "../../domain/marathon/decide/marathon-app-seen.ts";
import { APP_LABEL } from "../../domain/marathon/manifests/names.ts";
import type { AppPod } from "../../domain/marathon/status/app-pod.ts";
import { projectPod } from "../../domain/marathon/status/project-pod.ts";
import type { VersionsObject } from "../../domain/marathon/versions/stored-versions.ts";
import type { Informer, IndexBy } from "../../runtime/informer/informer.ts";
import type { Informers } from "../../runtime/informer/informers.ts";
import { KINDS } from "../../runtime/kube/core-kinds.ts";
import { objectKey, type KubeObject } from "../../runtime/kube/kube-object.ts";

export type AppObject = SeenObject & KubeObject;
export type PodObject = AppPod & KubeObject;
export type VersionsConfigMap = VersionsObject & KubeObject;

export const BY_APP = "marathonApp";

/** What the API reads: a list answer comes from here, never from a list call. */
export interface ApiCaches {
  readonly apps: Informer<AppObject>;
  readonly pods: Informer<PodObject>;
  readonly versions: Informer<VersionsConfigMap>;
}

const byApp: IndexBy<KubeObject> = ({ metadata }) => {
  const name = metadata.labels?.[APP_LABEL];
  return name === undefined ? [] : [objectKey(metadata.namespace, name)];
};

/** @param namespace where all apps are; absent: they are in several */
export function apiCaches(informers: Informers, namespace?: string): ApiCaches {
  const where = namespace === undefined ? {} : { namespace };
  const ofApps = { ...where, labelSelector: APP_LABEL };
  return {
    apps: informers.of({ kind: MARATHON_APP, ...where }),
    pods: informers.of<PodObject>(
      { kind: KINDS.Pod, ...ofApps },
      { indexes: { [BY_APP]: byApp }, transform: projectPod<PodObject> },
    ),
    versions: informers.of({ kind: KINDS.ConfigMap, ...ofApps }),
  };
}
