import type { AgentId } from "../../../api/ids/ids.ts";
import type { PodAdmission } from "../events.ts";
import type { OfferDraft } from "../run/offer-draft.ts";
import type { AllocatorState } from "../state/allocator-state.ts";
import type { Amounts } from "../state/amounts.ts";
import type { Leaf } from "../state/framework-table.ts";
import type { Ledger } from "../state/ledger.ts";
import { addBags } from "../state/bag.ts";
import { setBit } from "../state/bits.ts";
import { chargeOf } from "./pod-charge.ts";
import type { HeldAgents } from "./held-agents.ts";
import type { PodPool } from "./pod-pool.ts";
import { QUEUE_DEPTH_MAX, type QueuedPod } from "./pod-queue.ts";

/** The turn of the built-in framework on one agent: the first pod that fits is admitted whole. */
export class PodTurn {
  readonly #state: AllocatorState;
  readonly #ledger: Ledger;
  readonly #pool: PodPool;
  readonly #held: HeldAgents;
  /** App → agents its pods were given in this run. */
  readonly #admitted = new Map<string, AgentId[]>();
  /** Shapes that did not fit in the turn at hand. */
  readonly #misfits = new Set<number>();
  /** Pods like these were refused by their rules in the turn at hand (`WaitingPod.placeKey`). */
  readonly #refused = new Set<string>();
  #last: Amounts | undefined;

  constructor(state: AllocatorState, ledger: Ledger, pool: PodPool, held: HeldAgents) {
    this.#held = held;
    this.#state = state;
    this.#ledger = ledger;
    this.#pool = pool;
  }

  beginRun(): void {
    this.#admitted.clear();
    this.#last = undefined;
  }

  /** False, and noted, when no more pods may be admitted for now. */
  isWindowOpen(): boolean {
    return this.#pool.isWindowOpen();
  }

  /** The leaf of the built-in framework in a role. */
  leafOf(role: number): Leaf | undefined {
    for (const leaf of this.#pool.leaves()) if (leaf.role === role) return leaf;
    return undefined;
  }

  /** Bits of the leaves whose turns these are. */
  leaves(words: number): Uint32Array {
    const bits = new Uint32Array(words);
    for (const leaf of this.#pool.leaves()) setBit(bits, 0, leaf.index, true);
    return bits;
  }

  /**
   * Whether the last turn, in vain, settled that no pod of the queue can have the agent: it looked at
   * all of them, or every shape that waits did not fit.
   */
  isHopeless(leaf: Leaf): boolean {
    if (!this.#pool.isWindowOpen()) return false;
    const queue = this.#pool.queueOf(leaf.role);
    return queue.length <= QUEUE_DEPTH_MAX || this.#misfits.size === queue.shapes;
  }

  /**
   * The first queued pod whose whole request is in the draft and whose node rules match; charged and
   * out of the queue. With `unsatisfied`, only a pod that lowers it.
   */
  admit(
    agent: number,
    leaf: Leaf,
    draft: OfferDraft,
    unsatisfied?: Float64Array,
  ): PodAdmission | undefined {
    const found = this.#find(agent, leaf, draft, unsatisfied);
    return found === undefined ? undefined : this.#charge(found.place, agent, leaf, found.amounts);
  }

  /**
   * The same, beyond the limits of the role: the whole pod is lent its room. The draft is what may be lent.
   */
  admitOnLoan(agent: number, leaf: Leaf, draft: OfferDraft): PodAdmission | undefined {
    const found = this.#find(agent, leaf, draft, undefined);
    if (found === undefined) return undefined;
    const { plain, bag } = found.amounts;
    const lent = this.#ledger.totals.lend(agent, plain);
    const amounts = { plain: new Float64Array(plain.length), bag: addBags(bag, lent) };
    return this.#charge(found.place, agent, leaf, amounts);
  }

  #find(
    agent: number,
    leaf: Leaf,
    draft: OfferDraft,
    unsatisfied: Float64Array | undefined,
  ): { readonly place: number; readonly amounts: Amounts } | undefined {
    if (!this.#pool.isWindowOpen()) return undefined;
    const queue = this.#pool.queueOf(leaf.role);
    // What frees on a held agent is kept for the head of the queue.
    const isHeld = this.#held.roleOf(agent) === leaf.role;
    const depth = isHeld ? 1 : Math.min(queue.length, QUEUE_DEPTH_MAX);
    const misfits = this.#misfits;
    misfits.clear();
    this.#refused.clear();
    for (let place = 0; place < depth; place += 1) {
      const queued = queue.at(place);
      if (misfits.has(queued.shape) || this.#isRefused(queued)) continue;
      const amounts = chargeOf(queued, draft, this.#state.names.count);
      if (amounts === undefined || !this.#lowers(amounts, unsatisfied)) misfits.add(queued.shape);
      else if (this.#mayRun(queued, agent)) return { place, amounts };
      else this.#noteRefused(queued);
    }
    return undefined;
  }

  /** After an admission of stage 1: what of the guarantee it met, by name. */
  lowerUnsatisfied(unsatisfied: Float64Array): Float64Array {
    const met = new Float64Array(unsatisfied.length);
    const charged = this.#last;
    if (charged === undefined) return met;
    for (let k = 0; k < this.#state.names.count; k += 1) {
      met[k] = Math.min(charged.plain[k] as number, unsatisfied[k] as number);
    }
    return met;
  }

  #lowers(amounts: Amounts, unsatisfied: Float64Array | undefined): boolean {
    if (unsatisfied === undefined) return true;
    return unsatisfied.some((milli, k) => milli > 0 && (amounts.plain[k] as number) > 0);
  }

  #mayRun({ pod }: QueuedPod, agent: number): boolean {
    if (pod.canRunOn === undefined) return true;
    const admitted = pod.appKey === undefined ? [] : (this.#admitted.get(pod.appKey) ?? []);
    return pod.canRunOn(this.#state.agents.ids[agent] as AgentId, admitted);
  }

  #isRefused({ pod }: QueuedPod): boolean {
    return (
      this.#refused.size > 0 && pod.placeKey !== undefined && this.#refused.has(pod.placeKey())
    );
  }

  #noteRefused({ pod }: QueuedPod): void {
    if (pod.placeKey !== undefined) this.#refused.add(pod.placeKey());
  }

  #charge(place: number, agent: number, leaf: Leaf, amounts: Amounts): PodAdmission {
    const { pod } = this.#pool.queueOf(leaf.role).at(place);
    const agentId = this.#state.agents.ids[agent] as AgentId;
    this.#ledger.grant(leaf, agent, amounts.plain, amounts.bag);
    this.#pool.admit(leaf.role, place, agent, amounts);
    this.#last = amounts;
    if (pod.appKey !== undefined) {
      this.#admitted.set(pod.appKey, [...(this.#admitted.get(pod.appKey) ?? []), agentId]);
    }
    const resources = this.#state.codec.decode(amounts.plain, 0, amounts.bag);
    return { podUid: pod.uid, role: pod.role, agentId, resources };
  }
}
