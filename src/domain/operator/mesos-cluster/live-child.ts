import { belongsTo } from "../../manifests/labels.ts";
import type { ChildKind, LiveChild, Seen } from "./observed.ts";

/** The live object under that kind and name, whoever it belongs to. */
export function findChild(seen: Seen, kind: ChildKind, name: string): LiveChild | undefined {
  return seen.children.find((child) => child.kind === kind && child.name === name);
}

/**
 * True when the object is this cluster's: by owner reference, or, without any (deletionPolicy Orphan, or orphaned by an earlier
 * life of the object), by our labels.
 */
export function isOurs(seen: Seen, child: LiveChild): boolean {
  const uid = seen.cluster.metadata.uid ?? "";
  if (child.owners.length > 0) return child.owners.some((owner) => owner.uid === uid);
  return belongsTo(child.labels, "mesoscluster", seen.cluster.metadata.name);
}

/** True for a child of an earlier object of the same name, which the garbage collector has not taken away yet. */
export function isLeftover(seen: Seen, child: LiveChild): boolean {
  const { name, uid } = seen.cluster.metadata;
  return child.owners.some(
    (owner) => owner.kind === "MesosCluster" && owner.name === name && owner.uid !== uid,
  );
}
