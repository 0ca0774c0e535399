import type { Offer, OfferOperation } from "../../../../src/api/mesos/offer.ts";
import type { Resource } from "../../../../src/api/mesos/resource.ts";
import type { Random } from "../../../../src/runtime/ports/random.ts";

/** So that tasks are run, too. */
const OPERATIONS_MAX = 60;

/** What a framework that likes to reserve does with an offer. */
export class SimReserver {
  readonly #name: string;
  readonly #role: string;
  readonly #random: Random;
  #operations = 0;

  constructor(name: string, role: string, random: Random) {
    this.#name = name;
    this.#role = role;
    this.#random = random;
  }

  /** Operations that it does now; none: it uses the offer otherwise. `gives`: it wants to keep nothing. */
  operations(offer: Offer, gives: boolean): OfferOperation[] {
    const reserved = reservedIn(offer);
    const chance = this.#random.next();
    if (reserved.length > 0 && (gives || chance < 0.2)) {
      const resources = reserved.map(withoutAllocation);
      return [this.#named({ type: "UNRESERVE", unreserve: { resources } })];
    }
    if (gives || chance > 0.5 || this.#operations >= OPERATIONS_MAX) return [];
    const target = { role: this.#role, reservation: {} };
    const wanted: Resource = { name: "cpus", type: "SCALAR", scalar: { value: 0.5 }, ...target };
    return [this.#named({ type: "RESERVE", reserve: { resources: [wanted] } })];
  }

  /** Mostly with an id, so that it is told. */
  #named(operation: OfferOperation): OfferOperation {
    this.#operations += 1;
    if (this.#random.next() < 0.2) return operation;
    return { ...operation, id: { value: `${this.#name}-op${this.#operations}` } };
  }
}

/** What of an offer is reserved. */
export function reservedIn(offer: Offer): Resource[] {
  return (offer.resources ?? []).filter(({ reservation }) => reservation !== undefined);
}

export function withoutAllocation(resource: Resource): Resource {
  const { allocation_info: _offered, ...rest } = resource;
  return rest;
}
