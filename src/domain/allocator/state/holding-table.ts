import { addBags, EMPTY_BAG, subtractBags, type Bag } from "./bag.ts";
import { growFloats, growHeads, growInts, widenRows, type Floats, type Ints } from "./columns.ts";
import type { NamedColumns, ScalarNames } from "./scalar-names.ts";

/** Dense index of a holding; -1 = none. */
export type Holding = number;

/** Fields of a holding, side by side so that one is read with one line of cache. */
const LEAF = 0;
const AGENT = 1;
const NEXT_OF_AGENT = 2;
const PREVIOUS_OF_AGENT = 3;
const NEXT_OF_LEAF = 4;
const PREVIOUS_OF_LEAF = 5;
const FIELDS = 8;

/** What each leaf holds on each agent, offered or allocated; linked per agent and per leaf. */
export class HoldingTable implements NamedColumns {
  readonly #names: ScalarNames;
  readonly #unused: Holding[] = [];
  #size = 0;
  #stride: number;
  #rows: Ints = new Int32Array(16 * FIELDS);
  plain: Floats;
  readonly bags: Bag[] = [];
  #firstOfAgent: Ints = new Int32Array(16).fill(-1);
  #firstOfLeaf: Ints = new Int32Array(16).fill(-1);
  #countOfLeaf: Ints = new Int32Array(16);

