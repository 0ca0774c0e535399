import { parseConstraint } from "../../marathon/constraints/constraint.ts";
import type { PoolPod } from "../pool-pod.ts";

/** How often waiting pods of apps that spread are shown to the allocator again. */
export const SPREAD_AGAIN_MS = 5000;

/** Fields over which the pod's app wants an even spread. */
export function groupFields({ constraints }: Pick<PoolPod, "constraints">): ReadonlySet<string> {
  const fields = new Set<string>();
  for (const tuple of constraints) {
    const constraint = parseConstraint(tuple);
    if (constraint?.operator === "GROUP_BY") fields.add(constraint.field);
  }
  return fields;
}
