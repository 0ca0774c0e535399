import type { AllocatorCore } from "./allocator-core.ts";
import type { AllocatorEvent, Outcome } from "./events.ts";
import { isQuotaTooLarge } from "./quota/check-quota.ts";

type EventOf<K extends AllocatorEvent["kind"]> = Extract<AllocatorEvent, { kind: K }>;

/** Limits over all frameworks of a principal; what they hold stays theirs. */
export function setPrincipalLimits(
  { state, roster }: AllocatorCore,
  { principal, limits }: EventOf<"principalLimitsSet">,
): Outcome {
  if (isQuotaTooLarge(limits)) return { kind: "refused", reason: "quotaTooLarge" };
  const sums = Object.entries(limits).map(([name, milli]) => ({
    name: state.names.indexOf(name),
    milli,
  }));
  state.principals.set(principal, sums);
  roster.countPrincipal(principal);
  state.dirty.markSlack();
  for (const framework of state.frameworks.all()) {
    if (framework.profile.principal !== principal) continue;
    for (const leaf of framework.leaves.values()) state.dirty.markLeaf(leaf.index);
  }
  return { kind: "applied" };
}
