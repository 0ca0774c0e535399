import type { AgentId } from "../../api/ids/ids.ts";
import type { AgentProfile } from "./agent-profile.ts";
import type { AllocatorCore } from "./allocator-core.ts";
import type { AllocatorEvent, Outcome, Use } from "./events.ts";
import { containsBag } from "./state/bag.ts";
import type { Agent } from "./state/agent-table.ts";
import type { Amounts } from "./state/amounts.ts";

type EventOf<K extends AllocatorEvent["kind"]> = Extract<AllocatorEvent, { kind: K }>;

const APPLIED: Outcome = { kind: "applied" };
const UNKNOWN: Outcome = { kind: "unknownSubject" };

export function addAgent(core: AllocatorCore, event: EventOf<"agentAdded">): Outcome {
  const { state, ledger } = core;
  if (state.agents.find(event.agentId) !== undefined) removeAgent(core, event.agentId);
  const total = state.codec.encode(event.total);
  const agent = state.agents.add(event.agentId, event.profile);
  state.masks.growAgents(state.agents.size);
  state.agents.setPodSlots(agent, event.podSlotsFree ?? -1);
  state.agents.isListed[agent] = core.isListed(event.profile.hostname) ? 1 : 0;
  state.agents.classOf[agent] = state.masks.enter(event.profile, hasGpus(core, total));
  ledger.totals.set(agent, total);
  bookUse(core, agent, event.used ?? []);
  core.inverse.setWindow(agent, event.maintenance);
  return APPLIED;
}

/** Frees shares, filters and quota at once (MESOS-621). */
export function removeAgent(core: AllocatorCore, agentId: AgentId): Outcome {
  const { state, ledger, pods, inverse } = core;
  const agent = state.agents.find(agentId);
  if (agent === undefined) return UNKNOWN;
  pods.forgetAgent(agent);
  let holding = state.holdings.firstOfAgent(agent);
  while (holding >= 0) {
    const next = state.holdings.nextOfAgent(holding);
    ledger.releaseAll(holding);
    holding = next;
  }
  ledger.totals.set(agent, state.codec.encode([]));
  inverse.setWindow(agent, undefined);
  state.filters.dropAgent(agent);
  state.masks.reopenAgent(agent);
  state.masks.leave(state.agents.classOf[agent] as number);
  state.dirty.forgetAgent(agent);
  state.lastGrants.forget(agent);
  state.agents.remove(agent);
  return APPLIED;
}

/** True when anything changed, so that the agent is worth a run. */
export function updateAgent(core: AllocatorCore, event: EventOf<"agentUpdated">): Outcome | "same" {
  const { state, ledger } = core;
  const agent = state.agents.find(event.agentId);
  if (agent === undefined) return UNKNOWN;
  // Named without news: what pods say about it (`canRunOn`) may have changed.
  let changed =
    event.profile === undefined && event.total === undefined && event.podSlotsFree === undefined;
  if (event.podSlotsFree !== undefined) {
    changed = state.agents.podSlotsFree[agent] !== event.podSlotsFree;
    state.agents.setPodSlots(agent, event.podSlotsFree);
  }
  if (event.total !== undefined) {
    const total = state.codec.encode(event.total);
    if (!isSame(total, ledger.totals.reportedOf(agent))) {
      ledger.totals.set(agent, total);
      reclassify(core, agent);
      changed = true;
    }
  }
  if (event.profile !== undefined) changed = changeProfile(core, agent, event.profile) || changed;
  if (!changed) return "same";
  state.masks.reopenAgent(agent);
  state.dirty.markAgent(agent);
  return APPLIED;
}

export function growAgent(core: AllocatorCore, event: EventOf<"agentGrown">): Outcome {
  const { state, ledger } = core;
  const agent = state.agents.find(event.agentId);
  if (agent === undefined) return UNKNOWN;
  const more = state.codec.encode(event.resources);
  ledger.totals.grow(agent, more);
  reclassify(core, agent);
  bookUse(core, agent, event.used);
  return APPLIED;
}

export function setAgentActive(core: AllocatorCore, agentId: AgentId, active: boolean): Outcome {
  const { state } = core;
  const agent = state.agents.find(agentId);
  if (agent === undefined) return UNKNOWN;
  state.agents.isActive[agent] = active ? 1 : 0;
  if (active) state.dirty.markAgent(agent);
  return APPLIED;
}

