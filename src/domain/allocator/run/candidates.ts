import type { AllocatorState } from "../state/allocator-state.ts";
import { growInts, type Ints } from "../state/columns.ts";

/** Free shares are told apart in steps of 1/1024. */
const STEPS = 1024;

/** The agents a run looks at, in the order in which it does. */
export class Candidates {
  readonly #state: AllocatorState;
  length = 0;
  order: Ints = new Int32Array(16);
  #scratch: Ints = new Int32Array(16);
  #keys: Ints = new Int32Array(16);
  readonly #starts = new Int32Array(STEPS + 2);

  constructor(state: AllocatorState) {
    this.#state = state;
  }

  /** All candidates among these agents, by index. */
  load(agents: Iterable<number>): void {
    const table = this.#state.agents;
    this.#reserve(table.size);
    this.length = 0;
    for (const agent of agents) {
      if (!table.isCandidate(agent)) continue;
      this.order[this.length] = agent;
      this.length += 1;
    }
    this.order.subarray(0, this.length).sort();
  }

  loadAll(): void {
    const { isActive, isListed, size } = this.#state.agents;
    this.#reserve(size);
    const { order } = this;
    let length = 0;
    for (let agent = 0; agent < size; agent += 1) {
      if (((isActive[agent] as number) & (isListed[agent] as number)) === 0) continue;
      order[length] = agent;
      length += 1;
    }
    this.length = length;
  }

  /** Puts them in the order of the next stage: random, then fullest first if so configured. */
  arrange(): void {
    const isFullest = this.#state.options.agentOrder === "fullest";
    if (isFullest) this.#readFreeShares();
    this.#state.random.shuffle(this.order, this.length);
    if (isFullest) this.#sortByFreeShare();
  }

  /** Instead of `arrange` when nobody is to be asked: the seed's later draws stay the same. */
  skipArrange(): void {
    this.#state.random.skipShuffle();
  }

  /** By agent index, so before the shuffle: the columns are then read in one sweep. */
  #readFreeShares(): void {
    for (let i = 0; i < this.length; i += 1) {
      const agent = this.order[i] as number;
      this.#keys[agent] = freeShareStep(this.#state, agent);
    }
  }

  /** Stable counting sort by free share. */
  #sortByFreeShare(): void {
    const starts = this.#starts.fill(0);
    for (let i = 0; i < this.length; i += 1) {
      const key = this.#keys[this.order[i] as number] as number;
      starts[key + 1] = (starts[key + 1] as number) + 1;
    }
    if (starts.includes(this.length, 1)) return;
    for (let key = 1; key < starts.length; key += 1) {
      starts[key] = (starts[key] as number) + (starts[key - 1] as number);
    }
    for (let i = 0; i < this.length; i += 1) {
      const key = this.#keys[this.order[i] as number] as number;
      this.#scratch[starts[key] as number] = this.order[i] as number;
      starts[key] = (starts[key] as number) + 1;
    }
    const sorted = this.#scratch;
    this.#scratch = this.order;
    this.order = sorted;
  }

  #reserve(agents: number): void {
    this.order = growInts(this.order, agents);
    this.#scratch = growInts(this.#scratch, agents);
    this.#keys = growInts(this.#keys, agents);
  }
}

/**
 * How free the dominant (most used) plain resource of the agent is, 0 … 1024:
 * ⌊1024 × min over names with total > 0 of max(0, free) / total⌋.
 */
export function freeShareStep(state: AllocatorState, agent: number): number {
  const { agents, names } = state;
  const base = agent * agents.stride;
  let least = 1;
  for (let k = 0; k < names.count; k += 1) {
    const total = agents.total[base + k] as number;
    if (total <= 0) continue;
    const share = Math.max(0, agents.free[base + k] as number) / total;
    if (share < least) least = share;
  }
  return Math.floor(least * STEPS);
}
