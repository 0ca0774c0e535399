import type { AgentId } from "../../api/ids/ids.ts";
import {
  minusQuantities,
  positiveQuantities,
  sumQuantities,
  type Quantities,
} from "../resources/quantity.ts";

/** Room lent beyond a limit that somebody uses. */
export interface Loan<T> {
  readonly user: T;
  readonly sinceMs: number;
  /** Thousandths by name. */
  readonly amounts: Quantities;
}

export interface LendingAgent<T> {
  readonly agentId: AgentId;
  /** Free, or about to be. */
  readonly free: Quantities;
  readonly loans: readonly Loan<T>[];
}

/** A pod that waits although it is within the limits of its role: it needs all of its request on one agent. */
export interface PodNeed {
  readonly request: Quantities;
  readonly mayRunOn: (agentId: AgentId) => boolean;
}

export interface ReclaimInput<T> {
  readonly agents: readonly LendingAgent<T>[];
  /** What guarantees miss beyond what is free or about to be, over all agents. */
  readonly missing: Quantities;
  readonly pods: readonly PodNeed[];
  /** What may still be taken back now, thousandths by name; names without one are not bound. */
  readonly budget: Quantities;
  /** Nothing was taken back lately: then one loan may be larger than the budget. */
  readonly isFirst: boolean;
  /** Most users to name at once. */
  readonly victimsMax: number;
}

/** Who is to give back: the newest loans first, on the agent where the fewest suffice. Empty when nobody can help. */
export function planReclaim<T>(input: ReclaimInput<T>): readonly T[] {
  const plan = new Plan(input);
  for (const pod of input.pods) plan.helpPod(pod);
  plan.helpGuarantees(input.missing);
  return plan.victims.map(({ user }) => user);
}

/** An agent while the plan is made. */
interface Room<T> {
  readonly agentId: AgentId;
  free: Quantities;
  /** Newest first; those that are taken back leave. */
  loans: readonly Loan<T>[];
}

class Plan<T> {
  readonly victims: Loan<T>[] = [];
  readonly #rooms: readonly Room<T>[];
  #budget: Quantities;
  #mayPassBudget: boolean;
  readonly #victimsMax: number;

  constructor({ agents, budget, isFirst, victimsMax }: ReclaimInput<T>) {
    this.#rooms = agents.map(({ agentId, free, loans }) => ({
      agentId,
      free,
      loans: loans.toSorted((a, b) => b.sinceMs - a.sinceMs),
    }));
    this.#budget = budget;
    this.#mayPassBudget = isFirst;
    this.#victimsMax = victimsMax;
  }

  helpPod({ request, mayRunOn }: PodNeed): void {
    let best: { readonly room: Room<T>; readonly count: number } | undefined;
    for (const room of this.#rooms) {
      if (!mayRunOn(room.agentId)) continue;
      const count = enough(room.loans, lack(request, room.free));
      if (count !== undefined && count < (best?.count ?? Infinity)) best = { room, count };
    }
    if (best === undefined || !this.#take(best.room, best.count)) return;
    best.room.free = lack(best.room.free, request);
  }

  helpGuarantees(missing: Quantities): void {
    let left = positiveQuantities(missing);
    while (Object.keys(left).length > 0 && this.victims.length < this.#victimsMax) {
      const next = this.#fewest(left) ?? this.#newest(left);
      if (next === undefined) return;
      const before = this.victims.length;
      if (!this.#takeSome(next.room, next.count)) return;
      for (const { amounts } of this.victims.slice(before)) left = lack(left, amounts);
    }
  }

  /** The agent on which the fewest loans are as much as is missing. */
  #fewest(missing: Quantities): { readonly room: Room<T>; readonly count: number } | undefined {
    let best: { readonly room: Room<T>; readonly count: number } | undefined;
    for (const room of this.#rooms) {
      const count = enough(room.loans, missing);
      if (count !== undefined && count > 0 && count < (best?.count ?? Infinity)) {
        best = { room, count };
      }
    }
    return best;
  }

  /** The newest of all loans that has anything of what is missing, with those on its agent that are newer. */
  #newest(missing: Quantities): { readonly room: Room<T>; readonly count: number } | undefined {
    let best: { readonly room: Room<T>; readonly count: number } | undefined;
    let sinceMs = -Infinity;
    for (const room of this.#rooms) {
      const place = room.loans.findIndex(({ amounts }) => helps(amounts, missing));
      const loan = room.loans[place];
      if (loan === undefined || loan.sinceMs <= sinceMs) continue;
      sinceMs = loan.sinceMs;
      best = { room, count: place + 1 };
    }
    return best;
  }

  /** As many as may be taken back now; false when that is not all. */
  #takeSome(room: Room<T>, count: number): boolean {
    for (let some = count; some > 0; some -= 1) {
      if (this.#take(room, some)) return some === count;
    }
    return false;
  }

  /** False, and nothing taken, when that is more than may be taken back now. */
  #take(room: Room<T>, count: number): boolean {
    const taken = room.loans.slice(0, count);
    let budget = this.#budget;
    for (const { amounts } of taken) budget = minusQuantities(budget, amounts);
    const isWithin = Object.values(budget).every((milli) => milli >= 0);
    if (count > 0 && !isWithin && !(this.#mayPassBudget && count === 1)) return false;
    if (count > 0) this.#mayPassBudget = false;
    this.#budget = budget;
    this.victims.push(...taken);
    room.loans = room.loans.slice(count);
    for (const { amounts } of taken) room.free = sumQuantities([room.free, amounts]);
    return true;
  }
}

/** How many of the newest loans are as much as is missing; undefined when all are not. */
function enough<T>(loans: readonly Loan<T>[], missing: Quantities): number | undefined {
  let left = positiveQuantities(missing);
  for (let count = 0; ; count += 1) {
    if (Object.keys(left).length === 0) return count;
    const loan = loans[count];
    if (loan === undefined) return undefined;
    left = lack(left, loan.amounts);
  }
}

function helps(amounts: Quantities, missing: Quantities): boolean {
  return Object.entries(missing).some(([name, milli]) => milli > 0 && (amounts[name] ?? 0) > 0);
}

/** What `b` does not cover of `a`. */
function lack(a: Quantities, b: Quantities): Quantities {
  return positiveQuantities(minusQuantities(a, b));
}
