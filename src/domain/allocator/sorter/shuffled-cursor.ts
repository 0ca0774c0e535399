import type { SeededRandom } from "../seeded-random.ts";
import type { ClientCursor } from "./preorder-cursor.ts";
import type { Node, SorterForest } from "./sorter-forest.ts";

/**
 * Weighted shuffle of the active leaves without replacement, drawn anew at each reset.
 *
 * A leaf's relative weight is the product along its path of `w / (w + Σ w of active siblings)`. Each
 * leaf draws `-ln(u) / weight`; the smallest comes first, which gives each order the chance that
 * drawing one leaf after another by weight would give it.
 *
 * @see mesos@1.11 src/master/allocator/mesos/sorter/random/sorter.cpp
 */
export class ShuffledCursor implements ClientCursor {
  readonly #forest: SorterForest;
  readonly #random: SeededRandom;
  #order: Node[] = [];
  #place = 0;

  constructor(forest: SorterForest, random: SeededRandom) {
    this.#forest = forest;
    this.#random = random;
  }

  reset(root: Node): void {
    const drawn: { node: Node; key: number }[] = [];
    this.#collect(root, 1, drawn);
    this.#order = drawn.sort((a, b) => a.key - b.key).map(({ node }) => node);
    this.#place = 0;
  }

  next(): Node {
    const node = this.#order[this.#place];
    this.#place += 1;
    return node ?? -1;
  }

  #collect(node: Node, chance: number, drawn: { node: Node; key: number }[]): void {
    const children = this.#activeChildren(node);
    let sum = 0;
    for (const child of children) sum += this.#forest.weight[child] as number;
    for (const child of children) {
      const own = (chance * (this.#forest.weight[child] as number)) / sum;
      if (this.#forest.client[child] === -1) this.#collect(child, own, drawn);
      else drawn.push({ node: child, key: -Math.log(this.#random.fraction()) / own });
    }
  }

  /** By name, so that the draw does not depend on the shares. */
  #activeChildren(node: Node): Node[] {
    const order = this.#forest.orders[node];
    if (order === undefined) return [];
    const { rank } = this.#forest;
    return Array.from(order.nodes.subarray(0, order.length)).sort(
      (a, b) => (rank[a] as number) - (rank[b] as number),
    );
  }
}
