import type { AllocatorCore } from "./allocator-core.ts";
import type { AllocatorEvent, Outcome } from "./events.ts";
import type { Quantities } from "../resources/quantity.ts";
import { isQuotaTooLarge } from "./quota/check-quota.ts";
import type { NameSum } from "./state/bag.ts";

type EventOf<K extends AllocatorEvent["kind"]> = Extract<AllocatorEvent, { kind: K }>;

const APPLIED: Outcome = { kind: "applied" };
/** The consistency of guarantee, limit and pool is the caller's to check (`checkQuota`). */
export function setQuota(core: AllocatorCore, event: EventOf<"quotaSet">): Outcome {
  const { state } = core;
  if (event.role.includes("/")) return { kind: "refused", reason: "nestedRole" };
  if (isQuotaTooLarge(event.guarantees) || isQuotaTooLarge(event.limits)) {
    return { kind: "refused", reason: "quotaTooLarge" };
  }
  const role = state.roles.indexOf(event.role);
  const guarantees = sumsOf(core, event.guarantees).filter(({ milli }) => milli > 0);
  const limits = sumsOf(core, event.limits);
  state.quota.growRoles(state.roles.count);
  const isNone = guarantees.length === 0 && limits.length === 0;
  const { mode = "Hard" } = event;
  state.quota.setQuota(role, isNone ? undefined : { guarantees, limits, mode });
  state.loans.isLending = state.quota.isLending;
  slackGrew(core, role);
  return APPLIED;
}

export function removeQuota(core: AllocatorCore, name: string): Outcome {
  const role = core.state.roles.find(name);
  if (role !== undefined) {
    core.state.quota.setQuota(role, undefined);
    core.state.loans.isLending = core.state.quota.isLending;
    slackGrew(core, role);
  }
  return APPLIED;
}

/** Runs nothing by itself: the new order shows at the next run. */
export function setWeight(core: AllocatorCore, role: string, weight: number): Outcome {
  if (!(weight > 0) || !Number.isFinite(weight)) return { kind: "refused", reason: "badWeight" };
  core.state.roleTree.setWeight(role, weight);
  return APPLIED;
}

/** A new guarantee of one role may also open stage 1 for it where others were offered nothing. */
function slackGrew({ state }: AllocatorCore, role: number): void {
  state.dirty.markSlack();
  for (const { leaves } of [...state.frameworks.all()]) {
    const leaf = leaves.get(role);
    if (leaf !== undefined) state.dirty.markLeaf(leaf.index);
  }
}

function sumsOf({ state }: AllocatorCore, quantities: Quantities): NameSum[] {
  return Object.entries(quantities).map(([name, milli]) => ({
    name: state.names.indexOf(name),
    milli,
  }));
}
