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
  if (child.ownerUids.length > 0) return child.ownerUids.includes(uid);
  return belongsTo(child.labels, "mesoscluster", seen.cluster.metadata.name);
}