  constructor(names: ScalarNames) {
    this.#names = names;
    this.#stride = names.stride;
    this.plain = new Float64Array(16 * this.#stride);
    names.register(this);
  }

  leafOf(holding: Holding): number {
    return this.#rows[holding * FIELDS + LEAF] as number;
  }

  agentOf(holding: Holding): number {
    return this.#rows[holding * FIELDS + AGENT] as number;
  }

  widen(stride: number): void {
    this.plain = widenRows(this.plain, this.#stride, stride);
    this.#stride = stride;
  }

  /** What the leaf holds on the agent; -1 = nothing. O(holders of the agent). */
  find(leaf: number, agent: number): Holding {
    let holding = this.firstOfAgent(agent);
    while (holding >= 0 && this.leafOf(holding) !== leaf) holding = this.nextOfAgent(holding);
    return holding;
  }

  firstOfAgent(agent: number): Holding {
    return this.#firstOfAgent[agent] ?? -1;
  }

  nextOfAgent(holding: Holding): Holding {
    return this.#rows[holding * FIELDS + NEXT_OF_AGENT] as Holding;
  }

  firstOfLeaf(leaf: number): Holding {
    return this.#firstOfLeaf[leaf] ?? -1;
  }

  nextOfLeaf(holding: Holding): Holding {
    return this.#rows[holding * FIELDS + NEXT_OF_LEAF] as Holding;
  }

  /** Whether the row is in use. */
  isLive(holding: Holding): boolean {
    return holding >= 0 && holding < this.#size && this.leafOf(holding) >= 0;
  }

  /** On how many agents the leaf holds something. */
  countOf(leaf: number): number {
    return this.#countOfLeaf[leaf] ?? 0;
  }

  /** Adds to what the leaf holds there. */
  add(leaf: number, agent: number, plain: Float64Array, bag: Bag): Holding {
    let holding = this.find(leaf, agent);
    if (holding < 0) holding = this.#insert(leaf, agent);
    const base = holding * this.#stride;
    for (let k = 0; k < this.#names.count; k += 1) {
      this.plain[base + k] = (this.plain[base + k] as number) + (plain[k] as number);
    }
    this.bags[holding] = addBags(this.bags[holding] as Bag, bag);
    return holding;
  }

  /** Takes a part out; with nothing left the holding is gone. */
  subtract(holding: Holding, plain: Float64Array, bag: Bag): void {
    const base = holding * this.#stride;
    let isEmpty = true;
    for (let k = 0; k < this.#names.count; k += 1) {
      const left = (this.plain[base + k] as number) - (plain[k] as number);
      this.plain[base + k] = left;
      if (left !== 0) isEmpty = false;
    }
    const rest = subtractBags(this.bags[holding] as Bag, bag);
    this.bags[holding] = rest;
    if (isEmpty && rest.isEmpty) this.#unlink(holding);
  }

  #insert(leaf: number, agent: number): Holding {
    const holding = this.#unused.pop() ?? this.#size++;
    this.#grow(holding + 1, leaf + 1, agent + 1);
    const rows = this.#rows;
    const row = holding * FIELDS;
    const nextOfAgent = this.#firstOfAgent[agent] as Holding;
    const nextOfLeaf = this.#firstOfLeaf[leaf] as Holding;
    rows[row + LEAF] = leaf;
    rows[row + AGENT] = agent;
    rows[row + NEXT_OF_AGENT] = nextOfAgent;
    rows[row + PREVIOUS_OF_AGENT] = -1;
    rows[row + NEXT_OF_LEAF] = nextOfLeaf;
    rows[row + PREVIOUS_OF_LEAF] = -1;
    if (nextOfAgent >= 0) rows[nextOfAgent * FIELDS + PREVIOUS_OF_AGENT] = holding;
    if (nextOfLeaf >= 0) rows[nextOfLeaf * FIELDS + PREVIOUS_OF_LEAF] = holding;
    this.#firstOfAgent[agent] = holding;
    this.#firstOfLeaf[leaf] = holding;
    this.#countOfLeaf[leaf] = this.countOf(leaf) + 1;
    const base = holding * this.#stride;
    for (let k = 0; k < this.#stride; k += 1) this.plain[base + k] = 0;
    this.bags[holding] = EMPTY_BAG;
    return holding;
  }

  #unlink(holding: Holding): void {
    const rows = this.#rows;
    const row = holding * FIELDS;
    const nextOfAgent = rows[row + NEXT_OF_AGENT] as Holding;
    const previousOfAgent = rows[row + PREVIOUS_OF_AGENT] as Holding;
    const nextOfLeaf = rows[row + NEXT_OF_LEAF] as Holding;
    const previousOfLeaf = rows[row + PREVIOUS_OF_LEAF] as Holding;
    if (previousOfAgent >= 0) rows[previousOfAgent * FIELDS + NEXT_OF_AGENT] = nextOfAgent;
    else this.#firstOfAgent[rows[row + AGENT] as number] = nextOfAgent;
    if (nextOfAgent >= 0) rows[nextOfAgent * FIELDS + PREVIOUS_OF_AGENT] = previousOfAgent;
    if (previousOfLeaf >= 0) rows[previousOfLeaf * FIELDS + NEXT_OF_LEAF] = nextOfLeaf;
    else this.#firstOfLeaf[rows[row + LEAF] as number] = nextOfLeaf;
    if (nextOfLeaf >= 0) rows[nextOfLeaf * FIELDS + PREVIOUS_OF_LEAF] = previousOfLeaf;
    const leaf = rows[row + LEAF] as number;
    this.#countOfLeaf[leaf] = (this.#countOfLeaf[leaf] as number) - 1;
    rows[row + LEAF] = -1;
    this.#unused.push(holding);
  }

  #grow(size: number, leaves: number, agents: number): void {
    if (size * FIELDS > this.#rows.length) {
      this.#rows = growInts(this.#rows, size * FIELDS);
      this.plain = growFloats(this.plain, size * this.#stride);
    }
    if (leaves > this.#firstOfLeaf.length) {
      this.#firstOfLeaf = growHeads(this.#firstOfLeaf, leaves);
      this.#countOfLeaf = growInts(this.#countOfLeaf, leaves);
    }
    if (agents > this.#firstOfAgent.length) {
      this.#firstOfAgent = growHeads(this.#firstOfAgent, agents);
    }
  }
}
