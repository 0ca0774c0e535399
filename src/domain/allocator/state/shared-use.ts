import type { Node, SorterForest } from "../sorter/sorter-forest.ts";
import type { Bag } from "./bag.ts";

/**
 * Shared volumes in the shares: a volume counts once per node and agent however many copies are held
 * below it, and is freed with the last. Rare, so counted in a map.
 */
export class SharedUse {
  readonly #forest: SorterForest;
  /** Node → agent and volume → copies held below the node. */
  readonly #copies = new Map<Node, Map<string, number>>();

  constructor(forest: SorterForest) {
    this.#forest = forest;
  }

  /** Adds (`sign` 1) or takes away (-1) the copies in the bag along the path of the leaf. */
  change(leaf: Node, agent: number, bag: Bag, sign: 1 | -1): void {
    for (const { kind, value } of bag.items) {
      if (!kind.isShared || value.kind !== "scalar") continue;
      const copies = Math.round(value.milli / kind.unitMilli);
      for (let node = leaf; node >= 0; node = this.#forest.parent[node] as Node) {
        const copiesHere = this.#copiesOf(node);
        const key = `${String(agent)}/${String(kind.id)}`;
        const before = copiesHere.get(key) ?? 0;
        const after = before + sign * copies;
        if (after === 0) copiesHere.delete(key);
        else copiesHere.set(key, after);
        if (before === 0 && after > 0) this.#forest.changeOne(node, kind.name, kind.unitMilli);
        if (before > 0 && after === 0) this.#forest.changeOne(node, kind.name, -kind.unitMilli);
      }
    }
  }

  /** The leaf is another node now; see `LeafMoved`. */
  move(from: Node, to: Node, reason: "split" | "collapsed"): void {
    const copies = this.#copies.get(from);
    if (reason === "collapsed") this.#copies.delete(from);
    else if (copies !== undefined) this.#copies.set(to, new Map(copies));
  }

  #copiesOf(node: Node): Map<string, number> {
    let copies = this.#copies.get(node);
    if (copies === undefined) {
      copies = new Map();
      this.#copies.set(node, copies);
    }
    return copies;
  }
}
