import { asId, type OfferId } from "../../api/ids/ids.ts";
import type { Resources } from "../resources/resource.ts";
import type { Agent, Framework, Offer, OfferParts, OutstandingOffers } from "./master-state.ts";

/** The id is text only on the wire: it is put together when somebody asks for it. */
class NumberedOffer implements Offer {
  readonly number: number;
  readonly framework: Framework;
  readonly agent: Agent;
  readonly role: string;
  readonly resources: Resources;
  readonly holding: number;
  readonly madeMs: number;
  readonly #prefix: string;

  constructor(prefix: string, number: number, parts: OfferParts) {
    this.#prefix = prefix;
    this.number = number;
    this.framework = parts.framework;
    this.agent = parts.agent;
    this.role = parts.role;
    this.resources = parts.resources;
    this.holding = parts.holding;
    this.madeMs = parts.madeMs;
  }

  get id(): OfferId {
    return asId(this.#prefix + String(this.number));
  }
}

export class OfferBook implements OutstandingOffers {
  /** `<masterId>-O` */
  readonly #prefix: string;
  readonly #offers = new Map<number, NumberedOffer>();

  constructor(masterId: string) {
    this.#prefix = `${masterId}-O`;
  }

  get size(): number {
    return this.#offers.size;
  }

  make(number: number, parts: OfferParts): Offer {
    const offer = new NumberedOffer(this.#prefix, number, parts);
    this.#offers.set(number, offer);
    parts.framework.offers.add(offer);
    parts.agent.offers.push(offer);
    return offer;
  }

  get(id: string): Offer | undefined {
    if (!id.startsWith(this.#prefix)) return undefined;
    const offer = this.#offers.get(Number(id.slice(this.#prefix.length)));
    return offer?.id === id ? offer : undefined;
  }

  values(): IterableIterator<Offer> {
    return this.#offers.values();
  }

  forget(offer: Offer): void {
    if (!(offer instanceof NumberedOffer) || !this.#offers.delete(offer.number)) return;
    offer.framework.offers.delete(offer);
    const { offers } = offer.agent;
    // Few roles compete for one agent: the list is short.
    offers.splice(offers.indexOf(offer), 1);
  }
}
