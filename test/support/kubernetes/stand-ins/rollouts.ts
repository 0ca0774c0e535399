import { KINDS } from "../../../../src/runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../../../src/runtime/kube/kube-object.ts";
import type { FakeKube } from "../fake-kube.ts";
import { change, controlledBy, isOwnedBy, remove, type StandIn } from "./change.ts";
import { isReady, makePod, podsOf, type Template } from "./pods.ts";

interface Rollout extends KubeObject {
  readonly spec: { readonly replicas: number; readonly template: Template };
}
interface ReplicaSet extends KubeObject {
  readonly spec: { readonly template: Template };
}

/** The ReplicaSet of the Rollout's template; `<rollout>-r<number>`, so that names tell how many there were. */
function currentReplicaSet(kube: FakeKube, rollout: Rollout, sets: readonly ReplicaSet[]) {
  const { template } = rollout.spec;
  const text = JSON.stringify(template);
  const same = sets.find(({ spec }) => JSON.stringify(spec.template) === text);
  if (same !== undefined) return same;
  const { name, namespace = "", labels = {} } = rollout.metadata;
  const metadata = {
    name: `${name}-r${sets.length + 1}`,
    namespace,
    labels,
    ownerReferences: controlledBy(KINDS.Rollout, rollout),
  };
  return kube.put<ReplicaSet>(KINDS.ReplicaSet, { metadata, spec: { template } });
}

/** Argo's controller, at its plainest: all new Pods are made, and when all of them are ready the old ones go. */
function play(kube: FakeKube, rollout: Rollout): void {
  const { replicas, template } = rollout.spec;
  const sets = kube.peek<ReplicaSet>(KINDS.ReplicaSet).filter((set) => isOwnedBy(set, rollout));
  const current = currentReplicaSet(kube, rollout, sets);
  const { name } = current.metadata;
  const old = sets.filter((set) => set.metadata.name !== name).flatMap((set) => podsOf(kube, set));
  const pods = podsOf(kube, current);
  const wanted = Array.from({ length: replicas }, (_, i) => `${name}-${i}`);
  const missing = wanted.filter((pod) => !pods.some(({ metadata }) => metadata.name === pod));
  for (const pod of missing) {
    const labels = { "rollouts-pod-template-hash": name };
    makePod(kube, { kind: KINDS.ReplicaSet, object: current }, template, { name: pod, labels });
  }
  const superfluous = pods.filter(({ metadata }) => !wanted.includes(metadata.name));
  const ready = pods.filter(isReady).length;
  const isDone = missing.length === 0 && ready >= replicas;
  for (const pod of [...superfluous, ...(isDone ? old : [])]) remove(kube, KINDS.Pod, pod);
  const settled = isDone && superfluous.length === 0 && old.length === 0;
  const status = {
    observedGeneration: String(rollout.metadata.generation),
    phase: settled ? "Healthy" : "Progressing",
    replicas: pods.length + old.length,
    readyReplicas: ready + old.filter(isReady).length,
    updatedReplicas: pods.length,
    availableReplicas: ready,
    currentPodHash: name,
  };
  change(kube, KINDS.Rollout, rollout, { ...rollout, status } as KubeObject);
}

/** See {@link play}. */
export const playRollouts: StandIn = (kube) => {
  for (const rollout of kube.peek<Rollout>(KINDS.Rollout)) play(kube, rollout);
};
