import { maxCapacityOf, minHealthyOf } from "./rolling.ts";

/** Argo's bounds of a rollout, in instances. */
export interface RolloutNumbers {
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

/**
 * Marathon's capacities as absolute numbers: `maxSurge = floor(n·(1+moc)) − n`, `maxUnavailable = n − ceil(n·mhc)`. Both 0
 * would never move, so one extra is allowed, as Marathon does. Example: 5 instances, 0.8, 0.25 → 1 and 1.
 */
export function rolloutNumbers(
  instances: number,
  minimumHealthCapacity: number,
  maximumOverCapacity: number,
): RolloutNumbers {
  if (instances === 0) return { maxSurge: 1, maxUnavailable: 0 };
  const maxSurge = maxCapacityOf(instances, maximumOverCapacity) - instances;
  const maxUnavailable = instances - minHealthyOf(instances, minimumHealthCapacity);
  return maxSurge === 0 && maxUnavailable === 0
    ? { maxSurge: 1, maxUnavailable: 0 }
    : { maxSurge, maxUnavailable };
}

/** Pods a disruption must leave: at most n − 1, so that a node can always be drained; none for a single instance. */
export function pdbMinAvailable(
  instances: number,
  minimumHealthCapacity: number,
): number | undefined {
  if (instances <= 1) return undefined;
  return Math.min(minHealthyOf(instances, minimumHealthCapacity), instances - 1);
}
