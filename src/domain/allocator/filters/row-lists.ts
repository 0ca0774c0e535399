import { growHeads, growInts, type Ints } from "../state/columns.ts";

/** Dense index of a filter; -1 = none. */
export type Row = number;

/** Rows in a list for each that owns some, the latest first. A row is in one list at most. */
export class RowLists {
  #first: Ints = new Int32Array(16).fill(-1);
  #next: Ints = new Int32Array(16);
  #previous: Ints = new Int32Array(16);

  first(owner: number): Row {
    return this.#first[owner] ?? -1;
  }

  next(row: Row): Row {
    return this.#next[row] as Row;
  }

  /** Room for that many rows and owners. */
  reserve(rows: number, owners: number): void {
    this.#first = growHeads(this.#first, owners);
    this.#next = growInts(this.#next, rows);
    this.#previous = growInts(this.#previous, rows);
  }

  put(row: Row, owner: number): void {
    const next = this.first(owner);
    this.#next[row] = next;
    this.#previous[row] = -1;
    if (next >= 0) this.#previous[next] = row;
    this.#first[owner] = row;
  }

  remove(row: Row, owner: number): void {
    const next = this.#next[row] as Row;
    const previous = this.#previous[row] as Row;
    if (previous >= 0) this.#next[previous] = next;
    else this.#first[owner] = next;
    if (next >= 0) this.#previous[next] = previous;
  }
}
