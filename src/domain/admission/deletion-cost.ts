import type { KillSelection } from "./request/annotations.ts";

/** 2023-11-14: keeps the cost of any start in this century inside the int32 that Kubernetes allows. */
const COST_EPOCH_SECONDS = 1_700_000_000;

/**
 * Deletion cost of a pod started now: a ReplicaSet that shrinks deletes the lowest cost first.
 *
 *     cost = start second − 1.7·10⁹, negated for YOUNGEST_FIRST
 */
export function deletionCost(killSelection: KillSelection, startMs: number): number {
  const cost = Math.floor(startMs / 1000) - COST_EPOCH_SECONDS;
  return killSelection === "YOUNGEST_FIRST" ? -cost : cost;
}
