import type { FrameworkId } from "../../api/ids/ids.ts";
import type { Resources } from "../resources/resource.ts";
import type { AllocatorCore } from "./allocator-core.ts";
import type { AllocatorEvent, Outcome } from "./events.ts";
import { refuseTimeMs } from "./filters/refuse-time.ts";
import { DECLINES_UNTIL_IDLE } from "./run/stage-fair.ts";
import { containsBag } from "./state/bag.ts";
import type { AllocatorState } from "./state/allocator-state.ts";
import type { Amounts } from "./state/amounts.ts";
import type { Framework, Leaf } from "./state/framework-table.ts";
import type { Holding } from "./state/holding-table.ts";

type EventOf<K extends AllocatorEvent["kind"]> = Extract<AllocatorEvent, { kind: K }>;

const APPLIED: Outcome = { kind: "applied" };
const UNKNOWN: Outcome = { kind: "unknownSubject" };

export function addFramework(core: AllocatorCore, event: EventOf<"frameworkAdded">): Outcome {
  const framework = core.state.frameworks.getOrNote(event.frameworkId);
  framework.isKnown = true;
  framework.isActive = event.active ?? true;
  core.roster.configure(framework, event.profile);
  showDemand(core, framework, undefined);
  return APPLIED;
}

export function removeFramework(core: AllocatorCore, id: FrameworkId): Outcome {
  const { state, ledger, roster, inverse } = core;
  const framework = findKnown(core, id);
  if (framework === undefined) return UNKNOWN;
  inverse.forget(id);
  framework.isActive = false;
  for (const leaf of [...framework.leaves.values()]) {
    roster.updateActivity(leaf);
    let holding = state.holdings.firstOfLeaf(leaf.index);
    while (holding >= 0) {
      const next = state.holdings.nextOfLeaf(holding);
      ledger.releaseAll(holding);
      holding = next;
    }
  }
  framework.isKnown = false;
  for (const leaf of [...framework.leaves.values()]) roster.dropIfUnused(leaf);
  if (framework.leaves.size === 0) state.frameworks.remove(framework);
  return APPLIED;
}

/** Deactivation drops filters; what the framework holds stays with it. */
export function setFrameworkActive(core: AllocatorCore, id: FrameworkId, active: boolean): Outcome {
  const framework = findKnown(core, id);
  if (framework === undefined) return UNKNOWN;
  framework.isActive = active;
  if (active) showDemand(core, framework, undefined);
  else core.inverse.forget(id);
  for (const leaf of framework.leaves.values()) {
    if (!active) core.state.filters.dropLeaf(leaf.index);
    core.roster.updateActivity(leaf);
    if (active) core.roster.open(leaf);
  }
  return APPLIED;
}

export function updateFramework(core: AllocatorCore, event: EventOf<"frameworkUpdated">): Outcome {
  const framework = findKnown(core, event.frameworkId);
  if (framework === undefined) return UNKNOWN;
  core.roster.configure(framework, event.profile);
  return APPLIED;
}

export function suppress(core: AllocatorCore, event: EventOf<"suppressed">): Outcome {
  const framework = findKnown(core, event.frameworkId);
  if (framework === undefined) return UNKNOWN;
  for (const leaf of leavesIn(core, framework, event.roles)) {
    leaf.isSuppressed = true;
    core.roster.updateActivity(leaf);
  }
  return APPLIED;
}

export function revive(core: AllocatorCore, event: EventOf<"revived">): Outcome {
  const framework = findKnown(core, event.frameworkId);
  if (framework === undefined) return UNKNOWN;
  showDemand(core, framework, event.roles);
  core.inverse.dropFilters(framework.id);
  for (const leaf of leavesIn(core, framework, event.roles)) {
    leaf.isSuppressed = false;
    core.state.filters.dropLeaf(leaf.index);
    core.roster.updateActivity(leaf);
    core.roster.open(leaf);
  }
  return APPLIED;
}

export function noteDemand(core: AllocatorCore, event: EventOf<"demandShown">): Outcome {
  const framework = findKnown(core, event.frameworkId);
  if (framework === undefined) return UNKNOWN;
  showDemand(core, framework, event.roles);
  return APPLIED;
}

export function recover(core: AllocatorCore, event: EventOf<"recovered">, nowMs: number): Outcome {
  const { ledger } = core;
  const found = findHolding(core, event);
  if (found === undefined) return UNKNOWN;
  const { leaf, agent, holding } = found;
  const held = ledger.readHolding(holding);
  const amounts = event.resources === undefined ? held : amountsOf(core, agent, event.resources);
  if (!holds(held, amounts)) return { kind: "refused", reason: "notHeld" };
  if (event.cause === "declinedWhole") countDecline(core, leaf, amounts);
  ledger.release(holding, amounts);
  const isThere = leaf.framework.leaves.get(leaf.role) === leaf;
  const isAsking = leaf.framework.isKnown && leaf.framework.isActive && leaf.isSubscribed;
  if (event.refuseSeconds !== undefined && isThere && isAsking) {
    refuse(core, leaf, agent, amounts, event.refuseSeconds, nowMs);
  }
  return APPLIED;
}

