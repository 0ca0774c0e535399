import type { HttpReply, HttpRequest } from "../../runtime/ports/http-exchange.ts";
import type { AgentRoom } from "../../domain/admission/explain/explain-app.ts";
import { offeredIn, usedOnAgent } from "../../domain/mesos/views/usage.ts";
import type { AgentId } from "../../api/ids/ids.ts";
import type { Agent } from "../../domain/mesos/master-state.ts";
import { NO_RESOURCES, subtractResources } from "../../domain/resources/arithmetic.ts";
import type { Resources } from "../../domain/resources/resource.ts";
import { isOfferable } from "../../services/offer-engine/core/agent-offering.ts";
import type { OfferEngine } from "../../services/offer-engine/core/engine.ts";
import { checkLeading } from "../../services/offer-engine/http/pipeline.ts";
import type { MasterService } from "../../services/offer-engine/master-service.ts";
import type { AdmissionApi } from "../../services/pod-admission/admission-api.ts";
import type { PodAdmission } from "../../services/pod-admission/pod-admission.ts";

function freeOf({ state }: OfferEngine, agent: Agent): Resources {
  const unused = subtractResources(agent.total, usedOnAgent(state, agent));
  return subtractResources(unused, offeredIn(agent.offers));
}

/** What the engine's agents have left besides tasks, pods and offers. */
export function roomsOf(engine: OfferEngine): readonly AgentRoom[] {
  return [...engine.state.agents.values()].map((agent) => ({
    agentId: agent.id,
    hostname: agent.hostname,
    isOfferable: isOfferable(agent),
    free: freeOf(engine, agent),
  }));
}

/** What could be given on one agent now. */
export function freeOn(engine: OfferEngine, agentId: AgentId): Resources {
  const agent = engine.state.agents.get(agentId);
  return agent === undefined || !isOfferable(agent) ? NO_RESOURCES : freeOf(engine, agent);
}

/** The report of waiting pods, on the leader; others send there. */
export function answerAdmission(
  request: HttpRequest,
  service: MasterService,
  api: AdmissionApi,
  admission: () => PodAdmission | undefined,
): HttpReply {
  const leading = checkLeading(request, service.leadership());
  if (!leading.ok) return leading.reply;
  const book = admission()?.book;
  if (book === undefined) return { kind: "reply", status: 503, headers: {}, body: "" };
  return api.answer(request, book, () => roomsOf(leading.value.engine));
}
