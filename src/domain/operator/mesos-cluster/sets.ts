import { findChild } from "./live-child.ts";
import { childNames, ROLLED_ANNOTATION } from "./names.ts";
import type { LiveChild, LiveRevision, Seen } from "./observed.ts";
import type { RollingSet } from "./roll.ts";

interface SetStatus {
  readonly observedGeneration?: number;
  readonly updateRevision?: string;
  readonly desiredNumberScheduled?: number;
}

function statusOf(child: LiveChild): SetStatus {
  return (child.raw.status ?? {}) as SetStatus;
}

function hasSettled(child: LiveChild): boolean {
  return statusOf(child).observedGeneration === child.generation;
}

function isOnTrial(child: LiveChild, target: string | undefined): boolean {
  const rolled = child.annotations[ROLLED_ANNOTATION];
  return rolled !== undefined && rolled !== target;
}

function revisionsOf(seen: Seen, name: string): readonly LiveRevision[] {
  return seen.revisions.filter(({ owner }) => owner === name);
}

/** A set with what its rolling needs. */
export interface ObservedSet {
  readonly live: LiveChild;
  readonly rolling: RollingSet;
  readonly revisions: readonly LiveRevision[];
}

/** The StatefulSet of masters; its pods carry the name of their revision. */
export function observeMasterSet(seen: Seen): ObservedSet | undefined {
  const name = childNames(seen.cluster.metadata.name).master;
  const live = findChild(seen, "StatefulSet", name);
  if (live === undefined) return undefined;
  const target = hasSettled(live) ? statusOf(live).updateRevision : undefined;
  const desired = seen.cluster.spec.masters.replicas;
  return {
    live,
    rolling: {
      pods: seen.masterPods,
      desired,
      target,
      onTrial: isOnTrial(live, target),
      nowMs: seen.nowMs,
    },
    revisions: revisionsOf(seen, `StatefulSet/${name}`),
  };
}

/** The DaemonSet of agents; it names no update revision, so the newest of its ControllerRevisions is it. */
export function observeAgentSet(seen: Seen): ObservedSet | undefined {
  const name = childNames(seen.cluster.metadata.name).agent;
  const live = findChild(seen, "DaemonSet", name);
  if (live === undefined) return undefined;
  const revisions = revisionsOf(seen, `DaemonSet/${name}`);
  const newest = [...revisions].sort((left, right) => right.number - left.number)[0];
  const target = hasSettled(live) ? newest?.hash : undefined;
  return {
    live,
    rolling: {
      pods: seen.agentPods,
      desired: statusOf(live).desiredNumberScheduled ?? 0,
      target,
      onTrial: isOnTrial(live, target),
      nowMs: seen.nowMs,
    },
    revisions,
  };
}
