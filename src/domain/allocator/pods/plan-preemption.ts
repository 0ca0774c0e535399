import type { AgentId, KubeUid } from "../../../api/ids/ids.ts";
import type { AllocatorState } from "../state/allocator-state.ts";
import { addBags, filterBag, type Bag } from "../state/bag.ts";
import type { Leaf } from "../state/framework-table.ts";
import type { HeldAgents } from "./held-agents.ts";
import { chargeOf } from "./pod-charge.ts";
import type { PodCharge, PodPool } from "./pod-pool.ts";
import type { QueuedPod } from "./pod-queue.ts";

/** Pods that are to leave one agent, for the first of their role's queue, which is of a higher priority. */
export interface Preemption {
  readonly podUid: KubeUid;
  readonly role: string;
  readonly agentId: AgentId;
  readonly victims: readonly KubeUid[];
}

/** What a pod may have beside what it takes from its victims: thousandths by name. */
interface Bounds {
  readonly limit: Float64Array;
  readonly surplus: Float64Array;
}

/**
 * Plans whom to evict when the first pod of a queue fits nowhere: the fewest pods of the same role and a lower priority, all on
 * one agent, with which it would fit there and be within the limits of its role.
 */
export class PreemptionPlanner {
  readonly #state: AllocatorState;
  readonly #pool: PodPool;
  readonly #held: HeldAgents;

  constructor(state: AllocatorState, pool: PodPool, held: HeldAgents) {
    this.#state = state;
    this.#pool = pool;
    this.#held = held;
  }

  /**
   * One plan for each role whose first pod has waited for `waitMs`; none for a pod that fits somewhere as it is, nor where
   * nobody's leaving would help. Of equally few victims those of the lowest priorities. O(charged pods + agents).
   */
  plan(nowMs: number, waitMs: number): Preemption[] {
    const plans: Preemption[] = [];
    for (const head of this.#held.waitingSince(nowMs - waitMs)) {
      const plan = this.#planFor(head);
      if (plan !== undefined) plans.push(plan);
    }
    return plans;
  }

  #planFor(head: QueuedPod): Preemption | undefined {
    const role = this.#state.roles.indexOf(head.pod.role);
    const bounds = this.#boundsOf(role);
    const lower = this.#lowerOf(head);
    if (lower.size === 0 || this.#fitsSomewhere(head, role, bounds)) return undefined;
    let best: { readonly agent: number; readonly victims: readonly PodCharge[] } | undefined;
    for (const [agent, charges] of lower) {
      if (!this.#mayTake(head, agent, role)) continue;
      const victims = this.#fewest(head, agent, role, charges, bounds);
      if (victims === undefined) continue;
      if (best === undefined || isBetter(victims, best.victims)) best = { agent, victims };
    }
    if (best === undefined) return undefined;
    return {
      podUid: head.pod.uid,
      role: head.pod.role,
      agentId: this.#state.agents.ids[best.agent] as AgentId,
      victims: best.victims.map(({ queued }) => queued.pod.uid),
    };
  }

  /** Charged pods of the role that are of a lower priority, by agent. */
  #lowerOf({ pod }: QueuedPod): Map<number, PodCharge[]> {
    const lower = new Map<number, PodCharge[]>();
    for (const [, charge] of this.#pool.charges()) {
      const other = charge.queued.pod;
      if (other.role !== pod.role || other.priority >= pod.priority) continue;
      const there = lower.get(charge.agent);
      if (there === undefined) lower.set(charge.agent, [charge]);
      else there.push(charge);
    }
    return lower;
  }

  #fitsSomewhere(head: QueuedPod, role: number, bounds: Bounds): boolean {
    for (const agent of this.#state.agents.all()) {
      if (this.#mayTake(head, agent, role) && this.#fits(head, agent, role, [], bounds))
        return true;
    }
    return false;
  }

