import type { KubeObject } from "../kube/kube-object.ts";
import type { IndexBy } from "./informer.ts";

/** Children by the UID of their controlling owner. */
export const byOwnerUid: IndexBy<KubeObject> = ({ metadata }) =>
  (metadata.ownerReferences ?? [])
    .filter((owner) => owner.controller === true)
    .map(({ uid }) => uid);

/** Objects by the value of a label. Keep the function: an index is recognised by it. */
export function byLabel(label: string): IndexBy<KubeObject> {
  return ({ metadata }) => {
    const value = metadata.labels?.[label];
    return value === undefined ? [] : [value];
  };
}