export function setWhitelist(core: AllocatorCore): Outcome {
  const { state } = core;
  for (const agent of state.agents.all()) {
    const { hostname } = state.agents.profiles[agent] as AgentProfile;
    const listed = core.isListed(hostname) ? 1 : 0;
    if (listed === 1 && state.agents.isListed[agent] === 0) state.dirty.markAgent(agent);
    state.agents.isListed[agent] = listed;
  }
  return APPLIED;
}

/** Operator operations on free resources: refused unless all of `from` is free. */
export function convertAvailable(
  core: AllocatorCore,
  event: EventOf<"availableConverted">,
): Outcome {
  const { state, ledger } = core;
  const agent = state.agents.find(event.agentId);
  if (agent === undefined) return UNKNOWN;
  const from = state.codec.encode(event.from);
  const to = state.codec.encode(event.to);
  const base = agent * state.agents.stride;
  for (let k = 0; k < state.names.count; k += 1) {
    if ((state.agents.free[base + k] as number) < (from.plain[k] as number)) {
      return { kind: "refused", reason: "notFree" };
    }
  }
  const freeBag = state.agents.freeBags[agent];
  if (freeBag === undefined || !containsBag(freeBag, from.bag)) {
    return { kind: "refused", reason: "notFree" };
  }
  ledger.totals.convert(agent, from, to);
  reclassify(core, agent);
  return APPLIED;
}

function bookUse(core: AllocatorCore, agent: Agent, used: readonly Use[]): void {
  const { state, roster, ledger } = core;
  for (const { frameworkId, role, resources } of used) {
    const framework = state.frameworks.getOrNote(frameworkId);
    const leaf = roster.track(framework, state.roles.indexOf(role));
    ledger.book(leaf, agent, state.codec.encode(resources));
  }
}

/** True when it changed. A change of attributes drops every filter of the agent. */
function changeProfile(core: AllocatorCore, agent: Agent, profile: AgentProfile): boolean {
  const { state } = core;
  const before = state.agents.profiles[agent] as AgentProfile;
  if (JSON.stringify(before) === JSON.stringify(profile)) return false;
  if (JSON.stringify(before.attributes) !== JSON.stringify(profile.attributes)) {
    state.filters.dropAgent(agent);
  }
  state.agents.profiles[agent] = profile;
  state.agents.isListed[agent] = core.isListed(profile.hostname) ? 1 : 0;
  reclassify(core, agent);
  return true;
}

function reclassify(core: AllocatorCore, agent: Agent): void {
  const { masks, agents } = core.state;
  const before = agents.classOf[agent] as number;
  const total = core.ledger.totals.of(agent);
  agents.classOf[agent] = masks.enter(agents.profiles[agent] as AgentProfile, hasGpus(core, total));
  masks.leave(before);
}

function hasGpus({ state }: AllocatorCore, { plain, bag }: Amounts): boolean {
  const gpus = state.names.indexOf("gpus");
  return (plain[gpus] as number) > 0 || bag.items.some(({ kind }) => kind.name === gpus);
}

function isSame(a: Amounts, b: Amounts): boolean {
  return (
    a.plain.every((milli, k) => milli === (b.plain[k] ?? 0)) &&
    containsBag(a.bag, b.bag) &&
    containsBag(b.bag, a.bag)
  );
}

export function setMaintenance(core: AllocatorCore, event: EventOf<"maintenanceSet">): Outcome {
  const agent = core.state.agents.find(event.agentId);
  if (agent === undefined) return UNKNOWN;
  core.inverse.setWindow(agent, event.window);
  core.state.dirty.markAgent(agent);
  return APPLIED;
}

export function answerInverse(
  core: AllocatorCore,
  event: EventOf<"inverseAnswered">,
  nowMs: number,
): Outcome {
  const agent = core.state.agents.find(event.agentId);
  if (agent === undefined) return UNKNOWN;
  const { frameworkId, answer, refuseSeconds } = event;
  const known = core.inverse.answer(agent, frameworkId, answer, refuseSeconds, nowMs);
  return known ? APPLIED : UNKNOWN;
}
