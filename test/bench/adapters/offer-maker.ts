import { isDeepStrictEqual } from "node:util";
import type { AgentId, FrameworkId } from "../../../src/api/ids/ids.ts";
import { encodeJson } from "../../../src/api/mesos/json-encode.ts";
import { encodeProtobuf } from "../../../src/api/mesos/protobuf-encode.ts";
import { SchedulerEvent } from "../../../src/api/mesos/scheduler-event.ts";
import type { Grant } from "../../../src/domain/allocator/events.ts";
import type { Agent, Framework, Offer } from "../../../src/domain/mesos/master-state.ts";
import { OfferBook } from "../../../src/domain/mesos/offer-book.ts";
import { OfferEncoder } from "../../../src/services/offer-engine/serve/offer-encoder.ts";
import { wireOffer } from "../../../src/services/offer-engine/serve/wire-offer.ts";
import { frameRecord } from "../../../src/services/offer-engine/serve/wire-record.ts";

/** What of the master's tables an offer and its JSON touch. */
type OfferingAgent = Pick<Agent, "id" | "hostname" | "info" | "attributes" | "address" | "offers">;
type OfferingFramework = Pick<Framework, "id" | "capabilities" | "executors" | "offers">;

/** Makes offers of grants and encodes them, with the engine's own book, encoder and framing. */
export class OfferMaker {
  readonly #encoder = new OfferEncoder();
  readonly #agents = new Map<AgentId, OfferingAgent>();
  readonly #frameworks = new Map<FrameworkId, OfferingFramework>();
  readonly #book = new OfferBook("3b0c9a52-6a0e-4c3b-9c7b-0d6d9b9b1c55");
  #nextOffer = 0;

  /** Outstanding offers, by framework. */
  make(grants: readonly Grant[], madeMs: number): Offer[][] {
    const byFramework = new Map<Framework, Offer[]>();
    for (const { frameworkId, role, agentId, resources, holding } of grants) {
      const framework = this.#framework(frameworkId) as Framework;
      const agent = this.#agent(agentId) as Agent;
      const parts = { framework, agent, role, resources, holding, madeMs };
      const offer = this.#book.make(this.#nextOffer, parts);
      this.#nextOffer += 1;
      const batch = byFramework.get(framework);
      if (batch === undefined) byFramework.set(framework, [offer]);
      else batch.push(offer);
    }
    return [...byFramework.values()];
  }

  /** Bytes of the framed OFFERS events as a socket takes them. */
  encode(batches: readonly (readonly Offer[])[]): number {
    let bytes = 0;
    for (const offers of batches) {
      for (const record of this.#encoder.records(offers)) bytes += frameRecord(record).length;
    }
    return bytes;
  }

  /** Bytes of the framed OFFERS events of protobuf streams. */
  encodeProtobuf(batches: readonly (readonly Offer[])[]): number {
    let bytes = 0;
    for (const offers of batches) {
      const event = { type: "OFFERS", offers: { offers: offers.map(wireOffer) } } as const;
      bytes += frameRecord(encodeProtobuf(SchedulerEvent, event)).length;
    }
    return bytes;
  }

  /** Whether the fragments make the same JSON as the message does, offer by offer. */
  isPlain(batches: readonly (readonly Offer[])[]): boolean {
    return batches.flat().every((offer) => {
      const event = { type: "OFFERS", offers: { offers: [wireOffer(offer)] } } as const;
      const plain: unknown = JSON.parse(encodeJson(SchedulerEvent, event));
      const [record = ""] = this.#encoder.records([offer]);
      return isDeepStrictEqual(JSON.parse(String(record)), plain);
    });
  }

  /** The offer is answered. */
  forget(offer: Offer): void {
    this.#book.forget(offer);
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
      offers: [],
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
