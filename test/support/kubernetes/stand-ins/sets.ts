import { KINDS } from "../../../../src/runtime/kube/core-kinds.ts";
import type { KubeKind } from "../../../../src/runtime/kube/kube-kind.ts";
import type { KubeObject } from "../../../../src/runtime/kube/kube-object.ts";
import type { FakeKube } from "../fake-kube.ts";
import { change, controlledBy, isOwnedBy, remove, type StandIn } from "./change.ts";
import { isReady, makePod, podsOf, type Template } from "./pods.ts";

interface SetObject extends KubeObject {
  readonly spec: { readonly replicas?: number; readonly template: Template };
  readonly status?: object;
}
interface Revision extends KubeObject {
  readonly revision: number;
  readonly data: { readonly spec: { readonly template: Template } };
}

/** The newest revision, which is that of the set's template; `<set>-r<number>`, so that names tell how many there were. */
function currentRevision(kube: FakeKube, kind: KubeKind, set: SetObject): Revision {
  const known = kube
    .peek<Revision>(KINDS.ControllerRevision)
    .filter((revision) => isOwnedBy(revision, set));
  const text = JSON.stringify(set.spec.template);
  const same = known.find(({ data }) => JSON.stringify(data.spec.template) === text);
  const newest = Math.max(0, ...known.map(({ revision }) => revision));
  if (same !== undefined) {
    if (same.revision === newest) return same;
    return kube.put(KINDS.ControllerRevision, { ...same, revision: newest + 1 });
  }
  const name = `${set.metadata.name}-r${known.length + 1}`;
  const { namespace = "", labels = {} } = set.metadata;
  const metadata = {
    name,
    namespace,
    labels: { ...labels, ...set.spec.template.metadata?.labels, "controller-revision-hash": name },
    ownerReferences: controlledBy(kind, set),
  };
  const data = { spec: { template: set.spec.template } };
  return kube.put<Revision>(KINDS.ControllerRevision, { metadata, revision: newest + 1, data });
}

/** Brings a set with update strategy OnDelete one step on: missing Pods are made, superfluous ones removed, outdated ones left. */
function play(
  kube: FakeKube,
  kind: KubeKind,
  set: SetObject,
  wanted: readonly { readonly name: string; readonly node?: string }[],
  counts: (ready: number, updateRevision: string) => object,
): void {
  const { name: revision } = currentRevision(kube, kind, set).metadata;
  const pods = podsOf(kube, set);
  for (const own of wanted) {
    if (pods.some(({ metadata }) => metadata.name === own.name)) continue;
    const labels = { "controller-revision-hash": revision };
    makePod(kube, { kind, object: set }, set.spec.template, { ...own, labels });
  }
  for (const pod of pods) {
    if (!wanted.some(({ name }) => name === pod.metadata.name)) remove(kube, KINDS.Pod, pod);
  }
  const observedGeneration = set.metadata.generation;
  const status = { observedGeneration, ...counts(pods.filter(isReady).length, revision) };
  change(kube, kind, set, { ...set, status } as KubeObject);
}

/** The StatefulSet controller. */
export const playStatefulSets: StandIn = (kube) => {
  for (const set of kube.peek<SetObject>(KINDS.StatefulSet)) {
    const { replicas = 1 } = set.spec;
    const wanted = Array.from({ length: replicas }, (_, i) => ({
      name: `${set.metadata.name}-${i}`,
    }));
    play(kube, KINDS.StatefulSet, set, wanted, (readyReplicas, updateRevision) => ({
      replicas,
      readyReplicas,
      updateRevision,
    }));
  }
};

/** The DaemonSet controller, for which every node is fit. */
export const playDaemonSets: StandIn = (kube) => {
  const nodes = kube.peek(KINDS.Node).map(({ metadata }) => metadata.name);
  for (const set of kube.peek<SetObject>(KINDS.DaemonSet)) {
    const wanted = nodes.map((node) => ({ name: `${set.metadata.name}-${node}`, node }));
    play(kube, KINDS.DaemonSet, set, wanted, (numberReady) => ({
      desiredNumberScheduled: nodes.length,
      numberReady,
    }));
  }
};
