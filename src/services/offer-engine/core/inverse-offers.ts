import { asId, type OfferId } from "../../../api/ids/ids.ts";
import type { InverseOffer as WireInverseOffer } from "../../../api/mesos/offer.ts";
import type { SchedulerCall } from "../../../api/mesos/scheduler-call.ts";
import type { InverseOffer as InverseGrant } from "../../../domain/allocator/events.ts";
import type {
  Agent,
  Framework,
  InverseAnswer,
  InverseOffer,
} from "../../../domain/mesos/master-state.ts";
import { isConnected } from "../../../domain/mesos/master-state.ts";
import { unavailabilityOf } from "../../../domain/mesos/maintenance/maintenance-requests.ts";
import { agentUrl } from "./agent-profile.ts";
import { type EngineContext, nextInverseOfferId, sendEvent, tellAllocator } from "./context.ts";
import { DEFAULT_REFUSE_SECONDS } from "./offers.ts";

type Answer = Exclude<InverseAnswer["status"], "UNKNOWN">;
type AnswerCall = NonNullable<SchedulerCall["accept_inverse_offers"]>;

/** An inverse offer has less than 1 KiB, a record at most 1 MiB. */
const EVENT_OFFERS_MAX = 1000;

/** Asks frameworks as the allocator decided in this input: one INVERSE_OFFERS event per framework and 1,000 agents. */
export function makeInverseOffers(context: EngineContext): void {
  const { inverseGrants } = context;
  if (inverseGrants.length === 0) return;
  context.inverseGrants = [];
  const byFramework = new Map<Framework, InverseOffer[]>();
  for (const grant of inverseGrants) {
    const offer = makeInverseOffer(context, grant);
    if (offer === undefined) continue;
    const batch = byFramework.get(offer.framework);
    if (batch === undefined) byFramework.set(offer.framework, [offer]);
    else batch.push(offer);
  }
  for (const [framework, offers] of byFramework) {
    for (let at = 0; at < offers.length; at += EVENT_OFFERS_MAX) {
      const some = offers.slice(at, at + EVENT_OFFERS_MAX).map(wireInverseOffer);
      sendEvent(context, framework, {
        type: "INVERSE_OFFERS",
        inverse_offers: { inverse_offers: some },
      });
    }
  }
}

/** Undefined when the framework or the agent left in the same input. */
function makeInverseOffer(
  context: EngineContext,
  { frameworkId, agentId, window }: InverseGrant,
): InverseOffer | undefined {
  const framework = context.state.frameworks.get(frameworkId);
  const agent = context.state.agents.get(agentId);
  if (framework === undefined || agent === undefined || !isConnected(framework)) return undefined;
  const offer = { id: nextInverseOfferId(context), framework, agent, window };
  context.state.inverseOffers.set(offer.id, offer);
  if (answersOn(context, agent).get(framework.id) === undefined) {
    noteAnswer(context, offer, "UNKNOWN");
  }
  return offer;
}

/** Without resources: all that the framework has there is meant. */
function wireInverseOffer({ id, framework, agent, window }: InverseOffer): WireInverseOffer {
  return {
    id: { value: id },
    url: agentUrl(agent),
    framework_id: { value: framework.id },
    agent_id: { value: agent.id },
    unavailability: unavailabilityOf(window),
  };
}

/** ACCEPT_ and DECLINE_INVERSE_OFFERS: recorded, with a filter of time. Ids that are not outstanding are counted. */
export function answerInverseOffers(
  context: EngineContext,
  framework: Framework,
  answer: Answer,
  call: AnswerCall,
): void {
  for (const { value } of call.inverse_offer_ids ?? []) {
    const offer = context.state.inverseOffers.get(asId<OfferId>(value));
    if (offer?.framework !== framework) {
      context.counters.add("master/dropped_messages");
      continue;
    }
    context.state.inverseOffers.delete(offer.id);
    noteAnswer(context, offer, answer);
    tellAllocator(context, {
      kind: "inverseAnswered",
      agentId: offer.agent.id,
      frameworkId: framework.id,
      answer,
      refuseSeconds: call.filters?.refuse_seconds ?? DEFAULT_REFUSE_SECONDS,
    });
  }
}

/** The question does not stand any more: RESCIND_INVERSE_OFFER to those who were asked. */
export function rescindInverseOffersOn(context: EngineContext, agent: Agent): void {
  rescindInverseOffers(context, (offer) => offer.agent === agent);
  context.state.inverseAnswers.delete(agent.id);
}

/** The framework is left alone for now; it is asked anew when it gets offers again. */
export function rescindInverseOffersOf(context: EngineContext, framework: Framework): void {
  rescindInverseOffers(context, (offer) => offer.framework === framework);
}

function rescindInverseOffers(
  context: EngineContext,
  isMeant: (offer: InverseOffer) => boolean,
): void {
  for (const offer of [...context.state.inverseOffers.values()].filter(isMeant)) {
    context.state.inverseOffers.delete(offer.id);
    sendEvent(context, offer.framework, {
      type: "RESCIND_INVERSE_OFFER",
      rescind_inverse_offer: { inverse_offer_id: { value: offer.id } },
    });
  }
}

/** A framework that cannot be reached, or is gone, is asked anew when it is back. */
export function dropInverseOffersOf(context: EngineContext, framework: Framework): void {
  for (const offer of [...context.state.inverseOffers.values()]) {
    if (offer.framework === framework) context.state.inverseOffers.delete(offer.id);
  }
}

/** What a framework that is gone for good said is of no interest any more. */
export function forgetAnswersOf(context: EngineContext, framework: Framework): void {
  dropInverseOffersOf(context, framework);
  for (const answers of context.state.inverseAnswers.values()) answers.delete(framework.id);
}

function answersOn(context: EngineContext, agent: Agent): Map<Framework["id"], InverseAnswer> {
  const { inverseAnswers } = context.state;
  const known = inverseAnswers.get(agent.id);
  if (known !== undefined) return known;
  const none = new Map<Framework["id"], InverseAnswer>();
  inverseAnswers.set(agent.id, none);
  return none;
}

function noteAnswer(
  context: EngineContext,
  { agent, framework }: InverseOffer,
  status: InverseAnswer["status"],
): void {
  answersOn(context, agent).set(framework.id, { status, atMs: context.nowMs });
}
