import type { Resources } from "../../resources/resource.ts";
import type { Grant } from "../events.ts";
import type { AllocatorState } from "../state/allocator-state.ts";
import { addBags, type Bag } from "../state/bag.ts";
import { growFloats, growInts, type Floats, type Ints } from "../state/columns.ts";
import type { Framework } from "../state/framework-table.ts";
import type { Holding } from "../state/holding-table.ts";

/** The grants of one run in columns; grants of both stages to one leaf on one agent are one. */
export class GrantBatch {
  readonly #state: AllocatorState;
  length = 0;
  holdingOf: Ints = new Int32Array(64);
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

  /** What was granted to a holding, on its agent. */
  add(holding: Holding, agent: number, plain: Float64Array, bag: Bag): void {
    const { stride, count } = this.#state.names;
    const earlier = this.#mayMerge ? this.#find(holding) : -1;
    const row = earlier >= 0 ? earlier : this.length;
    if (earlier >= 0) {
      for (let k = 0; k < count; k += 1) {
        const place = row * stride + k;
        this.plain[place] = (this.plain[place] as number) + (plain[k] as number);
      }
      this.bags[row] = addBags(this.bags[row] as Bag, bag);
      return;
    }
    this.holdingOf = growInts(this.holdingOf, row + 1);
    this.agentOf = growInts(this.agentOf, row + 1);
    this.plain = growFloats(this.plain, (row + 1) * stride);
    this.holdingOf[row] = holding;
    this.agentOf[row] = agent;
    for (let k = 0; k < count; k += 1) this.plain[row * stride + k] = plain[k] as number;
    this.bags[row] = bag;
    this.length += 1;
  }

  /** The grants as values. */
  materialise(): Grant[] {
    const { agents, frameworks, holdings, roles } = this.#state;
    const grants: Grant[] = [];
    for (let row = 0; row < this.length; row += 1) {
      const holding = this.holdingOf[row] as Holding;
      const leaf = frameworks.leaves[holdings.leafOf(holding)];
      const agent = this.agentOf[row] as number;
      const agentId = agents.ids[agent];
      if (leaf === undefined || agentId === undefined) continue;
      grants.push({
        frameworkId: (leaf.framework satisfies Framework).id,
        role: roles.nameOf(leaf.role),
        agentId,
        resources: this.#resourcesOf(row, agent),
        holding,
      });
    }
    return grants;
  }

  #find(holding: Holding): number {
    return this.holdingOf.subarray(0, this.length).indexOf(holding);
  }

  #resourcesOf(row: number, agent: number): Resources {
    const { names, codec, lastGrants } = this.#state;
    const bag = this.bags[row] as Bag;
    const base = row * names.stride;
    const known = lastGrants.valueOf(agent, this.plain, base, bag);
    if (known !== undefined) return known;
    const resources = codec.decode(this.plain, base, bag);
    lastGrants.note(agent, this.plain, base, bag, resources);
    return resources;
  }
}
