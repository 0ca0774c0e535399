import { invariant } from "../../../api/invariant.ts";
import type { Agent } from "./agent-table.ts";
import { AgentTotals } from "./agent-totals.ts";
import type { AllocatorState } from "./allocator-state.ts";
import type { Amounts } from "./amounts.ts";
import { addBags, EMPTY_BAG, sharedPart, subtractBags, withoutShared, type Bag } from "./bag.ts";
import type { Leaf } from "./framework-table.ts";
import type { Holding } from "./holding-table.ts";
import type { Roster } from "./roster.ts";

/**
 * The only writer of who holds what: keeps free resources, holdings, shares, quota and headroom in
 * step, so that each of them can be read at any time without a sweep.
 */
export class Ledger {
  readonly #state: AllocatorState;
  readonly #roster: Roster;
  /** What there is on each agent, of which some is held. */
  readonly totals: AgentTotals;
  #delta: Float64Array;
  #read: { plain: Float64Array; bag: Bag };

  constructor(state: AllocatorState, roster: Roster) {
    this.#state = state;
    this.#roster = roster;
    this.totals = new AgentTotals(state);
    this.#delta = new Float64Array(state.names.stride);
    this.#read = { plain: new Float64Array(state.names.stride), bag: EMPTY_BAG };
  }

  /** A grant made by a run: counts as being chosen; the order changes at the next `settle`. */
  grant(leaf: Leaf, agent: Agent, plain: Float64Array, bag: Bag): Holding {
    const { forest } = this.#state;
    const holding = this.#hold(leaf, agent, plain, bag);
    const delta = this.#sums(plain, bag);
    forest.grant(leaf.node, this.#state.roleNode(leaf.role), delta);
    if (bag.hasShared) this.#changeShared(leaf, agent, bag, 1);
    return holding;
  }

  /** Use that exists already: counts once as being chosen. */
  book(leaf: Leaf, agent: Agent, amounts: Amounts): void {
    this.#hold(leaf, agent, amounts.plain, amounts.bag);
    this.#changeShares(leaf, agent, amounts, 1, 1);
    if (amounts.bag.hasRevocable) this.totals.settleLoans(agent);
  }

  /** Gives a part back. The leaf is gone afterwards if it was only known by what it held. */
  release(holding: Holding, amounts: Amounts): void {
    const leaf = this.#leafOfHolding(holding);
    const agent = this.#state.holdings.agentOf(holding);
    this.#unhold(leaf, holding, amounts);
    this.#changeShares(leaf, agent, amounts, -1, 0);
    this.#addFree(agent, amounts);
    if (amounts.bag.hasRevocable) this.totals.settleLoans(agent);
    this.totals.noteFreed(agent);
    this.#roster.dropIfUnused(leaf);
  }

  /** Gives all back that the leaf holds on the agent. */
  releaseAll(holding: Holding): void {
    this.release(holding, this.readHolding(holding));
  }

  /** What a leaf holds changes its form; the agent's total changes with it. Not a grant. */
  convert(holding: Holding, from: Amounts, to: Amounts): void {
    const leaf = this.#leafOfHolding(holding);
    const agent = this.#state.holdings.agentOf(holding);
    // Added first, so that the holding and its leaf live on when all of it is converted.
    this.totals.change(agent, from, -1);
    this.totals.change(agent, to, 1);
    this.#state.holdings.add(leaf.index, agent, to.plain, to.bag);
    this.#changeQuotaUse(leaf, to, 1);
    this.#state.idleReservations.change(to.bag, -1);
    this.#unhold(leaf, holding, from);
    this.#changeShares(leaf, agent, from, -1, 0);
    this.#changeShares(leaf, agent, to, 1, 0);
    this.totals.recomputeFree(agent);
    this.totals.noteFreed(agent);
    this.#roster.dropIfUnused(leaf);
  }

  /** What is held; the answer is good until the next call. */
  readHolding(holding: Holding): Amounts {
    const { holdings, names } = this.#state;
    if (this.#read.plain.length !== names.stride) {
      this.#read = { plain: new Float64Array(names.stride), bag: EMPTY_BAG };
    }
    const { plain } = this.#read;
    const base = holding * names.stride;
    for (let k = 0; k < names.count; k += 1) plain[k] = holdings.plain[base + k] as number;
    this.#read.bag = holdings.bags[holding] as Bag;
    return this.#read;
  }

  #leafOfHolding(holding: Holding): Leaf {
    const leaf = this.#state.frameworks.leaves[this.#state.holdings.leafOf(holding)];
    invariant(leaf !== undefined, "a holding has a leaf");
    return leaf;
  }

