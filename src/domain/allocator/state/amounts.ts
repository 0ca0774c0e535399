import { NO_RESOURCES } from "../../resources/arithmetic.ts";
import type { MesosResource, Resources } from "../../resources/resource.ts";
import { bagOf, containsBag, EMPTY_BAG, type Bag, type BagItem } from "./bag.ts";
import { isPlain, type Kinds } from "./kinds.ts";
import type { ScalarNames } from "./scalar-names.ts";

/** Resources as the tables hold them: plain quantities in a row, the rest in a bag. */
export interface Amounts {
  readonly plain: Float64Array;
  readonly bag: Bag;
}

/** How many different bags are looked through for an equal one. */
const RECENT_BAGS_MAX = 8;

/** Converts between the values of the domain and the rows of the tables. */
export class AmountCodec {
  readonly #names: ScalarNames;
  readonly #kinds: Kinds;
  readonly #recent: Bag[] = [];

  constructor(names: ScalarNames, kinds: Kinds) {
    this.#names = names;
    this.#kinds = kinds;
  }

  encode(resources: Resources): Amounts {
    for (const { kind, name } of resources) if (kind === "scalar") this.#names.indexOf(name);
    const plain = new Float64Array(this.#names.stride);
    const items: BagItem[] = [];
    for (const value of resources) {
      if (value.kind === "scalar" && isPlain(value)) {
        const name = this.#names.indexOf(value.name);
        plain[name] = (plain[name] as number) + value.milli;
      } else items.push({ kind: this.#kinds.of(value), value });
    }
    return { plain, bag: items.length === 0 ? EMPTY_BAG : this.share(bagOf(items)) };
  }

  /** Agents of one kind have equal bags: one object for all keeps the loops in cache. */
  share(bag: Bag): Bag {
    if (bag.isEmpty) return bag;
    const known = this.#recent.find((other) => containsBag(other, bag) && containsBag(bag, other));
    if (known !== undefined) return known;
    this.#recent.unshift(bag);
    if (this.#recent.length > RECENT_BAGS_MAX) this.#recent.pop();
    return bag;
  }

  /** `offset` = where the row begins in `plain`. */
  decode(plain: Float64Array, offset: number, bag: Bag): Resources {
    const resources: MesosResource[] = [];
    for (let k = 0; k < this.#names.count; k += 1) {
      const milli = plain[offset + k] as number;
      if (milli <= 0) continue;
      resources.push({
        kind: "scalar",
        name: this.#names.nameOf(k),
        reservations: NO_RESERVATIONS,
        milli,
      });
    }
    for (const { value } of bag.items) resources.push(value);
    return resources.length === 0 ? NO_RESOURCES : resources;
  }
}

const NO_RESERVATIONS: MesosResource["reservations"] = [];
