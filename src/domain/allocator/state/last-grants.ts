import type { Resources } from "../../resources/resource.ts";
import type { Amounts } from "./amounts.ts";
import { EMPTY_BAG, type Bag } from "./bag.ts";
import { growFloats, widenRows, type Floats } from "./columns.ts";
import type { NamedColumns, ScalarNames } from "./scalar-names.ts";

/**
 * What each agent was last granted, as amounts and as the value that was made of them: the same grant again needs no new
 * objects, and is known without a look at its parts when it comes back.
 */
export class LastGrants implements NamedColumns {
  readonly #names: ScalarNames;
  #stride: number;
  #plain: Floats;
  readonly #bags: Bag[] = [];
  readonly #values: (Resources | undefined)[] = [];
  #read: { plain: Floats; bag: Bag };

  constructor(names: ScalarNames) {
    this.#names = names;
    this.#stride = names.stride;
    this.#plain = new Float64Array(16 * this.#stride);
    this.#read = { plain: new Float64Array(this.#stride), bag: EMPTY_BAG };
    names.register(this);
  }

  widen(stride: number): void {
    this.#plain = widenRows(this.#plain, this.#stride, stride);
    this.#read = { plain: new Float64Array(stride), bag: EMPTY_BAG };
    this.#stride = stride;
  }

  /** The value that stands for these amounts, if they are what the agent was granted last. `base` = where the row begins. */
  valueOf(agent: number, plain: Floats, base: number, bag: Bag): Resources | undefined {
    const value = this.#values[agent];
    if (value === undefined || this.#bags[agent] !== bag) return undefined;
    const own = agent * this.#stride;
    for (let k = 0; k < this.#names.count; k += 1) {
      if (this.#plain[own + k] !== plain[base + k]) return undefined;
    }
    return value;
  }

  note(agent: number, plain: Floats, base: number, bag: Bag, value: Resources): void {
    this.#plain = growFloats(this.#plain, (agent + 1) * this.#stride);
    const own = agent * this.#stride;
    for (let k = 0; k < this.#names.count; k += 1) this.#plain[own + k] = plain[base + k] as number;
    while (this.#values.length <= agent) {
      this.#values.push(undefined);
      this.#bags.push(EMPTY_BAG);
    }
    this.#bags[agent] = bag;
    this.#values[agent] = value;
  }

  /** The amounts of the very value that was granted last; undefined for any other. Good until the next call. */
  amountsOf(agent: number, value: Resources): Amounts | undefined {
    if (this.#values[agent] !== value) return undefined;
    const { plain } = this.#read;
    const own = agent * this.#stride;
    for (let k = 0; k < plain.length; k += 1) plain[k] = this.#plain[own + k] as number;
    this.#read.bag = this.#bags[agent] as Bag;
    return this.#read;
  }

  forget(agent: number): void {
    if (agent < this.#values.length) this.#values[agent] = undefined;
  }
}
