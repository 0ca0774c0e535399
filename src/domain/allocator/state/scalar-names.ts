/** A table whose rows hold one double per scalar name. */
export interface NamedColumns {
  /** Keeps what is there and makes room for `stride` names per row. */
  widen(stride: number): void;
}

/**
 * Dense indexes of scalar names: cpus is 0, mem 1, disk 2, gpus 3, others follow as they are seen.
 * Every table keeps `stride` doubles per row; the first `count` are in use.
 */
export class ScalarNames {
  readonly #names: string[] = [];
  readonly #indexes = new Map<string, number>();
  readonly #tables: NamedColumns[] = [];
  stride = 4;
  count = 0;

  constructor() {
    for (const name of ["cpus", "mem", "disk", "gpus"]) this.indexOf(name);
  }

  /** The index of a name; a new one widens every table once the stride is used up. */
  indexOf(name: string): number {
    const known = this.#indexes.get(name);
    if (known !== undefined) return known;
    const index = this.#names.length;
    this.#names.push(name);
    this.count = this.#names.length;
    this.#indexes.set(name, index);
    if (index >= this.stride) {
      this.stride *= 2;
      for (const table of this.#tables) table.widen(this.stride);
    }
    return index;
  }

  find(name: string): number | undefined {
    return this.#indexes.get(name);
  }

  nameOf(index: number): string {
    return this.#names[index] as string;
  }

  /** From now on the table is widened with the others; it starts at the current stride. */
  register(table: NamedColumns): void {
    this.#tables.push(table);
  }
}
