import { asId, type AgentId, type FrameworkId, type OfferId } from "../../../src/api/ids/ids.ts";
import type { Grant } from "../../../src/domain/allocator/events.ts";
import type { Agent, Framework, Offer } from "../../../src/domain/mesos/master-state.ts";
import { OfferEncoder } from "../../../src/services/offer-engine/serve/offer-encoder.ts";

/** What of the master's tables an offer and its JSON touch. */
type OfferingAgent = Pick<Agent, "id" | "hostname" | "info" | "attributes" | "address" | "offers">;
type OfferingFramework = Pick<Framework, "id" | "capabilities" | "executors" | "offers">;

/** Makes offers of grants as the engine does and encodes them with the engine's own encoder. */
export class OfferMaker {
  readonly #encoder = new OfferEncoder();
  readonly #agents = new Map<AgentId, OfferingAgent>();
  readonly #frameworks = new Map<FrameworkId, OfferingFramework>();
  readonly outstanding = new Map<OfferId, Offer>();
  #nextOffer = 0;

  /** Offers with ids, outstanding at their framework and agent. */
  make(grants: readonly Grant[], nowMs: number): Offer[] {
    return grants.map(({ frameworkId, role, agentId, resources }) => {
      const framework = this.#framework(frameworkId) as Framework;
      const agent = this.#agent(agentId) as Agent;
      const id = asId<OfferId>(`3b0c9a52-6a0e-4c3b-9c7b-0d6d9b9b1c55-O${this.#nextOffer}`);
      this.#nextOffer += 1;
      const offer: Offer = { id, framework, agent, role, resources, madeMs: nowMs };
      this.outstanding.set(id, offer);
      framework.offers.add(offer);
      agent.offers.add(offer);
      return offer;
    });
  }

  /** Bytes of the OFFERS events' JSON, pure ASCII. */
  encode(offers: readonly Offer[]): number {
    let bytes = 0;
    for (const offer of offers) bytes += this.#encoder.encode(offer).length + 1;
    return bytes;
  }

  /** All offers are answered. */
  forget(offers: readonly Offer[]): void {
    for (const offer of offers) {
      this.outstanding.delete(offer.id);
      offer.framework.offers.delete(offer);
      offer.agent.offers.delete(offer);
    }
  }

  #agent(id: AgentId): OfferingAgent {
    const known = this.#agents.get(id);
    if (known !== undefined) return known;
    const agent: OfferingAgent = {
      id,
      hostname: id,
      info: { hostname: id, port: 5051 },
      attributes: [],
      address: "10.0.0.1",
      offers: new Set(),
    };
    this.#agents.set(id, agent);
    return agent;
  }

  #framework(id: FrameworkId): OfferingFramework {
    const known = this.#frameworks.get(id);
    if (known !== undefined) return known;
    const framework: OfferingFramework = {
      id,
      capabilities: new Set(["MULTI_ROLE"] as const),
      executors: new Map(),
      offers: new Set(),
    };
    this.#frameworks.set(id, framework);
    return framework;
  }
}