  #mayTake({ pod }: QueuedPod, agent: number, role: number): boolean {
    const { agents } = this.#state;
    if (!agents.isCandidate(agent)) return false;
    const holder = this.#held.roleOf(agent);
    if (holder !== undefined && holder !== role) return false;
    return pod.canRunOn?.(agents.ids[agent] as AgentId, []) ?? true;
  }

  /** Without the small ones as long as the others suffice, so that few remain; undefined when all of them are not enough. */
  #fewest(
    head: QueuedPod,
    agent: number,
    role: number,
    charges: readonly PodCharge[],
    bounds: Bounds,
  ): readonly PodCharge[] | undefined {
    if (!this.#fits(head, agent, role, charges, bounds)) return undefined;
    let victims = charges.toSorted(
      (a, b) =>
        sizeOf(a, head) - sizeOf(b, head) ||
        b.queued.pod.priority - a.queued.pod.priority ||
        a.queued.pod.createdMs - b.queued.pod.createdMs,
    );
    for (const charge of victims) {
      const others = victims.filter((other) => other !== charge);
      if (this.#fits(head, agent, role, others, bounds)) victims = others;
    }
    return victims;
  }

  /** Whether the pod fits on the agent, and within its bounds, once these have left it. */
  #fits(
    head: QueuedPod,
    agent: number,
    role: number,
    leaving: readonly PodCharge[],
    { limit, surplus }: Bounds,
  ): boolean {
    const { agents, names } = this.#state;
    if (agents.podSlotsFree[agent] === 0 && leaving.length === 0) return false;
    const base = agent * agents.stride;
    const plain = agents.free.slice(base, base + names.stride);
    const back = new Float64Array(names.stride);
    let bag = this.#usable(agents.freeBags[agent] as Bag, role);
    for (const { amounts } of leaving) {
      bag = addBags(bag, this.#usable(amounts.bag, role));
      for (let k = 0; k < names.count; k += 1)
        back[k] = (back[k] as number) + (amounts.plain[k] ?? 0);
    }
    for (let k = 0; k < names.count; k += 1) plain[k] = (plain[k] as number) + (back[k] as number);
    const charge = chargeOf(head, { plain, bag }, names.count);
    return (
      charge?.plain.every(
        (milli, k) =>
          milli <= Math.min(limit[k] as number, surplus[k] as number) + (back[k] as number),
      ) ?? false
    );
  }

  /** Loans are nobody's to take: what was lent to a pod that leaves is plain room for others first. */
  #usable(bag: Bag, role: number): Bag {
    const { roles } = this.#state;
    return filterBag(
      bag,
      ({ kind }) => !kind.isRevocable && (kind.owner < 0 || roles.mayUse(role, kind.owner)),
    );
  }

  /** What limits leave to the role, and guarantees of others to everybody. */
  #boundsOf(role: number): Bounds {
    const { names, quota } = this.#state;
    const limit = new Float64Array(names.stride).fill(Infinity);
    const surplus = new Float64Array(names.stride).fill(Infinity);
    const leaf = this.#leafOf(role);
    if (leaf !== undefined) {
      const nothing = new Float64Array(names.stride);
      this.#state.loadLimitSlack(leaf, quota.quotaOf(role), nothing, limit);
    }
    if (quota.computeRequired()) quota.loadSurplus(surplus);
    return { limit, surplus };
  }

  #leafOf(role: number): Leaf | undefined {
    for (const leaf of this.#pool.leaves()) if (leaf.role === role) return leaf;
    return undefined;
  }
}

/** How much of what the pod asks for it would give back: the sum of its parts, each at most 1. */
function sizeOf({ amounts }: PodCharge, { request }: QueuedPod): number {
  let size = 0;
  request.plain.forEach((wanted, k) => {
    if (wanted > 0) size += Math.min(1, (amounts.plain[k] ?? 0) / wanted);
  });
  return size;
}

function isBetter(a: readonly PodCharge[], b: readonly PodCharge[]): boolean {
  if (a.length !== b.length) return a.length < b.length;
  return highest(a) < highest(b);
}

function highest(charges: readonly PodCharge[]): number {
  return Math.max(...charges.map(({ queued }) => queued.pod.priority));
}
