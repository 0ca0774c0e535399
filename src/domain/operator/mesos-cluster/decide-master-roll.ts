import type { LivePod } from "./observed.ts";
import type { RollingSet, RollStep } from "./roll.ts";
import { isAlive, isCurrent, isUp, latePods, untilLateMs, waiting } from "./roll.ts";

/** A master that is not a ready standby after this time has failed. */
export const MASTER_READY_GRACE_MS = 120_000;

function ordinalOf(pod: LivePod): number {
  return Number(/-(\d+)$/.exec(pod.name)?.[1] ?? 0);
}

/**
 * Which master to replace now. One at a time, only while all others are ready and a leader is known: standbys from the highest
 * ordinal, the leader last. A pod of an old revision that is not ready holds nobody up: it is replaced first.
 */
export function decideMasterRoll(set: RollingSet, leader: string | undefined): RollStep {
  if (set.target === undefined) return waiting("the StatefulSet has not seen its template yet");
  if (latePods(set, MASTER_READY_GRACE_MS).length > 0) {
    return { kind: "failed", why: "a master of the new template did not become ready in 120 s" };
  }
  const alive = set.pods.filter(isAlive);
  const outdated = alive.filter((pod) => !isCurrent(pod, set));
  const broken = outdated.find((pod) => !pod.ready);
  if (broken !== undefined && alive.length === set.pods.length) {
    return { kind: "replace", pods: [broken], why: "outdated and not ready" };
  }
  if (set.pods.filter(isUp).length < set.desired) {
    return waiting("not all masters are ready", untilLateMs(set, MASTER_READY_GRACE_MS));
  }
  if (outdated.length === 0) return { kind: "rolled" };
  if (leader === undefined) return waiting("no leader is known");
  const standbys = outdated.filter((pod) => pod.name !== leader);
  const order = [...standbys].sort((left, right) => ordinalOf(right) - ordinalOf(left));
  const next = order[0] ?? outdated[0];
  return next === undefined
    ? { kind: "rolled" }
    : { kind: "replace", pods: [next], why: "outdated" };
}
