import type { AgentId, FrameworkId } from "../../../api/ids/ids.ts";
import type { AgentProfile } from "../agent-profile.ts";
import type { AllocatorCore } from "../allocator-core.ts";
import { meetsConstraints } from "../offer-constraints.ts";
import { OfferDraft } from "../run/offer-draft.ts";
import type { Leaf } from "../state/framework-table.ts";

/** Why a framework has no offer of an agent now, in order: the first that applies is given. */
export const NO_OFFER_REASONS = [
  "paused",
  "inactive_agent",
  "not_whitelisted",
  "overcommitted",
  "no_pod_slot",
  "framework_inactive",
  "role_suppressed",
  "constraint",
  "nothing_free",
  "reserved_for_other",
  "below_minimum",
  "gpu",
  "region",
  "agent_capability",
  "limit",
  "headroom",
  "filtered",
  "held_for_pod",
  "lower_share_first",
] as const;

export type NoOfferReason = (typeof NO_OFFER_REASONS)[number];

export interface Explanation {
  readonly agentId: AgentId;
  /** Something of the agent is offered or allocated to the framework in this role. */
  readonly granted: boolean;
  /** Absent when granted. */
  readonly reason?: NoOfferReason;
  /** For people: seconds left of a filter, how many are asked first. */
  readonly detail?: string;
}

type Answer = Pick<Explanation, "reason" | "detail"> | undefined;

/** What every question is asked about. */
interface Case {
  readonly core: AllocatorCore;
  readonly leaf: Leaf | undefined;
  readonly agent: number;
  readonly nowMs: number;
}

/**
 * Why each agent (or the one named) is not offered to the framework in the role. Looks at the state
 * as it is and changes nothing; undefined = the framework, role or agent is not known.
 */
export function explainOffers(
  core: AllocatorCore,
  query: {
    readonly frameworkId: FrameworkId;
    readonly role: string;
    readonly agentId?: AgentId;
  },
  nowMs: number,
): Explanation[] | undefined {
  const { agents, frameworks, roles } = core.state;
  const framework = frameworks.find(query.frameworkId);
  const role = roles.find(query.role);
  if (framework === undefined || role === undefined) return undefined;
  const one = query.agentId === undefined ? undefined : agents.find(query.agentId);
  if (query.agentId !== undefined && one === undefined) return undefined;
  const leaf = framework.leaves.get(role);
  const asked = one === undefined ? [...agents.all()] : [one];
  return asked.map((agent) => explainOne({ core, leaf, agent, nowMs }));
}

function explainOne(here: Case): Explanation {
  const { core, leaf, agent } = here;
  const agentId = core.state.agents.ids[agent] as AgentId;
  if (leaf !== undefined && core.state.holdings.find(leaf.index, agent) >= 0) {
    return { agentId, granted: true };
  }
  for (const question of [ofPool, ofAgent, ofFramework, ofResources, ofOrder]) {
    const answer = question(here);
    if (answer !== undefined) return { agentId, granted: false, ...answer };
  }
  return { agentId, granted: false, reason: "lower_share_first" };
}

function ofPool({ core }: Case): Answer {
  return core.gate.isShut ? { reason: "paused" } : undefined;
}

function ofAgent({ core, agent }: Case): Answer {
  const { agents } = core.state;
  if (agents.isActive[agent] === 0) return { reason: "inactive_agent" };
  if (agents.isListed[agent] === 0) return { reason: "not_whitelisted" };
  if (agents.isOvercommitted(agent)) return { reason: "overcommitted" };
  return agents.podSlotsFree[agent] === 0 ? { reason: "no_pod_slot" } : undefined;
}

function ofFramework({ core, leaf, agent }: Case): Answer {
  if (leaf?.framework.isActive !== true || !leaf.framework.isKnown) {
    return { reason: "framework_inactive" };
  }
  if (!leaf.isSubscribed) {
    return { reason: "framework_inactive", detail: "not subscribed to the role" };
  }
  if (leaf.isSuppressed) return { reason: "role_suppressed" };
  const profile = core.state.agents.profiles[agent] as AgentProfile;
  if (leaf.constraints === undefined || meetsConstraints(leaf.constraints, profile)) {
    return undefined;
  }
  return { reason: "constraint" };
}

/** The steps of a run on this agent for this leaf, one by one. */
function ofResources({ core, leaf, agent, nowMs }: Case): Answer {
  if (leaf === undefined) return undefined;
  const { state } = core;
  if (state.agents.hasNothingFree(agent)) return { reason: "nothing_free" };
  const draft = new OfferDraft(state);
  draft.load(agent, leaf.role);
  if (draft.isEmpty) return { reason: "reserved_for_other" };
  if (leaf.isPods) return ofAgentRules(core, leaf, agent);
  const minimum = state.minimumOfLeaf(leaf);
  if (!draft.meets(minimum)) return { reason: "below_minimum" };
  const rule = ofAgentRules(core, leaf, agent);
  if (rule !== undefined) return rule;
  draft.strip(leaf);
  if (!draft.meets(minimum)) return { reason: "below_minimum" };
  const cut = ofQuota(core, leaf, draft);
  if (cut !== undefined) return cut;
  if (!state.filters.isFiltered(leaf.index, agent, draft.plain, draft.bag)) return undefined;
  const dueMs = state.filters.latestDueMs(leaf.index, agent) ?? nowMs;
  const left = Number.isFinite(dueMs)
    ? `${String((dueMs - nowMs) / 1000)} s left`
    : "until the tick";
  return { reason: "filtered", detail: left };
}

function ofAgentRules({ state }: AllocatorCore, leaf: Leaf, agent: number): Answer {
  const { masks, agents, names } = state;
  const profile = agents.profiles[agent] as AgentProfile;
  const gpus = agents.total[agent * agents.stride + names.indexOf("gpus")] as number;
  const bag = agents.totalBags[agent];
  const hasGpus = gpus > 0 || bag?.items.some(({ value }) => value.name === "gpus") === true;
  if (masks.isGpuHidden(leaf, hasGpus)) return { reason: "gpu" };
  if (masks.isRemote(leaf, profile)) return { reason: "region" };
  return masks.hasCapabilities(leaf, profile) ? undefined : { reason: "agent_capability" };
}

function ofQuota({ state }: AllocatorCore, leaf: Leaf, draft: OfferDraft): Answer {
  const { quota, names } = state;
  const minimum = state.minimumOfLeaf(leaf);
  const target = new Float64Array(names.stride);
  const own = quota.quotaOf(leaf.role);
  if (state.loadLimitSlack(leaf, own, new Float64Array(names.stride), target)) {
    draft.cutAtMost(target);
    if (!draft.meets(minimum)) return { reason: "limit" };
  }
  if (quota.computeRequired()) {
    quota.loadSurplus(target);
    draft.cutAtMost(target);
    if (!draft.meets(minimum)) return { reason: "headroom" };
  }
  return undefined;
}

/** Nothing stands in the way: others come first, or the next run has not been yet. */
function ofOrder({ core, leaf, agent }: Case): Answer {
  const { state } = core;
  if (leaf === undefined) return undefined;
  const holder = core.held.roleOf(agent);
  if (holder !== undefined && !(leaf.isPods && leaf.role === holder)) {
    return { reason: "held_for_pod", detail: `of ${state.roles.nameOf(holder)}` };
  }
  const role = state.roles.nameOf(leaf.role);
  const asked = state.membersOf(leaf.role).activeLeaves;
  return {
    reason: "lower_share_first",
    detail: `${String(asked)} frameworks ask in ${role}`,
  };
}
