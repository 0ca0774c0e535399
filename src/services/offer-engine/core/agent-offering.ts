import type { Agent, AgentOrders } from "../../../domain/mesos/master-state.ts";
import { agentProfile } from "./agent-profile.ts";
import { type EngineContext, tellAllocator } from "./context.ts";

/** Whether the agent's resources may be offered now. */
export function isOfferable(agent: Agent): boolean {
  return agent.link.kind === "active" && !agent.cordoned && !isTakenOut(agent);
}

/** Whether an operator took the agent out of the offers. */
export function isTakenOut(orders: Readonly<AgentOrders>): boolean {
  return orders.deactivatedByOperator || orders.draining !== undefined;
}

/** Tells the allocator when an agent joins or leaves the candidates. */
export function setOffered(context: EngineContext, agent: Agent, wasOffered: boolean): void {
  const isOffered = isOfferable(agent);
  if (isOffered === wasOffered) return;
  tellAllocator(context, {
    kind: isOffered ? "agentActivated" : "agentDeactivated",
    agentId: agent.id,
  });
}

/** Tells the allocator what an agent says of itself now. */
export function tellUpdated(context: EngineContext, agent: Agent): void {
  tellAllocator(context, {
    kind: "agentUpdated",
    agentId: agent.id,
    profile: agentProfile(agent),
    total: agent.total,
    ...(agent.podSlots === undefined ? {} : { podSlotsFree: agent.podSlots }),
  });
}
