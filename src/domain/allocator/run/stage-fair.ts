import { isRefused } from "../filters/refused-set.ts";
import type { Leaf } from "../state/framework-table.ts";
import type { Quota } from "../quota/quota-ledger.ts";
import type { RunContext } from "./run-context.ts";

/**
 * Declined whole this often in a row without a sign of demand: asked after the others, for as much as it declined. Who waits
 * for more than the scraps it was offered so far is not idle: else those who take every scrap would keep it from ever getting more.
 */
export const DECLINES_UNTIL_IDLE = 3;

/** Who is asked in one pass over an agent. */
type Pass = "everybody" | "eager" | "idle";

/**
 * Stage 2: on every agent, every role and framework in order may have what limits and headroom
 * leave, together with all that is reserved to the role and its ancestors.
 *
 * @see mesos@1.11 src/master/allocator/mesos/hierarchical.cpp `__generateOffers`, second stage
 */
export class FairStage {
  readonly #run: RunContext;
  /** Idle leaves that were passed over on the agent at hand. */
  readonly #passedOver = new Set<number>();

  constructor(run: RunContext) {
    this.#run = run;
  }

  /** Over all candidates, in a new order. */
  offerAll(): void {
    const run = this.#run;
    const { state } = run;
    run.beginWalk();
    for (let agent = run.nextAgent(); agent >= 0; agent = run.nextAgent()) {
      if (state.idle.size === 0) this.#offerAgent(agent, "everybody");
      else {
        this.#passedOver.clear();
        this.#offerAgent(agent, "eager");
        if (this.#passedOver.size > 0) this.#offerAgent(agent, "idle");
      }
      state.forest.settle();
    }
  }

  #offerAgent(agent: number, pass: Pass): void {
    const { roles, state } = this.#run;
    roles.reset(state.roleTree.root);
    for (let node = roles.next(); node >= 0; node = roles.next()) {
      if (state.agents.isOfferable[agent] === 0) return;
      const admitted = this.#offerRole(agent, state.forest.client[node] as number, pass);
      if (!admitted) continue;
      state.forest.settle();
      roles.reset(state.roleTree.root);
    }
  }

  /** True when a pod was admitted: the order is to be read again from its head. */
  #offerRole(agent: number, role: number, pass: Pass): boolean {
    const { members, state, draft } = this.#run;
    const quota = state.quota.quotaOf(role);
    members.reset(state.membersOf(role).tree.root);
    draft.load(agent, role);
    for (let node = members.next(); node >= 0; node = members.next()) {
      const leaf = this.#run.leafAt(node);
      if (!this.#run.isOpen(agent, leaf) || !this.#isInPass(leaf, pass)) continue;
      if (draft.isEmpty) return false;
      if (leaf.isPods) {
        if (this.#admitPod(agent, leaf, quota)) return true;
        draft.reload(agent);
      } else if (this.#offerLeaf(agent, leaf, quota)) {
        if (state.agents.isOfferable[agent] === 0) return false;
        draft.load(agent, role);
      } else draft.reload(agent);
    }
    return false;
  }

  #isInPass(leaf: Leaf, pass: Pass): boolean {
    if (pass === "everybody") return true;
    if (pass === "idle") return this.#passedOver.has(leaf.index);
    if (!this.#isIdle(leaf)) return true;
    this.#passedOver.add(leaf.index);
    return false;
  }

  /** It would decline what is in the draft, going by what it declined last. */
  #isIdle(leaf: Leaf): boolean {
    const { draft, state } = this.#run;
    if (!state.idle.has(leaf.index)) return false;
    const names = state.names.count;
    return leaf.lastDeclined.some((set) => isRefused(set, draft.plain, draft.bag, names));
  }

  /** True when the leaf got a grant. */
  #offerLeaf(agent: number, leaf: Leaf, quota: Quota | undefined): boolean {
    const { draft, state } = this.#run;
    const minimum = state.minimumOfLeaf(leaf);
    const mayShut = !draft.lacksShared;
    if (!draft.meets(minimum)) {
      if (mayShut) this.#run.shut(agent, leaf);
      return false;
    }
    const whole = draft.bag;
    draft.strip(leaf);
    const wouldFail =
      (draft.bag !== whole && !draft.meets(minimum)) || this.#run.isFiltered(agent, leaf);
    if (wouldFail) {
      // Cutting only makes less of it, so it fails however much limits and headroom leave.
      if (mayShut) this.#run.shut(agent, leaf);
      return false;
    }
    this.#run.cuts.cut(leaf, quota);
    if (draft.isCut) {
      state.dirty.noteCut(agent);
      if (!draft.meets(minimum)) {
        if (this.#run.cuts.leaveTooLittle(leaf, quota, minimum)) this.#run.noteSpent(leaf);
        return false;
      }
      if (this.#run.isFiltered(agent, leaf)) return false;
    }
    this.#run.grantDraft(agent, leaf);
    return true;
  }

  #admitPod(agent: number, leaf: Leaf, quota: Quota | undefined): boolean {
    const { draft, state, podTurn } = this.#run;
    this.#run.cuts.cut(leaf, quota);
    const admission = podTurn.admit(agent, leaf, draft);
    if (admission !== undefined) {
      this.#run.admissions.push(admission);
      return true;
    }
    if (draft.isCut) state.dirty.noteCut(agent);
    else if (podTurn.isHopeless(leaf)) this.#run.shut(agent, leaf);
    return false;
  }
}
