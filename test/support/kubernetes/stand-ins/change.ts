import { objectKey, type KubeObject } from "../../../../src/runtime/kube/kube-object.ts";
import type { KubeKind } from "../../../../src/runtime/kube/kube-kind.ts";
import type { FakeKube } from "../fake-kube.ts";

/** A controller or kubelet of Kubernetes over {@link FakeKube}: brings the world one step on, and leaves one at rest alone. */
export type StandIn = (kube: FakeKube, nowMs: number) => void;

/** Stores `next` unless it is what is stored already. */
export function change(kube: FakeKube, kind: KubeKind, live: KubeObject, next: KubeObject): void {
  if (JSON.stringify(live) !== JSON.stringify(next)) kube.put(kind, next);
}

/** A reference that makes `owner` the controller of what carries it. */
export function controlledBy(kind: KubeKind, { metadata }: KubeObject) {
  const apiVersion = kind.group === "" ? kind.version : `${kind.group}/${kind.version}`;
  return [
    { apiVersion, kind: kind.kind, name: metadata.name, uid: metadata.uid!, controller: true },
  ];
}

export function isOwnedBy(object: KubeObject, { metadata }: KubeObject): boolean {
  return (object.metadata.ownerReferences ?? []).some(({ uid }) => uid === metadata.uid);
}

export function remove(kube: FakeKube, kind: KubeKind, { metadata }: KubeObject): void {
  kube.remove(kind, objectKey(metadata.namespace, metadata.name));
}
