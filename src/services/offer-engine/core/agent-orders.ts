import type { AgentId } from "../../../api/ids/ids.ts";
import type {
  Agent,
  AgentDrain,
  AgentOrders,
  MasterState,
} from "../../../domain/mesos/master-state.ts";
import { isOfferable, isTakenOut, setOffered } from "./agent-offering.ts";
import { identityOf } from "./agent-profile.ts";
import { type EngineContext, linkOf } from "./context.ts";
import type { RecordWrite } from "./effects.ts";
import { rescindOffersOfAgent } from "./offers.ts";
import { agentRecord, drainRecord, unreachableRecord } from "./records.ts";

export const NO_ORDERS: Readonly<AgentOrders> = {
  deactivatedByOperator: false,
  draining: undefined,
};

/** What holds for the agent, be it registered, awaited or unreachable; undefined when it is none of them. */
export function ordersOf(state: MasterState, agentId: AgentId): Readonly<AgentOrders> | undefined {
  const { agents, recovered, unreachable } = state;
  const known = agents.get(agentId) ?? recovered.get(agentId) ?? unreachable.get(agentId);
  if (known === undefined) return undefined;
  const { deactivatedByOperator, draining } = known;
  return { deactivatedByOperator, draining };
}

/** DEACTIVATE_AGENT: no offers any more, its tasks stay. REACTIVATE_AGENT: offers again, whatever was ordered. */
export function setDeactivated(
  context: EngineContext,
  agentId: AgentId,
  deactivated: boolean,
): void {
  const current = ordersOf(context.state, agentId);
  if (current === undefined || context.becomingGone.has(agentId)) return;
  setOrders(
    context,
    agentId,
    deactivated ? { ...current, deactivatedByOperator: true } : NO_ORDERS,
  );
  context.effects.push({
    kind: "persist",
    writes: [
      ...placeRecords(context, agentId),
      ...(deactivated ? [] : [{ kind: "delete" as const, record: "drain" as const, key: agentId }]),
    ],
  });
  const agent = context.state.agents.get(agentId);
  if (agent !== undefined && !deactivated) tellOrders(context, agent);
}

/** DRAIN_AGENT: the record first, then no offers and the order to end all tasks, as soon as the agent is there. */
export function drainAgent(
  context: EngineContext,
  agentId: AgentId,
  { maxGracePeriodMs, markGone }: Omit<AgentDrain, "state">,
): void {
  const current = ordersOf(context.state, agentId);
  if (current === undefined || context.becomingGone.has(agentId)) return;
  const draining = { state: "DRAINING" as const, maxGracePeriodMs, markGone };
  context.effects.push({ kind: "persist", writes: [drainRecord(agentId, draining)] });
  setOrders(context, agentId, { ...current, draining });
  const agent = context.state.agents.get(agentId);
  if (agent !== undefined) tellOrders(context, agent);
}

/**
 * Tells an agent to drain or to take launches. After each of its subscriptions too: it may have missed either while it was
 * away, and keeps what it was told last.
 */
export function tellOrders(context: EngineContext, agent: Agent): void {
  const linkId = linkOf(agent);
  if (linkId === undefined) return;
  const { term } = context;
  if (agent.draining === undefined) {
    context.effects.push({ kind: "agentEvent", linkId, event: { type: "REACTIVATE", term } });
    return;
  }
  const { maxGracePeriodMs, markGone } = agent.draining;
  context.effects.push({
    kind: "agentEvent",
    linkId,
    event: {
      type: "DRAIN",
      term,
      mark_gone: markGone,
      ...(maxGracePeriodMs === undefined ? {} : { max_grace_period_ms: maxGracePeriodMs }),
    },
  });
}

/** Puts the orders into every table that has the agent; its offers follow. */
function setOrders(context: EngineContext, agentId: AgentId, orders: Readonly<AgentOrders>): void {
  const { agents, recovered, unreachable } = context.state;
  const awaited = recovered.get(agentId);
  if (awaited !== undefined) recovered.set(agentId, { ...awaited, ...orders });
  const lost = unreachable.get(agentId);
  if (lost !== undefined) unreachable.set(agentId, { ...lost, ...orders });
  const agent = agents.get(agentId);
  if (agent === undefined) return;
  const wasOffered = isOfferable(agent);
  agent.deactivatedByOperator = orders.deactivatedByOperator;
  agent.draining = orders.draining;
  setOffered(context, agent, wasOffered);
  if (isTakenOut(orders)) rescindOffersOfAgent(context, agent);
}

/** The one record of the agent as it is, or as it becomes with what is being written; none of the other kind. */
function placeRecords(context: EngineContext, agentId: AgentId): RecordWrite[] {
  const { agents, recovered, unreachable } = context.state;
  const orders = ordersOf(context.state, agentId) ?? NO_ORDERS;
  const known = agents.get(agentId) ?? recovered.get(agentId);
  const asked = [...context.pendingAdmissions.values()].find((it) => it.agentId === agentId);
  const admitted = known ?? (asked === undefined ? undefined : { ...identityOf(asked), ...orders });
  if (admitted !== undefined && !context.becomingUnreachable.has(agentId)) {
    return [agentRecord(admitted), { kind: "delete", record: "unreachable", key: agentId }];
  }
  const lost = known ?? unreachable.get(agentId);
  if (lost === undefined) return [];
  const sinceMs = unreachable.get(agentId)?.sinceMs ?? context.nowMs;
  return [unreachableRecord(lost, sinceMs), { kind: "delete", record: "agent", key: agentId }];
}
