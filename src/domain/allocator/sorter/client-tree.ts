import { invariant } from "../../../api/invariant.ts";
import { compareBytes } from "./compare-bytes.ts";
import type { Node, SorterForest } from "./sorter-forest.ts";

/** Name of the leaf that stands for a client which has children. */
const VIRTUAL = ".";

interface Inner {
  readonly path: string;
  /** By name, sorted by byte order. */
  readonly children: { readonly name: string; readonly node: Node }[];
}

/** A client's leaf is another node now: `from` became inner, or was the virtual leaf and is gone. */
export type LeafMoved = (from: Node, to: Node, reason: "split" | "collapsed") => void;

/**
 * One tree of clients by path. A client with children becomes an inner node with a virtual leaf
 * `path/.` that competes with the children at weight 1; when only that leaf is left it collapses
 * back. Adding and removing cost O(depth × siblings), never anything per agent.
 *
 * @see mesos@1.11 src/master/allocator/mesos/sorter/drf/sorter.cpp `add`, `remove`
 */
export class ClientTree {
  readonly #forest: SorterForest;
  readonly #inner = new Map<Node, Inner>();
  readonly #leaves = new Map<string, Node>();
  readonly #byClient: Node[] = [];
  readonly #weights = new Map<string, number>();
  readonly #onMoved: LeafMoved;
  readonly root: Node;

  constructor(forest: SorterForest, onMoved: LeafMoved = () => undefined) {
    this.#forest = forest;
    this.#onMoved = onMoved;
    this.root = forest.addNode(-1, -1, 1);
    this.#inner.set(this.root, { path: "", children: [] });
  }

  /** The leaf of a client; a virtual one if it has children. */
  leafOf(path: string): Node | undefined {
    return this.#leaves.get(path);
  }

  /** The leaf of a client by its number, without any look-up of names; -1 = none. */
  leafOfClient(client: number): Node {
    return this.#byClient[client] ?? -1;
  }

  /** How many clients there are, active or not. */
  get size(): number {
    return this.#leaves.size;
  }

  /** All clients with their leaves. */
  clients(): IterableIterator<[path: string, leaf: Node]> {
    return this.#leaves.entries();
  }

  /** The node of a path, be it a client, an inner node or both. */
  nodeOf(path: string): Node | undefined {
    const leaf = this.#leaves.get(path);
    if (leaf !== undefined) {
      const parent = this.#forest.parent[leaf] as Node;
      return this.#inner.get(parent)?.path === path ? parent : leaf;
    }
    for (const [node, inner] of this.#inner) if (inner.path === path) return node;
    return undefined;
  }

  /** A new client, inactive, with nothing allocated; it must not be there yet. */
  add(path: string, client: number): Node {
    invariant(!this.#leaves.has(path), `client ${path} is new`);
    let node = this.root;
    const names = path.split("/");
    for (const [depth, name] of names.entries()) {
      const here = names.slice(0, depth + 1).join("/");
      const isLast = depth === names.length - 1;
      const child = this.#childOf(node, name);
      if (child === undefined) {
        const made = this.#attach(node, name, isLast ? client : -1, this.#weightOf(here));
        if (!isLast) this.#inner.set(made, { path: here, children: [] });
        node = made;
      } else {
        if (!this.#inner.has(child)) this.#splitLeaf(child, here);
        node = isLast ? this.#attach(child, VIRTUAL, client, 1) : child;
      }
    }
    this.#setLeaf(path, node);
    return node;
  }

  /** Takes the client out, with its allocation and count in all nodes above. */
  remove(path: string): void {
    const leaf = this.#leaves.get(path);
    if (leaf === undefined) return;
    this.#forest.setActive(leaf, false);
    const { allocated } = this.#forest;
    const stride = this.#forest.totals.length;
    const back = allocated.slice(leaf * stride, (leaf + 1) * stride).map((milli) => -milli);
    this.#forest.change(leaf, back, -(this.#forest.count[leaf] as number));
    this.#leaves.delete(path);
    this.#byClient[this.#forest.client[leaf] as number] = -1;
    this.#detach(leaf);
  }

  #setLeaf(path: string, leaf: Node): void {
    this.#leaves.set(path, leaf);
    this.#byClient[this.#forest.client[leaf] as number] = leaf;
  }

  setWeight(path: string, weight: number): void {
    this.#weights.set(path, weight);
    const node = this.nodeOf(path);
    if (node !== undefined) this.#forest.setWeight(node, weight);
  }

  /** Gives the root back; the tree must be empty. */
  dispose(): void {
    this.#forest.freeNode(this.root);
  }

  #weightOf(path: string): number {
    return this.#weights.get(path) ?? 1;
  }

  #childOf(node: Node, name: string): Node | undefined {
    const children = this.#inner.get(node)?.children ?? [];
    const place = findName(children, name);
    return children[place]?.name === name ? children[place].node : undefined;
  }

  #attach(parent: Node, name: string, client: number, weight: number): Node {
    const node = this.#forest.addNode(parent, client, weight);
    const inner = this.#inner.get(parent) as Inner;
    inner.children.splice(findName(inner.children, name), 0, { name, node });
    this.#rank(parent, inner);
    return node;
  }

  /** A client gets its first child: its use and its place in the order move to a virtual leaf. */
  #splitLeaf(leaf: Node, path: string): void {
    const forest = this.#forest;
    const wasActive = forest.isActive(leaf);
    forest.setActive(leaf, false);
    this.#inner.set(leaf, { path, children: [] });
    const virtual = this.#attach(leaf, VIRTUAL, forest.client[leaf] as number, 1);
    forest.client[leaf] = -1;
    forest.copyUse(leaf, virtual);
    forest.setActive(virtual, wasActive);
    this.#setLeaf(path, virtual);
    this.#onMoved(leaf, virtual, "split");
  }

  /** Removes the node, the inner nodes above that are left without children, and collapses. */
  #detach(node: Node): void {
    const parent = this.#forest.parent[node] as Node;
    const inner = this.#inner.get(parent) as Inner;
    inner.children.splice(
      inner.children.findIndex((child) => child.node === node),
      1,
    );
    this.#forest.freeNode(node);
    this.#inner.delete(node);
    if (parent === this.root) return;
    if (inner.children.length === 0) this.#detach(parent);
    else if (inner.children.length === 1 && inner.children[0]?.name === VIRTUAL) {
      this.#collapse(parent, inner);
    }
  }

  #collapse(node: Node, inner: Inner): void {
    const forest = this.#forest;
    const virtual = (inner.children[0] as { node: Node }).node;
    const client = forest.client[virtual] as number;
    const wasActive = forest.isActive(virtual);
    forest.setActive(virtual, false);
    forest.client[node] = client;
    forest.copyUse(virtual, node);
    forest.freeNode(virtual);
    forest.orders[node] = undefined;
    this.#inner.delete(node);
    this.#setLeaf(inner.path, node);
    forest.setActive(node, wasActive);
    this.#onMoved(virtual, node, "collapsed");
  }

  #rank(parent: Node, inner: Inner): void {
    for (const [place, child] of inner.children.entries()) this.#forest.rank[child.node] = place;
    const order = this.#forest.orders[parent];
    if (order !== undefined) order.isSorted = false;
  }
}

/** The place of the name in the sorted list, or where it belongs. */
function findName(children: readonly { readonly name: string }[], name: string): number {
  let low = 0;
  let high = children.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareBytes((children[middle] as { name: string }).name, name) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
