import type { AgentId } from "../../../api/ids/ids.ts";
import type { Agent, Offer } from "../../../domain/mesos/master-state.ts";
import { scalarMilli } from "../../../domain/resources/arithmetic.ts";
import type { EngineContext } from "./context.ts";
import { rescindOffer } from "./offers.ts";

/** The largest part of any scalar of the agent that the offer holds, 0 to 1. */
function shareOf(agent: Agent, offer: Offer): number {
  const shares = offer.resources.map((resource) => {
    if (resource.kind !== "scalar") return 0;
    const total = scalarMilli(agent.total, resource.name);
    return total === 0 ? 0 : resource.milli / total;
  });
  return Math.max(0, ...shares);
}

/**
 * More is held on the agent than there is: its total fell, or a pod came that nobody admitted there. Outstanding offers
 * are taken back, largest first, until the rest fits; what runs is never killed for it.
 */
export function relieveAgent(context: EngineContext, agentId: AgentId): void {
  const agent = context.state.agents.get(agentId);
  if (agent === undefined) return;
  const offers = [...agent.offers].sort((a, b) => shareOf(agent, b) - shareOf(agent, a));
  for (const offer of offers) {
    if (!context.allocator.view.isOvercommitted(agentId)) return;
    rescindOffer(context, offer);
  }
}
