/** Agents that a run has to look at again (trigger mode `event`). */
export class DirtySet {
  readonly #agents = new Set<number>();
  /** Agents on which limits or headroom cut somebody short: worth a look when slack grows. */
  readonly #cut = new Set<number>();
  /** Leaves for which every agent they may have is worth a look. */
  readonly #leaves = new Set<number>();
  #isAll = false;

  get isEmpty(): boolean {
    return !this.#isAll && this.#agents.size === 0 && this.#leaves.size === 0;
  }

  get isAll(): boolean {
    return this.#isAll;
  }

  get agents(): ReadonlySet<number> {
    return this.#agents;
  }

  get leaves(): ReadonlySet<number> {
    return this.#leaves;
  }

  markAgent(agent: number): void {
    this.#agents.add(agent);
  }

  markLeaf(leaf: number): void {
    this.#leaves.add(leaf);
  }

  markAll(): void {
    this.#isAll = true;
  }

  /** Somebody was offered less than is free there because of limits or headroom. */
  noteCut(agent: number): void {
    this.#cut.add(agent);
  }

  /** Limits or headroom leave more room than before. */
  markSlack(): void {
    for (const agent of this.#cut) this.#agents.add(agent);
    this.#cut.clear();
  }

  forgetAgent(agent: number): void {
    this.#agents.delete(agent);
    this.#cut.delete(agent);
  }

  clear(): void {
    this.#agents.clear();
    this.#leaves.clear();
    this.#isAll = false;
  }
}