  #hold(leaf: Leaf, agent: Agent, plain: Float64Array, bag: Bag): Holding {
    const { agents, names, quota, roles, holdings } = this.#state;
    const top = roles.topOf(leaf.role);
    const { free, stride } = agents;
    const { consumed, available } = quota;
    const base = agent * stride;
    const row = top * stride;
    const count = names.count;
    for (let k = 0; k < count; k += 1) {
      const milli = plain[k] as number;
      if (milli === 0) continue;
      free[base + k] = (free[base + k] as number) - milli;
      consumed[row + k] = (consumed[row + k] as number) + milli;
      available[k] = (available[k] as number) - milli;
    }
    for (const { name, milli } of bag.unreservedSums) {
      quota.consume(top, name, milli);
      quota.available[name] = (quota.available[name] as number) - milli;
    }
    const { principalRow } = leaf.framework;
    if (principalRow >= 0) this.#state.principals.consume(principalRow, plain, 0, bag, 1);
    this.#takeFreeBag(agent, bag);
    this.#state.idleReservations.change(bag, -1);
    agents.refreshOfferable(agent);
    return holdings.add(leaf.index, agent, plain, bag);
  }

  #takeFreeBag(agent: Agent, bag: Bag): void {
    if (bag.isEmpty) return;
    const { agents } = this.#state;
    const free = agents.freeBags[agent] as Bag;
    if (free === bag) {
      agents.freeBags[agent] = sharedPart(bag);
      return;
    }
    const taken = withoutShared(bag);
    const missing = subtractBags(taken, free);
    agents.freeBags[agent] = this.#state.codec.share(subtractBags(free, taken));
    agents.owedBags[agent] = addBags(agents.owedBags[agent] as Bag, missing);
  }

  #unhold(leaf: Leaf, holding: Holding, amounts: Amounts): void {
    this.#changeQuotaUse(leaf, amounts, -1);
    this.#state.idleReservations.change(amounts.bag, 1);
    this.#state.holdings.subtract(holding, amounts.plain, amounts.bag);
  }

  #changeQuotaUse({ role, framework }: Leaf, { plain, bag }: Amounts, sign: 1 | -1): void {
    const { names, quota, roles, principals } = this.#state;
    if (framework.principalRow >= 0)
      principals.consume(framework.principalRow, plain, 0, bag, sign);
    const top = roles.topOf(role);
    for (let k = 0; k < names.count; k += 1) {
      const milli = sign * (plain[k] as number);
      if (milli === 0) continue;
      quota.consume(top, k, milli);
      quota.available[k] = (quota.available[k] as number) - milli;
    }
    for (const { name, milli } of bag.unreservedSums) {
      quota.consume(top, name, sign * milli);
      quota.available[name] = (quota.available[name] as number) - sign * milli;
    }
  }

  /** What comes back pays first what is owed to a total that shrank. */
  #addFree(agent: Agent, { plain, bag }: Amounts): void {
    const { agents, names } = this.#state;
    const base = agent * agents.stride;
    for (let k = 0; k < names.count; k += 1) {
      agents.free[base + k] = (agents.free[base + k] as number) + (plain[k] as number);
    }
    const back = withoutShared(bag);
    if (back.isEmpty) return;
    const owed = agents.owedBags[agent] as Bag;
    agents.freeBags[agent] = addBags(agents.freeBags[agent] as Bag, subtractBags(back, owed));
    agents.owedBags[agent] = subtractBags(owed, back);
  }

  #changeShares(
    leaf: Leaf,
    agent: Agent,
    { plain, bag }: Amounts,
    sign: 1 | -1,
    counts: 0 | 1,
  ): void {
    const delta = this.#sums(plain, bag);
    if (sign < 0) for (let k = 0; k < delta.length; k += 1) delta[k] = -(delta[k] as number);
    this.#state.forest.change(leaf.node, delta, counts);
    this.#state.forest.change(this.#state.roleNode(leaf.role), delta, counts);
    if (bag.hasShared) this.#changeShared(leaf, agent, bag, sign);
  }

  #changeShared(leaf: Leaf, agent: Agent, bag: Bag, sign: 1 | -1): void {
    this.#state.shared.change(leaf.node, agent, bag, sign);
    this.#state.shared.change(this.#state.roleNode(leaf.role), agent, bag, sign);
  }

  /** All scalars by name, shared volumes left out. Valid until the next call. */
  #sums(plain: Float64Array, bag: Bag): Float64Array {
    const { names } = this.#state;
    if (this.#delta.length !== names.stride) this.#delta = new Float64Array(names.stride);
    const delta = this.#delta;
    for (let k = 0; k < names.count; k += 1) delta[k] = plain[k] as number;
    for (const { name, milli } of bag.sums) delta[name] = (delta[name] as number) + milli;
    return delta;
  }
}
