import type { Agent } from "../../../domain/mesos/master-state.ts";
import { isOfferable, setOffered } from "./agent-offering.ts";
import type { EngineContext } from "./context.ts";
import { rescindOffersOfAgent } from "./offers.ts";
import { unreachableRecord } from "./records.ts";

/** A lease is this many beats. */
export const LEASE_BEATS = 4;
const SUSPECT_BEATS = 2;
const LAG_TOLERATED_MS = 250;

/** Agents ÷ 2,000 s, at least 1 s, at most 5 s. */
export function beatIntervalMs(agentsCount: number): number {
  return Math.min(5000, Math.max(1000, Math.ceil(agentsCount / 2000) * 1000));
}

/**
 * Every 250 ms: suspect after two missed beats, disconnected when the lease is over, unreachable 25 s after the last
 * beat. A late tick is our own stall: every lease is extended by it.
 */
export function checkLeases(context: EngineContext, lagMs: number): void {
  if (lagMs > LAG_TOLERATED_MS) {
    for (const agent of context.state.agents.values()) agent.lastBeatMs += lagMs;
  }
  const interval = beatIntervalMs(context.state.agents.size);
  let silent = 0;
  for (const agent of context.state.agents.values()) {
    const silentMs = context.nowMs - agent.lastBeatMs;
    if (silentMs >= LEASE_BEATS * interval) silent += 1;
    checkLease(context, agent, silentMs, interval);
  }
  noteStorm(context, silent);
  if (context.storm) return;
  for (const agent of context.state.agents.values()) {
    if (context.nowMs - agent.lastBeatMs < context.limits.unreachableAfterMs) continue;
    recordUnreachable(context, agent);
  }
}

function checkLease(
  context: EngineContext,
  agent: Agent,
  silentMs: number,
  interval: number,
): void {
  if (context.nowMs < agent.leaseExtendedToMs) return;
  const wasOffered = isOfferable(agent);
  if (agent.link.kind !== "disconnected" && silentMs >= LEASE_BEATS * interval) {
    const { linkId } = agent.link;
    agent.link = { kind: "disconnected" };
    if (linkId !== undefined) {
      context.links.delete(linkId);
      context.effects.push({ kind: "closeAgentLink", linkId });
    }
    setOffered(context, agent, wasOffered);
    rescindOffersOfAgent(context, agent);
  } else if (agent.link.kind === "active" && silentMs >= SUSPECT_BEATS * interval) {
    agent.link = { kind: "suspect", linkId: agent.link.linkId };
    setOffered(context, agent, wasOffered);
  }
}

/** More than 55 % of the agents silent at once is more likely our network than theirs. */
function noteStorm(context: EngineContext, silent: number): void {
  const agents = context.state.agents.size;
  context.storm = agents >= STORM_AGENTS_MIN && silent > context.limits.stormShare * agents;
}

/** With fewer agents one loss is already a large share and says nothing about the network. */
const STORM_AGENTS_MIN = 4;

/** Registry first; the frameworks are told when the record is durable. */
function recordUnreachable(context: EngineContext, agent: Agent): void {
  if (context.becomingUnreachable.has(agent.id)) return;
  context.becomingUnreachable.add(agent.id);
  context.counters.add("master/slave_unreachable_scheduled");
  context.effects.push({
    kind: "persist",
    writes: [
      unreachableRecord(agent, context.nowMs),
      { kind: "delete", record: "agent", key: agent.id },
    ],
    then: { kind: "unreachableRecorded", agentId: agent.id },
  });
}

/** A beat, or any call: the agent lives. */
export function renewLease(context: EngineContext, agent: Agent, linkId: string): void {
  const wasOffered = isOfferable(agent);
  agent.lastBeatMs = context.nowMs;
  agent.leaseExtendedToMs = 0;
  if (agent.link.kind === "suspect") agent.link = { kind: "active", linkId };
  setOffered(context, agent, wasOffered);
}
