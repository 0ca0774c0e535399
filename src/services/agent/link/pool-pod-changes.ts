import type { PoolPod } from "../../../api/agent-link/pool-pod.ts";

export interface PoolPodChanges {
  readonly changed: readonly PoolPod[];
  /** UIDs. */
  readonly gone: readonly string[];
  readonly now: ReadonlyMap<string, PoolPod>;
}

/** What the master does not know yet about the node's pool pods, given what it was told. */
export function poolPodChanges(
  told: ReadonlyMap<string, PoolPod>,
  pods: readonly PoolPod[],
): PoolPodChanges {
  const now = new Map(pods.map((pod) => [pod.uid, pod]));
  const changed = pods.filter((pod) => {
    const before = told.get(pod.uid);
    return before === undefined || JSON.stringify(before) !== JSON.stringify(pod);
  });
  const gone = [...told.keys()].filter((uid) => !now.has(uid));
  return { changed, gone, now };
}
