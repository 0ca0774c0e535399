import { growInts } from "../state/columns.ts";

/** How two siblings compare; negative = the first comes first. */
export interface SiblingComparison {
  compare(a: number, b: number): number;
}

/** Moves per sibling before insertion sort gives way to a full sort. */
const MOVES_PER_NODE_MAX = 8;

/** Up to here a loop moves faster than `copyWithin` starts. */
const SHORT_MOVE = 64;

/** The active children of one node, least share first. Sorted when it is read, not when it changes. */
export class SiblingOrder {
  readonly #comparison: SiblingComparison;
  nodes = new Int32Array(4);
  length = 0;
  isSorted = true;

  constructor(comparison: SiblingComparison) {
    this.#comparison = comparison;
  }

  insertLast(node: number): void {
    this.nodes = growInts(this.nodes, this.length + 1);
    this.nodes[this.length] = node;
    this.length += 1;
    this.isSorted = this.length === 1;
  }

  /** False when the node is not listed. */
  remove(node: number): boolean {
    const place = this.nodes.indexOf(node);
    if (place < 0 || place >= this.length) return false;
    this.nodes.copyWithin(place, place + 1, this.length);
    this.length -= 1;
    return true;
  }

  /** Moves one node whose key changed to its place; the rest must be in order. */
  replace(node: number): void {
    if (!this.isSorted || this.length < 2) return;
    const { nodes } = this;
    const from = this.#placeOf(node);
    if (from < 0) return;
    const to = this.#placeWithout(node, from);
    if (to > from) {
      if (to - from < SHORT_MOVE)
        for (let i = from; i < to; i += 1) nodes[i] = nodes[i + 1] as number;
      else nodes.copyWithin(from, from + 1, to + 1);
    } else if (to < from) nodes.copyWithin(to + 1, to, from);
    nodes[to] = node;
  }

  /** Takes the node out for `insertInPlace`; false when it is not listed or the list not sorted. */
  lift(node: number): boolean {
    return this.isSorted && this.remove(node);
  }

  insertInPlace(node: number): void {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#comparison.compare(this.nodes[middle] as number, node) < 0) low = middle + 1;
      else high = middle;
    }
    this.nodes = growInts(this.nodes, this.length + 1);
    this.nodes.copyWithin(low + 1, low, this.length);
    this.nodes[low] = node;
    this.length += 1;
  }

  #placeOf(node: number): number {
    const { nodes, length } = this;
    for (let i = 0; i < length; i += 1) if (nodes[i] === node) return i;
    return -1;
  }

  /** Where the node belongs in the list without it; it now sits at `from`. */
  #placeWithout(node: number, from: number): number {
    const last = this.length - 1;
    // Who was just given something mostly goes to the end.
    if (from < last && this.#comparison.compare(this.nodes[last] as number, node) < 0) return last;
    let low = 0;
    let high = last;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.nodes[middle < from ? middle : middle + 1] as number;
      if (this.#comparison.compare(other, node) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Cheap when little moved: insertion sort, a full sort only after many moves. */
  sort(): void {
    if (this.isSorted) return;
    this.isSorted = true;
    const { nodes, length } = this;
    let movesLeft = MOVES_PER_NODE_MAX * length;
    for (let i = 1; i < length; i += 1) {
      const node = nodes[i] as number;
      let j = i - 1;
      while (j >= 0 && this.#comparison.compare(nodes[j] as number, node) > 0) {
        nodes[j + 1] = nodes[j] as number;
        j -= 1;
      }
      nodes[j + 1] = node;
      movesLeft -= i - 1 - j;
      if (movesLeft < 0) {
        nodes.subarray(0, length).sort((a, b) => this.#comparison.compare(a, b));
        return;
      }
    }
  }
}
