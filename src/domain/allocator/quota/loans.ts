import type { MesosResource } from "../../resources/resource.ts";
import type { Agent, AgentTable } from "../state/agent-table.ts";
import { bagOf, type Bag, type BagItem } from "../state/bag.ts";
import type { HoldingTable } from "../state/holding-table.ts";
import type { Kind, Kinds } from "../state/kinds.ts";
import type { NamedColumns, ScalarNames } from "../state/scalar-names.ts";

export interface LoansParts {
  readonly names: ScalarNames;
  readonly kinds: Kinds;
  readonly agents: AgentTable;
  readonly holdings: HoldingTable;
}

/**
 * What of the agents is lent to roles beyond their limits (quota modes `Soft` and `Adaptive`). A loan is plain room that counts
 * as revocable while it is used: whatever revocable scalars are held on an agent beyond those it has itself are lent. So a loan
 * needs no record of its own, and is known again after a failover.
 */
export class Loans implements NamedColumns {
  readonly #parts: LoansParts;
  /** By agent: thousandths by name. */
  readonly #lent = new Map<Agent, Float64Array>();
  /** Some quota lends. */
  isLending = false;

  constructor(parts: LoansParts) {
    this.#parts = parts;
    parts.names.register(this);
  }

  widen(stride: number): void {
    for (const [agent, lent] of this.#lent) {
      const wide = new Float64Array(stride);
      wide.set(lent);
      this.#lent.set(agent, wide);
    }
  }

  get isAnyLent(): boolean {
    return this.#lent.size > 0;
  }

  /** Thousandths by name that are lent on the agent; undefined = nothing. Not to be kept. */
  lentOn(agent: Agent): Float64Array | undefined {
    return this.#lent.get(agent);
  }

  /** Plain room becomes a loan; `AgentTotals` changes the total alike. */
  note(agent: Agent, delta: Float64Array): void {
    const lent = this.#lent.get(agent) ?? new Float64Array(this.#parts.names.stride);
    let isAny = false;
    for (let k = 0; k < delta.length; k += 1) {
      lent[k] = (lent[k] as number) + (delta[k] as number);
      if (lent[k] !== 0) isAny = true;
    }
    if (isAny) this.#lent.set(agent, lent);
    else this.#lent.delete(agent);
  }

  /** The agent's total was told anew: nothing of it is lent yet. */
  forget(agent: Agent): void {
    this.#lent.delete(agent);
  }

  /** By how much what is lent on the agent differs from what its use needs; undefined when it does not. */
  due(agent: Agent): Float64Array | undefined {
    const lent = this.#lent.get(agent);
    const { names, agents } = this.#parts;
    const held = this.#revocableHeld(agent);
    if (lent === undefined && held === undefined) return undefined;
    const total = this.#sums([agents.totalBags[agent] as Bag]);
    let isAny = false;
    const delta = new Float64Array(names.stride);
    for (let k = 0; k < names.count; k += 1) {
      const before = lent?.[k] ?? 0;
      const own = (total[k] as number) - before;
      delta[k] = Math.max(0, (held?.[k] ?? 0) - own) - before;
      if (delta[k] !== 0) isAny = true;
    }
    return isAny ? delta : undefined;
  }

  /** The positive amounts as revocable scalars. */
  bagOf(amounts: Float64Array): Bag {
    const items: BagItem[] = [];
    for (let k = 0; k < this.#parts.names.count; k += 1) {
      const milli = amounts[k] as number;
      if (milli <= 0) continue;
      const value = revocable(this.#parts.names.nameOf(k), milli);
      items.push({ kind: this.#parts.kinds.of(value), value });
    }
    return bagOf(items);
  }

  /** Undefined: nothing. */
  #revocableHeld(agent: Agent): Float64Array | undefined {
    const { holdings } = this.#parts;
    const bags: Bag[] = [];
    for (
      let holding = holdings.firstOfAgent(agent);
      holding >= 0;
      holding = holdings.nextOfAgent(holding)
    ) {
      const bag = holdings.bags[holding] as Bag;
      if (bag.hasRevocable) bags.push(bag);
    }
    return bags.length === 0 ? undefined : this.#sums(bags);
  }

  #sums(bags: readonly Bag[]): Float64Array {
    const sums = new Float64Array(this.#parts.names.stride);
    for (const bag of bags) {
      if (!bag.hasRevocable) continue;
      for (const { kind, value } of bag.items) {
        if (value.kind !== "scalar" || kind !== this.#kindOf(kind)) continue;
        sums[kind.name] = (sums[kind.name] as number) + value.milli;
      }
    }
    return sums;
  }

  /** The kind of what is lent under the same name. */
  #kindOf({ name }: Kind): Kind {
    return this.#parts.kinds.of(revocable(this.#parts.names.nameOf(name), 0));
  }
}

function revocable(name: string, milli: number): MesosResource {
  return { kind: "scalar", name, reservations: [], revocable: true, milli };
}
