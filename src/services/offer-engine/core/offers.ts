import type { Grant } from "../../../domain/allocator/events.ts";
import type { Agent, Offer } from "../../../domain/mesos/master-state.ts";
import { isConnected } from "../../../domain/mesos/master-state.ts";
import { type EngineContext, sendEvent, tellAllocator } from "./context.ts";

/** `Filters.refuse_seconds` when the framework gives none. */
export const DEFAULT_REFUSE_SECONDS = 5;

/** Turns the grants of this input into offers: one OFFERS event per framework. */
export function makeOffers(context: EngineContext): void {
  const grants = context.grants;
  if (grants.length === 0) return;
  context.grants = [];
  const byStream = new Map<string, Offer[]>();
  for (const grant of grants) {
    const offer = makeOffer(context, grant);
    if (offer === undefined) continue;
    const { connection } = offer.framework;
    if (connection.kind !== "connected") continue;
    const batch = byStream.get(connection.streamId);
    if (batch === undefined) byStream.set(connection.streamId, [offer]);
    else batch.push(offer);
  }
  for (const [streamId, offers] of byStream) {
    context.effects.push({ kind: "offers", streamId, offers });
    context.counters.add("master/messages_resource_offers", 1);
  }
}

/** Undefined when the framework or the agent left in the same input: the resources go back. */
function makeOffer(context: EngineContext, grant: Grant): Offer | undefined {
  const framework = context.state.frameworks.get(grant.frameworkId);
  const agent = context.state.agents.get(grant.agentId);
  if (framework === undefined || agent === undefined || !isConnected(framework)) {
    tellAllocator(context, { kind: "recovered", cause: "released", ...grant });
    return undefined;
  }
  context.counters.add("master/offers_sent");
  return context.state.offers.make(context.nextOffer++, {
    framework,
    agent,
    role: grant.role,
    resources: grant.resources,
    holding: grant.holding,
    madeMs: context.nowMs,
  });
}

/** Gives the resources of an offer back without filter and without a word to the framework. */
export function discardOffer(context: EngineContext, offer: Offer): void {
  context.state.offers.forget(offer);
  tellAllocator(context, {
    kind: "recovered",
    frameworkId: offer.framework.id,
    role: offer.role,
    agentId: offer.agent.id,
    resources: offer.resources,
    holding: offer.holding,
    cause: "released",
  });
}

/** Takes the offer back: RESCIND to the framework, no filter. */
export function rescindOffer(context: EngineContext, offer: Offer): void {
  sendEvent(context, offer.framework, {
    type: "RESCIND",
    rescind: { offer_id: { value: offer.id } },
  });
  context.counters.add("master/offers_rescinded");
  discardOffer(context, offer);
}

export function rescindOffersOfAgent(context: EngineContext, agent: Agent): void {
  for (const offer of [...agent.offers]) rescindOffer(context, offer);
}

/** Rescinds offers that were out for the offer timeout; offers are kept in the order they were made. */
export function rescindTimedOutOffers(context: EngineContext): void {
  const { offerTimeoutMs } = context.config;
  if (offerTimeoutMs === 0) return;
  for (const offer of context.state.offers.values()) {
    if (context.nowMs - offer.madeMs < offerTimeoutMs) return;
    rescindOffer(context, offer);
  }
}
