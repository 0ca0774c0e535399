import { growFloats, growInts, widenRows, type Floats } from "../state/columns.ts";
import type { NamedColumns, ScalarNames } from "../state/scalar-names.ts";
import { SiblingOrder } from "./sibling-order.ts";

/** Dense index of a node; -1 = none. */
export type Node = number;

/**
 * Nodes of all sorter trees in one set of columns: the role tree and one flat tree of frameworks per
 * role. A node knows what its subtree has been allocated, how often it was chosen and its share:
 *
 *   share(node) = max over names with total > 0 of (allocated / total), then ÷ weight
 *
 * One IEEE division by the weight, doubles compared as they are. Example: total cpus 10, mem 100;
 * allocated cpus 2, mem 30; weight 2 → max(0.2, 0.3) / 2 = 0.15.
 *
 * @see mesos@1.11 src/master/allocator/mesos/sorter/drf/sorter.cpp `calculateShare`
 */
export class SorterForest implements NamedColumns {
  readonly #names: ScalarNames;
  readonly #excluded: ReadonlySet<string>;
  readonly #free: Node[] = [];
  #size = 0;
  #stride: number;
  /** What the whole pool has, by name. */
  totals: Floats;
  /** Names that may be dominant. */
  #counted: number[] = [];
  #totalsChanged = false;

  parent = new Int32Array(16);
  /** What the leaf stands for (a role or a framework-role leaf); -1 for inner nodes. */
  client = new Int32Array(16);
  weight = new Float64Array(16);
  share = new Float64Array(16);
  count = new Float64Array(16);
  /** Place among its siblings by byte order of names. */
  rank = new Int32Array(16);
  /** Active leaves in the subtree. */
  activeLeaves = new Int32Array(16);
  allocated: Floats;
  /** Active children in order, per inner node. */
  readonly orders: (SiblingOrder | undefined)[] = [];

  /** Nodes with a grant since the last `settle`, each to be placed anew. */
  #granted = new Int32Array(16);
  #grantedCount = 0;

