import type { Agent } from "../../../domain/mesos/master-state.ts";
import {
  planOperation,
  type PlannedOperation,
} from "../../../domain/mesos/operations/operation-plan.ts";
import { pendingOperation } from "../../../domain/mesos/operations/operation.ts";
import { offeredIn, usedOnAgent } from "../../../domain/mesos/views/usage.ts";
import {
  containsResources,
  NO_RESOURCES,
  subtractResources,
} from "../../../domain/resources/arithmetic.ts";
import { formatResources } from "../../../domain/resources/format-resources.ts";
import type { Resources } from "../../../domain/resources/resource.ts";
import { isOfferable } from "./agent-offering.ts";
import { type EngineContext, tellAllocator } from "./context.ts";
import type { OperatorAnswer } from "./effects.ts";
import type { OperatorOperation } from "./inputs.ts";
import { loansAsPlain } from "./lent-room.ts";
import { rescindOffer } from "./offers.ts";
import { deliverOperation } from "./operation-delivery.ts";
import { convertAgent, newUuid, operationContext, rescindVolumes } from "./operations.ts";

/** An operator's operation: on what is free, or comes free by rescinding offers of the agent; as many as are needed. */
export function operateAgent(context: EngineContext, order: OperatorOperation): void {
  const answer = operate(context, order);
  context.effects.push({ kind: "operatorAnswered", requestId: order.requestId, answer });
}

function operate(
  context: EngineContext,
  { agentId, operation, principal }: OperatorOperation,
): OperatorAnswer {
  const agent = context.state.agents.get(agentId);
  if (agent === undefined) return { kind: "invalid", message: "No agent found with specified ID" };
  const operating = operationContext(context, agent, { principal });
  const verdict = planOperation(operation, agent.total, operating);
  if (!verdict.ok) {
    const { error, lacking } = verdict;
    return lacking
      ? { kind: "taken", message: error }
      : {
          kind: "invalid",
          message: `Invalid ${operation.type ?? "UNKNOWN"} operation on agent ${agentId}: ${error}`,
        };
  }
  const used = usedOnAgent(context.state, agent);
  const idle = subtractResources(agent.total, loansAsPlain(used, agent.total));
  const { consumed } = verdict.operation.conversion;
  if (!containsResources(idle, consumed)) return taken(consumed, idle);
  return convertIdle(context, agent, idle, verdict.operation);
}

function taken(consumed: Resources, idle: Resources): OperatorAnswer {
  const [wanted, left] = [consumed, idle].map(formatResources);
  return { kind: "taken", message: `${left} is not in use, which does not contain ${wanted}` };
}

/** While it is converted nothing of the agent is given to anybody. */
function convertIdle(
  context: EngineContext,
  agent: Agent,
  idle: Resources,
  { info, conversion }: PlannedOperation,
): OperatorAnswer {
  const { consumed, converted } = conversion;
  const wasOffered = isOfferable(agent);
  if (wasOffered) tellAllocator(context, { kind: "agentDeactivated", agentId: agent.id });
  rescindFor(context, agent, subtractResources(consumed, subtractOffers(idle, agent)));
  rescindVolumes(context, agent, consumed);
  const decision = tellAllocator(context, {
    kind: "availableConverted",
    agentId: agent.id,
    from: consumed,
    to: converted,
  });
  const isDone = decision.outcome.kind === "applied";
  if (isDone) {
    convertAgent(agent, conversion);
    const given = { uuid: newUuid(context), frameworkId: undefined, role: undefined, info };
    deliverOperation(context, agent, pendingOperation({ ...given, agentId: agent.id }));
  }
  if (wasOffered) tellAllocator(context, { kind: "agentActivated", agentId: agent.id });
  return isDone ? { kind: "accepted" } : taken(consumed, idle);
}

function subtractOffers(idle: Resources, agent: Agent): Resources {
  return subtractResources(idle, loansAsPlain(offeredIn(agent.offers), idle));
}

/** Rescinds offers until what is missing is back; those that do not help stay. */
function rescindFor(context: EngineContext, agent: Agent, missing: Resources): void {
  let needed = missing;
  for (const offer of [...agent.offers]) {
    if (needed.length === 0) return;
    const after = subtractResources(needed, loansAsPlain(offer.resources, NO_RESOURCES));
    if (formatResources(after) === formatResources(needed)) continue;
    rescindOffer(context, offer);
    needed = after;
  }
}
