import type { AgentId } from "../../../api/ids/ids.ts";
import type { AgentProfile } from "../agent-profile.ts";
import { growFloats, growInts, widenRows, type Floats, type Ints } from "./columns.ts";
import { EMPTY_BAG, type Bag } from "./bag.ts";
import type { NamedColumns, ScalarNames } from "./scalar-names.ts";

/** Dense index of an agent; the index of a removed agent is given to a later one. */
export type Agent = number;

/** What the run has to know about an agent, in columns; all changes of `free` go through `Ledger` and `AgentTotals`. */
export class AgentTable implements NamedColumns {
  readonly #names: ScalarNames;
  readonly #indexes = new Map<AgentId, Agent>();
  readonly #unused: Agent[] = [];
  #stride: number;
  /** Indexes below it may be in use. */
  size = 0;

  readonly ids: (AgentId | undefined)[] = [];
  readonly profiles: AgentProfile[] = [];
  /** Plain quantities by name. */
  total: Floats;
  /** `total` − what is held; below 0 while more is held than there is. */
  free: Floats;
  readonly totalBags: Bag[] = [];
  /** What of the bag is not held; shared volumes are always in it. */
  readonly freeBags: Bag[] = [];
  /** What is held although the total does not have it any more. */
  readonly owedBags: Bag[] = [];
  classOf: Ints = new Int32Array(16);
  /** 1 = active, not draining, suspect or disconnected. */
  isActive = new Uint8Array(16);
  isListed = new Uint8Array(16);
  /** 1 = something is free, nothing owed, a pod slot left; see `refreshOfferable`. */
  isOfferable = new Uint8Array(16);
  /** Slots left for pods; -1 = not counted. */
  podSlotsFree: Ints = new Int32Array(16);
  /** Runs that have considered the agent. */
  runs: Ints = new Int32Array(16);

  constructor(names: ScalarNames) {
    this.#names = names;
    this.#stride = names.stride;
    this.total = new Float64Array(16 * this.#stride);
    this.free = new Float64Array(16 * this.#stride);
    names.register(this);
  }

  get stride(): number {
    return this.#stride;
  }

  get count(): number {
    return this.#indexes.size;
  }

  widen(stride: number): void {
    this.total = widenRows(this.total, this.#stride, stride);
    this.free = widenRows(this.free, this.#stride, stride);
    this.#stride = stride;
  }

  find(id: AgentId): Agent | undefined {
    return this.#indexes.get(id);
  }

  /** Known agents by index. */
  *all(): Generator<Agent> {
    for (let agent = 0; agent < this.size; agent += 1) if (this.isKnown(agent)) yield agent;
  }

  isKnown(agent: Agent): boolean {
    return this.ids[agent] !== undefined;
  }

  add(id: AgentId, profile: AgentProfile): Agent {
    const agent = this.#unused.pop() ?? this.size++;
    this.#grow(agent + 1);
    this.#indexes.set(id, agent);
    this.ids[agent] = id;
    this.profiles[agent] = profile;
    this.total.fill(0, agent * this.#stride, (agent + 1) * this.#stride);
    this.free.fill(0, agent * this.#stride, (agent + 1) * this.#stride);
    this.totalBags[agent] = EMPTY_BAG;
    this.freeBags[agent] = EMPTY_BAG;
    this.owedBags[agent] = EMPTY_BAG;
    this.isActive[agent] = 1;
    this.isListed[agent] = 1;
    this.podSlotsFree[agent] = -1;
    this.isOfferable[agent] = 0;
    this.runs[agent] = 0;
    return agent;
  }

  remove(agent: Agent): void {
    this.#indexes.delete(this.ids[agent] as AgentId);
    this.ids[agent] = undefined;
    this.isActive[agent] = 0;
    this.isOfferable[agent] = 0;
    this.#unused.push(agent);
  }

  /** A candidate for runs: known, active, listed. */
  isCandidate(agent: Agent): boolean {
    return ((this.isActive[agent] as number) & (this.isListed[agent] as number)) === 1;
  }

  /** More is held than the agent has: nothing is granted there until that is over. */
  isOvercommitted(agent: Agent): boolean {
    if (!(this.owedBags[agent] as Bag).isEmpty) return true;
    const base = agent * this.#stride;
    for (let k = 0; k < this.#names.count; k += 1) {
      if ((this.free[base + k] as number) < 0) return true;
    }
    return false;
  }

  setPodSlots(agent: Agent, free: number): void {
    this.podSlotsFree[agent] = free;
    this.refreshOfferable(agent);
  }

  /** To be called after free resources or pod slots changed. */
  refreshOfferable(agent: Agent): void {
    let isAnyFree = !(this.freeBags[agent] as Bag).isEmpty;
    let isOwing = !(this.owedBags[agent] as Bag).isEmpty;
    const { free } = this;
    const base = agent * this.#stride;
    const count = this.#names.count;
    for (let k = 0; k < count; k += 1) {
      const milli = free[base + k] as number;
      if (milli > 0) isAnyFree = true;
      else if (milli < 0) isOwing = true;
    }
    this.isOfferable[agent] = isAnyFree && !isOwing && this.podSlotsFree[agent] !== 0 ? 1 : 0;
  }

  hasNothingFree(agent: Agent): boolean {
    if (!(this.freeBags[agent] as Bag).isEmpty) return false;
    const base = agent * this.#stride;
    for (let k = 0; k < this.#names.count; k += 1) {
      if ((this.free[base + k] as number) > 0) return false;
    }
    return true;
  }

  #grow(size: number): void {
    this.total = growFloats(this.total, size * this.#stride);
    this.free = growFloats(this.free, size * this.#stride);
    if (this.isActive.length >= size) return;
    this.isActive = growBytes(this.isActive, size);
    this.isListed = growBytes(this.isListed, size);
    this.isOfferable = growBytes(this.isOfferable, size);
    this.classOf = growInts(this.classOf, size);
    this.podSlotsFree = growInts(this.podSlotsFree, size);
    this.runs = growInts(this.runs, size);
  }
}

function growBytes(old: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer> {
  const grown = new Uint8Array(Math.max(size, old.length * 2));
  grown.set(old);
  return grown;
}