  constructor(names: ScalarNames, excluded: readonly string[]) {
    this.#names = names;
    this.#excluded = new Set([...excluded, "gpumem"]);
    this.#stride = names.stride;
    this.totals = new Float64Array(this.#stride);
    this.allocated = new Float64Array(16 * this.#stride);
    names.register(this);
  }

  widen(stride: number): void {
    this.totals = widenRows(this.totals, this.#stride, stride);
    this.allocated = widenRows(this.allocated, this.#stride, stride);
    this.#stride = stride;
    this.#totalsChanged = true;
  }

  addNode(parent: Node, client: number, weight: number): Node {
    const node = this.#free.pop() ?? this.#size++;
    this.#grow(node + 1);
    this.parent[node] = parent;
    this.client[node] = client;
    this.weight[node] = weight;
    this.share[node] = 0;
    this.count[node] = 0;
    this.rank[node] = 0;
    this.activeLeaves[node] = 0;
    this.allocated.fill(0, node * this.#stride, (node + 1) * this.#stride);
    this.orders[node] = undefined;
    return node;
  }

  /** The node must be inactive and its allocation and count taken out of its ancestors. */
  freeNode(node: Node): void {
    this.parent[node] = -1;
    this.client[node] = -1;
    this.orders[node] = undefined;
    this.#free.push(node);
  }

  /** Puts the leaf among those that are listed, or takes it out; its use counts either way. */
  setActive(leaf: Node, active: boolean): void {
    if ((this.activeLeaves[leaf] as number) > 0 === active) return;
    const step = active ? 1 : -1;
    for (let node = leaf; node >= 0; node = this.parent[node] as Node) {
      const before = this.activeLeaves[node] as number;
      this.activeLeaves[node] = before + step;
      const parent = this.parent[node] as Node;
      if (parent < 0) return;
      if (before === 0) this.orderOf(parent).insertLast(node);
      else if (before + step === 0) this.orderOf(parent).remove(node);
    }
  }

  isActive(leaf: Node): boolean {
    return (this.activeLeaves[leaf] as number) > 0;
  }

  orderOf(node: Node): SiblingOrder {
    return (this.orders[node] ??= new SiblingOrder(this));
  }

  setWeight(node: Node, weight: number): void {
    this.weight[node] = weight;
    this.#recomputeShare(node);
    this.#markOrder(node);
  }

  /** Adds to the totals of the pool; negative amounts take away. */
  addTotals(delta: Float64Array): void {
    for (let k = 0; k < this.#names.count; k += 1) {
      this.totals[k] = (this.totals[k] as number) + (delta[k] as number);
    }
    this.#totalsChanged = true;
  }

  /**
   * A grant to a framework's leaf and, in the other tree, to the leaf of its role; seen by both and
   * all above. The order stays as it is until `settle`: an agent is offered in the order it was met
   * with.
   */
  grant(member: Node, role: Node, delta: Float64Array): void {
    this.#addToPath(member, delta, 1);
    this.#addToPath(role, delta, 1);
    this.#granted = growInts(this.#granted, this.#grantedCount + 2);
    this.#granted[this.#grantedCount] = member;
    this.#granted[this.#grantedCount + 1] = role;
    this.#grantedCount += 2;
  }

  /** Use that was not granted now (booked, released, converted): adds, with `counts` choices. */
  change(leaf: Node, delta: Float64Array, counts: number): void {
    this.#addToPath(leaf, delta, counts);
    for (let node = leaf; node >= 0; node = this.parent[node] as Node) this.#markOrder(node);
  }

  /** Like `change` for one name of one node only. */
  changeOne(node: Node, name: number, milli: number): void {
    const place = node * this.#stride + name;
    this.allocated[place] = (this.allocated[place] as number) + milli;
    this.#recomputeShare(node);
    this.#markOrder(node);
  }

  /** Copies allocation and count of one node to another, without their ancestors. */
  copyUse(from: Node, to: Node): void {
    const s = this.#stride;
    this.allocated.copyWithin(to * s, from * s, (from + 1) * s);
    this.count[to] = this.count[from] as number;
    this.#recomputeShare(to);
  }

  /** Adds to the count alone, of the node and all above it. */
  addCount(leaf: Node, counts: number): void {
    for (let node = leaf; node >= 0; node = this.parent[node] as Node) {
      this.count[node] = (this.count[node] as number) + counts;
      this.#markOrder(node);
    }
  }

  /** Places the nodes with a grant anew; O(log siblings) comparisons each. */
  settle(): void {
    const count = this.#grantedCount;
    if (count === 0) return;
    this.#grantedCount = 0;
    if (count === 2) {
      this.#settleOne(this.#granted[0] as Node);
      this.#settleOne(this.#granted[1] as Node);
    } else this.#settleAll(this.#granted.subarray(0, count));
  }

  /** To be called before a run: brings shares up to date with changed totals. */
  refresh(): void {
    if (!this.#totalsChanged) return;
    this.#totalsChanged = false;
    this.#counted = [];
    for (let k = 0; k < this.#names.count; k += 1) {
      const counts = !this.#excluded.has(this.#names.nameOf(k));
      if (counts && (this.totals[k] as number) > 0) this.#counted.push(k);
    }
    for (let node = 0; node < this.#size; node += 1) {
      this.#recomputeShare(node);
      const order = this.orders[node];
      if (order !== undefined) order.isSorted = false;
    }
  }

  /** Sibling order: smaller share, then smaller count, then name; negative = `a` first. */
  compare(a: Node, b: Node): number {
    const shareA = this.share[a] as number;
    const shareB = this.share[b] as number;
    if (shareA !== shareB) return shareA < shareB ? -1 : 1;
    const countA = this.count[a] as number;
    const countB = this.count[b] as number;
    if (countA !== countB) return countA < countB ? -1 : 1;
    return (this.rank[a] as number) - (this.rank[b] as number);
  }

  allocatedOf(node: Node, name: number): number {
    return this.allocated[node * this.#stride + name] as number;
  }

  #addToPath(leaf: Node, delta: Float64Array, counts: number): void {
    const names = this.#names.count;
    const stride = this.#stride;
    const { allocated, count, parent } = this;
    let node = leaf;
    while (node >= 0) {
      const base = node * stride;
      for (let k = 0; k < names; k += 1) {
        allocated[base + k] = (allocated[base + k] as number) + (delta[k] as number);
      }
      count[node] = (count[node] as number) + counts;
      const above = parent[node] as Node;
      if (above >= 0) this.#recomputeShare(node);
      node = above;
    }
  }

  #recomputeShare(node: Node): void {
    const base = node * this.#stride;
    let share = 0;
    const counted = this.#counted;
    for (let i = 0; i < counted.length; i += 1) {
      const k = counted[i] as number;
      const part = (this.allocated[base + k] as number) / (this.totals[k] as number);
      if (part > share) share = part;
    }
    this.share[node] = share / (this.weight[node] as number);
  }

  #markOrder(node: Node): void {
    const parent = this.parent[node] as Node;
    if (parent < 0) return;
    const order = this.orders[parent];
    if (order !== undefined) order.isSorted = false;
  }

  #settleOne(leaf: Node): void {
    for (let node = leaf; node >= 0; node = this.parent[node] as Node) {
      const parent = this.parent[node] as Node;
      if (parent >= 0) this.orders[parent]?.replace(node);
    }
  }

  /** Several nodes may sit in one list: take all out first, so that each search is in order. */
  #settleAll(leaves: Int32Array): void {
    const moved = new Set<Node>();
    for (const leaf of leaves) {
      for (let node = leaf; node >= 0; node = this.parent[node] as Node) moved.add(node);
    }
    const lifted: Node[] = [];
    for (const node of moved) {
      const parent = this.parent[node] as Node;
      if (parent >= 0 && this.orders[parent]?.lift(node) === true) lifted.push(node);
    }
    for (const node of lifted) this.orders[this.parent[node] as Node]?.insertInPlace(node);
  }

  #grow(size: number): void {
    this.parent = growInts(this.parent, size);
    this.client = growInts(this.client, size);
    this.weight = growFloats(this.weight, size);
    this.share = growFloats(this.share, size);
    this.count = growFloats(this.count, size);
    this.rank = growInts(this.rank, size);
    this.activeLeaves = growInts(this.activeLeaves, size);
    this.allocated = growFloats(this.allocated, size * this.#stride);
  }
}
