import type { KubeKind } from "../../../../src/runtime/kube/kube-kind.ts";
import { formatTime } from "../../../../src/runtime/status/condition.ts";
import type { FakeKube } from "../fake-kube.ts";
import { remove, type StandIn } from "./change.ts";

/** What had owners and has none of them any more goes, or is asked to go. @returns whether anything went. */
function sweepOnce(kube: FakeKube, kinds: readonly KubeKind[], nowMs: number): boolean {
  const objects = kinds.flatMap((kind) => kube.peek(kind).map((object) => ({ kind, object })));
  const living = new Set(objects.map(({ object }) => object.metadata.uid));
  const orphans = objects.filter(({ object: { metadata } }) => {
    const { ownerReferences = [], deletionTimestamp } = metadata;
    const isOwned = ownerReferences.some(({ uid }) => living.has(uid));
    return ownerReferences.length > 0 && !isOwned && deletionTimestamp === undefined;
  });
  for (const { kind, object } of orphans) {
    if ((object.metadata.finalizers ?? []).length === 0) remove(kube, kind, object);
    else {
      const metadata = { ...object.metadata, deletionTimestamp: formatTime(nowMs) };
      kube.put(kind, { ...object, metadata });
    }
  }
  return orphans.length > 0;
}

/** The garbage collector over these kinds: whole trees at once, so that names are free before anybody takes them again. */
export function collectGarbage(kinds: readonly KubeKind[]): StandIn {
  return (kube, nowMs) => {
    while (sweepOnce(kube, kinds, nowMs));
  };
}
