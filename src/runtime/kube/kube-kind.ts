import type { ObjectKey } from "./kube-object.ts";
import { parseKey } from "./kube-object.ts";

/** Where a kind lives in the API: everything that is needed to build its paths. */
export interface KubeKind {
  /** "" for the core group. */
  readonly group: string;
  readonly version: string;
  /** Path segment, e.g. `pods`. */
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** One named object of a kind. `namespace` must be given exactly when the kind is namespaced. */
export interface KubeRef {
  readonly kind: KubeKind;
  readonly namespace?: string;
  readonly name: string;
}

export function refOf(kind: KubeKind, key: ObjectKey): KubeRef {
  return { kind, ...parseKey(key) };
}

/** `v1`, `apps/v1`: the object's `apiVersion`. */
export function apiVersionOf(kind: KubeKind): string {
  return kind.group === "" ? kind.version : `${kind.group}/${kind.version}`;
}

/** `apps/v1/StatefulSet`: the closed label value of watch metrics. */
export function gvkOf(kind: KubeKind): string {
  return `${apiVersionOf(kind)}/${kind.kind}`;
}
