import type { Agent } from "./agent-table.ts";
import type { AllocatorState } from "./allocator-state.ts";
import type { Amounts } from "./amounts.ts";
import { addBags, EMPTY_BAG, isQuotaKind, subtractBags, withoutShared, type Bag } from "./bag.ts";

/** The only writer of what there is on agents: totals, what of them is lent, and what follows from both. */
export class AgentTotals {
  readonly #state: AllocatorState;

  constructor(state: AllocatorState) {
    this.#state = state;
  }

  /** Replaces the agent's total; what is held stays held, even if there is less than that. */
  set(agent: Agent, total: Amounts): void {
    this.#state.loans.forget(agent);
    const before = this.of(agent);
    this.change(agent, before, -1);
    this.change(agent, total, 1);
    this.#state.agents.totalBags[agent] = total.bag;
    this.recomputeFree(agent);
    this.settleLoans(agent);
    this.noteFreed(agent);
  }

  /** The total grows by that much. */
  grow(agent: Agent, more: Amounts): void {
    this.change(agent, more, 1);
    this.recomputeFree(agent);
    this.noteFreed(agent);
  }

  /** A part of the total changes its form; `from` must be free. */
  convert(agent: Agent, from: Amounts, to: Amounts): void {
    this.change(agent, from, -1);
    this.change(agent, to, 1);
    this.recomputeFree(agent);
    this.noteFreed(agent);
  }

  /** Plain room of the agent is lent: it is free as revocable from now on, to be granted at once. Gives it as such. */
  lend(agent: Agent, plain: Float64Array): Bag {
    this.#changeLoans(agent, plain);
    return this.#state.loans.bagOf(plain);
  }

  /** What the agent said it has, whatever of it is lent. */
  reportedOf(agent: Agent): Amounts {
    const total = this.of(agent);
    const lent = this.#state.loans.lentOn(agent);
    if (lent === undefined) return total;
    return {
      plain: total.plain.map((milli, k) => milli + (lent[k] as number)),
      bag: subtractBags(total.bag, this.#state.loans.bagOf(lent)),
    };
  }

  /** What there is, loans as what they are lent as. */
  of(agent: Agent): Amounts {
    const { agents } = this.#state;
    const base = agent * agents.stride;
    return {
      plain: agents.total.slice(base, base + agents.stride),
      bag: agents.totalBags[agent] as Bag,
    };
  }

  /** What is lent on the agent becomes what its use needs, no more and no less. */
  settleLoans(agent: Agent): void {
    const due = this.#state.loans.due(agent);
    if (due !== undefined) this.#changeLoans(agent, due);
  }

  /** Positive amounts are lent, negative ones come back. */
  #changeLoans(agent: Agent, delta: Float64Array): void {
    const { loans } = this.#state;
    const back = delta.map((milli) => -milli);
    const nothing = new Float64Array(delta.length);
    this.change(agent, { plain: delta, bag: loans.bagOf(back) }, -1);
    this.change(agent, { plain: nothing, bag: loans.bagOf(delta) }, 1);
    loans.note(agent, delta);
    this.recomputeFree(agent);
    this.#state.agents.refreshOfferable(agent);
  }

  /** Adds to or takes from the agent's plain total and all that follows from totals. */
  change(agent: Agent, { plain, bag }: Amounts, sign: 1 | -1): void {
    const { agents, names, quota, forest } = this.#state;
    const base = agent * agents.stride;
    const delta = new Float64Array(names.stride);
    for (let k = 0; k < names.count; k += 1) {
      const milli = sign * (plain[k] as number);
      agents.total[base + k] = (agents.total[base + k] as number) + milli;
      quota.available[k] = (quota.available[k] as number) + milli;
      delta[k] = milli;
    }
    for (const { kind, value } of bag.items) {
      if (value.kind !== "scalar") continue;
      const milli = sign * value.milli;
      delta[kind.name] = (delta[kind.name] as number) + milli;
      this.#changeQuotaOfTotal(kind.owner, kind.name, milli, kind.isRevocable, isQuotaKind(kind));
    }
    forest.addTotals(delta);
    this.#state.idleReservations.change(bag, sign);
    const total = agents.totalBags[agent] as Bag;
    agents.totalBags[agent] = sign > 0 ? addBags(total, bag) : subtractBags(total, bag);
  }

  #changeQuotaOfTotal(
    owner: number,
    name: number,
    milli: number,
    isRevocable: boolean,
    isHeadroom: boolean,
  ): void {
    const { quota, roles } = this.#state;
    if (isHeadroom) quota.available[name] = (quota.available[name] as number) + milli;
    else if (owner >= 0 && !isRevocable) {
      quota.growRoles(roles.count);
      quota.consume(roles.topOf(owner), name, milli);
    }
  }

  /** Free and owed from total and holdings: for the rare changes of totals. */
  recomputeFree(agent: Agent): void {
    const { agents, holdings, names } = this.#state;
    const base = agent * agents.stride;
    for (let k = 0; k < names.count; k += 1) {
      agents.free[base + k] = agents.total[base + k] as number;
    }
    let held = EMPTY_BAG;
    for (
      let holding = holdings.firstOfAgent(agent);
      holding >= 0;
      holding = holdings.nextOfAgent(holding)
    ) {
      const row = holding * names.stride;
      for (let k = 0; k < names.count; k += 1) {
        agents.free[base + k] =
          (agents.free[base + k] as number) - (holdings.plain[row + k] as number);
      }
      held = addBags(held, withoutShared(holdings.bags[holding] as Bag));
    }
    const total = agents.totalBags[agent] as Bag;
    agents.freeBags[agent] = this.#state.codec.share(subtractBags(total, held));
    agents.owedBags[agent] = subtractBags(held, withoutShared(total));
  }

  /** Something of the agent may have come free: everybody is asked about it again. */
  noteFreed(agent: Agent): void {
    this.#state.agents.refreshOfferable(agent);
    this.#state.masks.reopenAgent(agent);
    this.#state.dirty.markAgent(agent);
    const { quota, principals, dirty } = this.#state;
    if (quota.quotas.size > 0 || !principals.isEmpty) dirty.markSlack();
  }
}
