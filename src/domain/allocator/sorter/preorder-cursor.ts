import { growInts } from "../state/columns.ts";
import type { Node, SorterForest } from "./sorter-forest.ts";

/** Reads the clients of a tree one after another, in the order in which they are asked. */
export interface ClientCursor {
  /** Starts again at the head of the tree under `root`. */
  reset(root: Node): void;
  /** The next active leaf; -1 = no more. */
  next(): Node;
}

/**
 * Pre-order walk over the active leaves, each level in sibling order. A level is sorted when the walk
 * enters it; nothing beyond the leaf returned is touched.
 */
export class PreorderCursor implements ClientCursor {
  readonly #forest: SorterForest;
  #nodes = new Int32Array(8);
  #places = new Int32Array(8);
  #depth = 0;

  constructor(forest: SorterForest) {
    this.#forest = forest;
  }

  reset(root: Node): void {
    this.#depth = 0;
    this.#enter(root);
  }

  next(): Node {
    while (this.#depth > 0) {
      const top = this.#depth - 1;
      const order = this.#forest.orders[this.#nodes[top] as Node];
      const place = this.#places[top] as number;
      if (order === undefined || place >= order.length) {
        this.#depth -= 1;
        continue;
      }
      this.#places[top] = place + 1;
      const node = order.nodes[place] as Node;
      if (this.#forest.client[node] !== -1) return node;
      this.#enter(node);
    }
    return -1;
  }

  #enter(node: Node): void {
    this.#forest.orders[node]?.sort();
    this.#nodes = growInts(this.#nodes, this.#depth + 1);
    this.#places = growInts(this.#places, this.#depth + 1);
    this.#nodes[this.#depth] = node;
    this.#places[this.#depth] = 0;
    this.#depth += 1;
  }
}
