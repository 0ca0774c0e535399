import type { LivePod } from "./observed.ts";

/** One step of replacing the pods of a StatefulSet or DaemonSet. */
export type RollStep =
  /** Every pod runs the wanted revision and is ready. */
  | { readonly kind: "rolled" }
  /** Nothing to replace now; look again after `afterMs` when only time can tell. */
  | { readonly kind: "waiting"; readonly why: string; readonly afterMs?: number }
  | { readonly kind: "replace"; readonly pods: readonly LivePod[]; readonly why: string }
  /** The wanted revision does not come up. */
  | { readonly kind: "failed"; readonly why: string };

/** A set as far as rolling it goes. */
export interface RollingSet {
  readonly pods: readonly LivePod[];
  /** Pods that shall exist. */
  readonly desired: number;
  /** Revision of the template as it is stored; undefined until the controller has seen the newest template. */
  readonly target: string | undefined;
  /** The target has not run everywhere yet, though another has: pods that do not come up speak against it. */
  readonly onTrial: boolean;
  readonly nowMs: number;
}

export const isCurrent = (pod: LivePod, set: RollingSet): boolean => pod.revision === set.target;
export const isAlive = (pod: LivePod): boolean => !pod.deleting;
export const isUp = (pod: LivePod): boolean => pod.ready && !pod.deleting;

/** Pods of a target on trial that had `graceMs` to become ready and did not. */
export function latePods(set: RollingSet, graceMs: number): LivePod[] {
  if (!set.onTrial) return [];
  return set.pods.filter(
    (pod) =>
      isAlive(pod) && isCurrent(pod, set) && !pod.ready && set.nowMs - pod.createdMs > graceMs,
  );
}

/** Time until the first of {@link latePods} would be late; undefined when none is coming up. */
export function untilLateMs(set: RollingSet, graceMs: number): number | undefined {
  if (!set.onTrial) return undefined;
  const waits = set.pods
    .filter((pod) => isAlive(pod) && isCurrent(pod, set) && !pod.ready)
    .map((pod) => pod.createdMs + graceMs - set.nowMs)
    .filter((waitMs) => waitMs >= 0);
  return waits.length === 0 ? undefined : Math.min(...waits) + 1000;
}

export function waiting(why: string, afterMs?: number): RollStep {
  return afterMs === undefined ? { kind: "waiting", why } : { kind: "waiting", why, afterMs };
}
