import type { KubeKind } from "./kube/kube-kind.ts";
import type { KubeObject } from "./kube/kube-object.ts";
import type { KubeAction } from "./apply/kube-action.ts";

/** Keeps an object until what it owns outside the cluster is cleaned up. */
export const CLEANUP_FINALIZER = "orchestrator.io/cleanup";

export function hasFinalizer(object: KubeObject, finalizer = CLEANUP_FINALIZER): boolean {
  return object.metadata.finalizers?.includes(finalizer) ?? false;
}

export function isBeingDeleted(object: KubeObject): boolean {
  return object.metadata.deletionTimestamp !== undefined;
}

/** The write that adds the finalizer; with the resourceVersion seen, so that it never brings a deleted object back. */
export function addFinalizer(
  kind: KubeKind,
  live: KubeObject,
  finalizer = CLEANUP_FINALIZER,
): KubeAction {
  return setFinalizers(kind, live, [...(live.metadata.finalizers ?? []), finalizer]);
}

/** The write that lets the object go; other finalizers stay. */
export function removeFinalizer(
  kind: KubeKind,
  live: KubeObject,
  finalizer = CLEANUP_FINALIZER,
): KubeAction {
  const rest = (live.metadata.finalizers ?? []).filter((name) => name !== finalizer);
  return setFinalizers(kind, live, rest);
}

function setFinalizers(
  kind: KubeKind,
  { metadata }: KubeObject,
  finalizers: readonly string[],
): KubeAction {
  const { name, namespace, resourceVersion } = metadata;
  return {
    kind: "patch",
    target: { kind, name, ...(namespace === undefined ? {} : { namespace }) },
    patch: {
      type: "merge",
      patch: { metadata: { resourceVersion: resourceVersion ?? "", finalizers } },
    },
  };
}
