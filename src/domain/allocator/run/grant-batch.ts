import type { Resources } from "../../resources/resource.ts";
import type { Grant } from "../events.ts";
import type { AllocatorState } from "../state/allocator-state.ts";
import { addBags, type Bag } from "../state/bag.ts";
import { growFloats, growInts, type Floats, type Ints } from "../state/columns.ts";
import type { Framework } from "../state/framework-table.ts";

/** The grants of one run in columns; grants of both stages to one leaf on one agent are one. */
export class GrantBatch {
  readonly #state: AllocatorState;
  length = 0;
  leafOf: Ints = new Int32Array(64);
  agentOf: Ints = new Int32Array(64);
  /** Rows of `state.names.stride`. */
  plain: Floats = new Float64Array(64 * 4);
  readonly bags: Bag[] = [];
  /** Whether an earlier stage may have granted on the same agents. */
  #mayMerge = false;

  constructor(state: AllocatorState) {
    this.#state = state;
  }

  clear(): void {
    this.length = 0;
    this.#mayMerge = false;
  }

  /** From now on grants may meet earlier ones of the same leaf and agent. */
  beginStage(): void {
    this.#mayMerge = this.length > 0;
  }

  add(leaf: number, agent: number, plain: Float64Array, bag: Bag): void {
    const { stride, count } = this.#state.names;
    const earlier = this.#mayMerge ? this.#find(leaf, agent) : -1;
    const row = earlier >= 0 ? earlier : this.length;
    if (earlier >= 0) {
      for (let k = 0; k < count; k += 1) {
        const place = row * stride + k;
        this.plain[place] = (this.plain[place] as number) + (plain[k] as number);
      }
      this.bags[row] = addBags(this.bags[row] as Bag, bag);
      return;
    }
    this.leafOf = growInts(this.leafOf, row + 1);
    this.agentOf = growInts(this.agentOf, row + 1);
    this.plain = growFloats(this.plain, (row + 1) * stride);
    this.leafOf[row] = leaf;
    this.agentOf[row] = agent;
    for (let k = 0; k < count; k += 1) this.plain[row * stride + k] = plain[k] as number;
    this.bags[row] = bag;
    this.length += 1;
  }

  /** The grants as values. */
  materialise(): Grant[] {
    const { agents, frameworks, roles } = this.#state;
    const grants: Grant[] = [];
    for (let row = 0; row < this.length; row += 1) {
      const leaf = frameworks.leaves[this.leafOf[row] as number];
      const agentId = agents.ids[this.agentOf[row] as number];
      if (leaf === undefined || agentId === undefined) continue;
      grants.push({
        frameworkId: (leaf.framework satisfies Framework).id,
        role: roles.nameOf(leaf.role),
        agentId,
        resources: this.#resourcesOf(row),
      });
    }
    return grants;
  }

  #find(leaf: number, agent: number): number {
    for (let row = 0; row < this.length; row += 1) {
      if (this.agentOf[row] === agent && this.leafOf[row] === leaf) return row;
    }
    return -1;
  }

  #resourcesOf(row: number): Resources {
    const { names, codec, lastGranted } = this.#state;
    const agent = this.agentOf[row] as number;
    const bag = this.bags[row] as Bag;
    const base = row * names.stride;
    const known = lastGranted[agent];
    if (known?.bag === bag && this.#isSame(known.plain, base)) return known.resources;
    const resources = codec.decode(this.plain, base, bag);
    const plain = this.plain.slice(base, base + names.stride);
    lastGranted[agent] = { plain, bag, resources };
    return resources;
  }

  #isSame(plain: Float64Array, base: number): boolean {
    for (let k = 0; k < this.#state.names.count; k += 1) {
      if ((plain[k] ?? 0) !== this.plain[base + k]) return false;
    }
    return true;
  }
}
