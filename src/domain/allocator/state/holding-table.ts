import { addBags, EMPTY_BAG, subtractBags, type Bag } from "./bag.ts";
import { growFloats, growInts, widenRows, type Floats, type Ints } from "./columns.ts";
import type { NamedColumns, ScalarNames } from "./scalar-names.ts";

/** Dense index of a holding; -1 = none. */
export type Holding = number;

/** What each leaf holds on each agent, offered or allocated; linked per agent and per leaf. */
export class HoldingTable implements NamedColumns {
  readonly #names: ScalarNames;
  readonly #unused: Holding[] = [];
  #size = 0;
  #stride: number;
  leafOf: Ints = new Int32Array(16);
  agentOf: Ints = new Int32Array(16);
  plain: Floats;
  readonly bags: Bag[] = [];
  #firstOfAgent: Ints = new Int32Array(16).fill(-1);
  #firstOfLeaf: Ints = new Int32Array(16).fill(-1);
  #nextOfAgent: Ints = new Int32Array(16);
  #previousOfAgent: Ints = new Int32Array(16);
  #nextOfLeaf: Ints = new Int32Array(16);
  #previousOfLeaf: Ints = new Int32Array(16);

  constructor(names: ScalarNames) {
    this.#names = names;
    this.#stride = names.stride;
    this.plain = new Float64Array(16 * this.#stride);
    names.register(this);
  }

  widen(stride: number): void {
    this.plain = widenRows(this.plain, this.#stride, stride);
    this.#stride = stride;
  }

  /** What the leaf holds on the agent; -1 = nothing. O(holders of the agent). */
  find(leaf: number, agent: number): Holding {
    let holding = this.firstOfAgent(agent);
    while (holding >= 0 && this.leafOf[holding] !== leaf) holding = this.nextOfAgent(holding);
    return holding;
  }

  firstOfAgent(agent: number): Holding {
    return this.#firstOfAgent[agent] ?? -1;
  }

  nextOfAgent(holding: Holding): Holding {
    return this.#nextOfAgent[holding] as Holding;
  }

  firstOfLeaf(leaf: number): Holding {
    return this.#firstOfLeaf[leaf] ?? -1;
  }

  nextOfLeaf(holding: Holding): Holding {
    return this.#nextOfLeaf[holding] as Holding;
  }

  /** Adds to what the leaf holds there; true when it held nothing before. */
  add(leaf: number, agent: number, plain: Float64Array, bag: Bag): boolean {
    let holding = this.find(leaf, agent);
    const isNew = holding < 0;
    if (isNew) holding = this.#insert(leaf, agent);
    const base = holding * this.#stride;
    for (let k = 0; k < this.#names.count; k += 1) {
      this.plain[base + k] = (this.plain[base + k] as number) + (plain[k] as number);
    }
    this.bags[holding] = addBags(this.bags[holding] as Bag, bag);
    return isNew;
  }

  /** Takes a part out; true when nothing is left and the holding is gone. */
  subtract(holding: Holding, plain: Float64Array, bag: Bag): boolean {
    const base = holding * this.#stride;
    let isEmpty = true;
    for (let k = 0; k < this.#names.count; k += 1) {
      const left = (this.plain[base + k] as number) - (plain[k] as number);
      this.plain[base + k] = left;
      if (left !== 0) isEmpty = false;
    }
    const rest = subtractBags(this.bags[holding] as Bag, bag);
    this.bags[holding] = rest;
    if (!isEmpty || !rest.isEmpty) return false;
    this.#unlink(holding);
    return true;
  }

  #insert(leaf: number, agent: number): Holding {
    const holding = this.#unused.pop() ?? this.#size++;
    this.#grow(holding + 1, leaf + 1, agent + 1);
    this.leafOf[holding] = leaf;
    this.agentOf[holding] = agent;
    this.plain.fill(0, holding * this.#stride, (holding + 1) * this.#stride);
    this.bags[holding] = EMPTY_BAG;
    const nextOfAgent = this.#firstOfAgent[agent] as Holding;
    this.#nextOfAgent[holding] = nextOfAgent;
    this.#previousOfAgent[holding] = -1;
    if (nextOfAgent >= 0) this.#previousOfAgent[nextOfAgent] = holding;
    this.#firstOfAgent[agent] = holding;
    const nextOfLeaf = this.#firstOfLeaf[leaf] as Holding;
    this.#nextOfLeaf[holding] = nextOfLeaf;
    this.#previousOfLeaf[holding] = -1;
    if (nextOfLeaf >= 0) this.#previousOfLeaf[nextOfLeaf] = holding;
    this.#firstOfLeaf[leaf] = holding;
    return holding;
  }

  #unlink(holding: Holding): void {
    const agent = this.agentOf[holding] as number;
    const nextOfAgent = this.#nextOfAgent[holding] as Holding;
    const previousOfAgent = this.#previousOfAgent[holding] as Holding;
    if (previousOfAgent >= 0) this.#nextOfAgent[previousOfAgent] = nextOfAgent;
    else this.#firstOfAgent[agent] = nextOfAgent;
    if (nextOfAgent >= 0) this.#previousOfAgent[nextOfAgent] = previousOfAgent;
    const leaf = this.leafOf[holding] as number;
    const nextOfLeaf = this.#nextOfLeaf[holding] as Holding;
    const previousOfLeaf = this.#previousOfLeaf[holding] as Holding;
    if (previousOfLeaf >= 0) this.#nextOfLeaf[previousOfLeaf] = nextOfLeaf;
    else this.#firstOfLeaf[leaf] = nextOfLeaf;
    if (nextOfLeaf >= 0) this.#previousOfLeaf[nextOfLeaf] = previousOfLeaf;
    this.#unused.push(holding);
  }

  #grow(size: number, leaves: number, agents: number): void {
    this.leafOf = growInts(this.leafOf, size);
    this.agentOf = growInts(this.agentOf, size);
    this.plain = growFloats(this.plain, size * this.#stride);
    this.#nextOfAgent = growInts(this.#nextOfAgent, size);
    this.#previousOfAgent = growInts(this.#previousOfAgent, size);
    this.#nextOfLeaf = growInts(this.#nextOfLeaf, size);
    this.#previousOfLeaf = growInts(this.#previousOfLeaf, size);
    this.#firstOfLeaf = growHeads(this.#firstOfLeaf, leaves);
    this.#firstOfAgent = growHeads(this.#firstOfAgent, agents);
  }
}

function growHeads(old: Ints, length: number): Ints {
  const grown = growInts(old, length);
  if (grown !== old) grown.fill(-1, old.length);
  return grown;
}
