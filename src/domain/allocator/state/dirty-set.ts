import { growInts, type Ints } from "./columns.ts";

/** A set of dense indexes that can be filled and emptied without any garbage. */
class IndexSet {
  #isIn = new Uint8Array(64);
  #list: Ints = new Int32Array(16);
  size = 0;

  has(index: number): boolean {
    return this.#isIn[index] === 1;
  }

  add(index: number): void {
    if (index >= this.#isIn.length) {
      const grown = new Uint8Array(Math.max(index + 1, this.#isIn.length * 2));
      grown.set(this.#isIn);
      this.#isIn = grown;
    }
    if (this.#isIn[index] === 1) return;
    this.#isIn[index] = 1;
    this.#list = growInts(this.#list, this.size + 1);
    this.#list[this.size] = index;
    this.size += 1;
  }

  /** In the order in which they came; a copy. */
  values(): number[] {
    return Array.from(this.#list.subarray(0, this.size));
  }

  delete(index: number): void {
    if (!this.has(index)) return;
    this.#isIn[index] = 0;
    const place = this.#list.indexOf(index);
    this.#list.copyWithin(place, place + 1, this.size);
    this.size -= 1;
  }

  clear(): void {
    for (let i = 0; i < this.size; i += 1) this.#isIn[this.#list[i] as number] = 0;
    this.size = 0;
  }
}

/** Agents that a run has to look at again (trigger mode `event`). */
export class DirtySet {
  readonly #agents = new IndexSet();
  /** Agents on which limits or headroom cut somebody short: worth a look when slack grows. */
  readonly #cut = new IndexSet();
  /** Leaves for which every agent they may have is worth a look. */
  readonly #leaves = new IndexSet();

  get isEmpty(): boolean {
    return this.#agents.size === 0 && this.#leaves.size === 0;
  }

  agents(): number[] {
    return this.#agents.values();
  }

  hasAgent(agent: number): boolean {
    return this.#agents.has(agent);
  }

  leaves(): number[] {
    return this.#leaves.values();
  }

  markAgent(agent: number): void {
    this.#agents.add(agent);
  }

  markLeaf(leaf: number): void {
    this.#leaves.add(leaf);
  }

  /** Somebody was offered less than is free there because of limits or headroom. */
  noteCut(agent: number): void {
    this.#cut.add(agent);
  }

  /** Limits or headroom leave more room than before. */
  markSlack(): void {
    if (this.#cut.size === 0) return;
    for (const agent of this.#cut.values()) this.#agents.add(agent);
    this.#cut.clear();
  }

  forgetAgent(agent: number): void {
    this.#agents.delete(agent);
    this.#cut.delete(agent);
  }

  clear(): void {
    this.#agents.clear();
    this.#leaves.clear();
  }
}
