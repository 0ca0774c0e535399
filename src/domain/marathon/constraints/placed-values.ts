/** The value that the first placed Pod's agent has of a field; `undefined` = it has none. */
export interface FirstValue {
  readonly value: string | undefined;
}

/** Where an app's counted Pods are, by value of one field; agents without the field are in no count. */
export class PlacedValues {
  readonly #counts = new Map<string, number>();
  #least: number | undefined;
  /** Undefined = no Pod is placed. */
  readonly first: () => FirstValue | undefined;

  constructor(first: () => FirstValue | undefined) {
    this.first = first;
  }

  /** @param step 1 = one Pod more on agents of that value, -1 = one less. */
  add(value: string | undefined, step: 1 | -1): void {
    if (value === undefined) return;
    const count = this.count(value) + step;
    if (count > 0) this.#counts.set(value, count);
    else this.#counts.delete(value);
    this.#least = undefined;
  }

  count(value: string): number {
    return this.#counts.get(value) ?? 0;
  }

  /** How many values are in use. */
  get size(): number {
    return this.#counts.size;
  }

  /** The smallest count of a value in use; Infinity when none is. */
  least(): number {
    if (this.#least === undefined) {
      this.#least = Infinity;
      for (const count of this.#counts.values()) this.#least = Math.min(this.#least, count);
    }
    return this.#least;
  }
}
