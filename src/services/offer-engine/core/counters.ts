/** Counters of one term under their `/metrics/snapshot` names. Names seen once stay. */
export class Counters {
  readonly #values = new Map<string, number>();

  add(name: string, by = 1): void {
    this.#values.set(name, (this.#values.get(name) ?? 0) + by);
  }

  get(name: string): number {
    return this.#values.get(name) ?? 0;
  }

  entries(): IterableIterator<[string, number]> {
    return this.#values.entries();
  }
}