/** RESERVE, CREATE and their reverse on what a framework holds. */
export function convertAllocation(
  core: AllocatorCore,
  event: EventOf<"allocationConverted">,
): Outcome {
  const { state, ledger } = core;
  const from = state.codec.encode(event.from);
  const to = state.codec.encode(event.to);
  const found = findHolding(core, event);
  if (found === undefined) return UNKNOWN;
  if (!holds(ledger.readHolding(found.holding), from))
    return { kind: "refused", reason: "notHeld" };
  ledger.convert(found.holding, from, to);
  return APPLIED;
}

/** What was granted last comes back as the very value; anything else is taken apart. */
function amountsOf({ state }: AllocatorCore, agent: number, resources: Resources): Amounts {
  return state.lastGrants.amountsOf(agent, resources) ?? state.codec.encode(resources);
}

function refuse(
  core: AllocatorCore,
  leaf: Leaf,
  agent: number,
  amounts: Amounts,
  refuseSeconds: number,
  nowMs: number,
): void {
  const { filters, agents, options } = core.state;
  const timeMs = refuseTimeMs(refuseSeconds, options.intervalMs);
  const runs = agents.runs[agent] as number;
  if (timeMs !== undefined) filters.add(leaf.index, agent, runs, amounts, nowMs + timeMs, nowMs);
  else if (options.trigger === "event") {
    // Without a filter the two would spin: passed over until the next tick.
    filters.add(leaf.index, agent, runs, undefined, undefined, nowMs);
  }
}

function countDecline({ state }: AllocatorCore, leaf: Leaf, { plain, bag }: Amounts): void {
  if (!state.options.demandAware) return;
  leaf.lastDeclined[leaf.declines % DECLINES_UNTIL_IDLE] = { plain: plain.slice(), bag };
  leaf.declines += 1;
  if (leaf.declines >= DECLINES_UNTIL_IDLE) state.idle.add(leaf.index);
}

function showDemand(
  core: AllocatorCore,
  framework: Framework,
  roles: readonly string[] | undefined,
): void {
  for (const leaf of leavesIn(core, framework, roles)) {
    leaf.declines = 0;
    leaf.lastDeclined.length = 0;
    core.state.idle.delete(leaf.index);
  }
}

function findKnown({ state }: AllocatorCore, id: FrameworkId): Framework | undefined {
  const framework = state.frameworks.find(id);
  return framework?.isKnown === true ? framework : undefined;
}

/** Leaves of the named roles (absent = all); REVIVE and SUPPRESS touch no others (MESOS-9856). */
function leavesIn(
  { state }: AllocatorCore,
  framework: Framework,
  roles: readonly string[] | undefined,
): Leaf[] {
  const leaves = [...framework.leaves.values()];
  if (roles === undefined) return leaves;
  return leaves.filter((leaf) => roles.includes(state.roles.nameOf(leaf.role)));
}

/** What a framework holds on an agent in a role. */
interface Held {
  readonly leaf: Leaf;
  readonly agent: number;
  readonly holding: Holding;
}

function findHolding(
  { state }: AllocatorCore,
  at: Pick<EventOf<"recovered">, "frameworkId" | "role" | "agentId" | "holding">,
): Held | undefined {
  const hinted = at.holding === undefined ? undefined : heldBy(state, at.holding);
  if (hinted !== undefined && isHeldAt(state, hinted, at)) return hinted;
  const agent = state.agents.find(at.agentId);
  const role = state.roles.find(at.role);
  if (agent === undefined || role === undefined) return undefined;
  const leaf = state.frameworks.find(at.frameworkId)?.leaves.get(role);
  if (leaf === undefined) return undefined;
  const holding = state.holdings.find(leaf.index, agent);
  return holding < 0 ? undefined : { leaf, agent, holding };
}

function heldBy({ holdings, frameworks }: AllocatorState, holding: Holding): Held | undefined {
  if (!holdings.isLive(holding)) return undefined;
  const leaf = frameworks.leaves[holdings.leafOf(holding)] as Leaf;
  return { leaf, agent: holdings.agentOf(holding), holding };
}

/** A hint may be old: the row may be somebody else's by now. */
function isHeldAt(
  { agents, roles }: AllocatorState,
  { leaf, agent }: Held,
  at: Pick<EventOf<"recovered">, "frameworkId" | "role" | "agentId">,
): boolean {
  return (
    agents.ids[agent] === at.agentId &&
    leaf.framework.id === at.frameworkId &&
    roles.nameOf(leaf.role) === at.role
  );
}

function holds(held: Amounts, part: Amounts): boolean {
  if (held === part) return true;
  for (let k = 0; k < part.plain.length; k += 1) {
    if ((part.plain[k] as number) > (held.plain[k] ?? 0)) return false;
  }
  return containsBag(held.bag, part.bag);
}
