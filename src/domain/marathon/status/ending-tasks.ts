import { isOver, type AppPod } from "./app-pod.ts";

/**
 * A Pod that is still there so long after the moment by which it was to be gone is on a node that does not answer: nobody
 * knows when it will be gone, so nobody waits for it.
 */
const LOST_AFTER_MS = 60_000;

export interface EndingTasks {
  readonly count: number;
  /** When the next of them counts as lost if it is still there; undefined when there are none. */
  readonly nextLostMs: number | undefined;
}

/** Tasks that were told to end and have not (TASK_KILLING), on nodes that answer. */
export function endingTasks(pods: readonly AppPod[], nowMs: number): EndingTasks {
  const lostAtMs = pods
    .filter((pod) => pod.metadata.deletionTimestamp !== undefined && !isOver(pod))
    .map(({ metadata }) => Date.parse(metadata.deletionTimestamp ?? "") + LOST_AFTER_MS)
    .filter((atMs) => atMs > nowMs);
  return {
    count: lostAtMs.length,
    nextLostMs: lostAtMs.length === 0 ? undefined : Math.min(...lostAtMs),
  };
}
