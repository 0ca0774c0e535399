import type { Leaf } from "../state/framework-table.ts";
import type { Quota } from "../quota/quota-ledger.ts";
import type { RunContext } from "./run-context.ts";

/** Up to this part of the pool in use, the largest of cpus and mem, limits in mode `Adaptive` are soft. */
const ADAPTIVE_USE_MAX = 0.8;

/**
 * Stage 3, ours: what only the limit kept from a role is lent to it, if its quota is of a mode that lends: as revocable
 * resources, to frameworks that take such and to pods. Nothing is lent that anybody's guarantee needs.
 */
export class LoanStage {
  readonly #run: RunContext;

  constructor(run: RunContext) {
    this.#run = run;
  }

  /** Over all candidates, in a new order. */
  lendAll(): void {
    const run = this.#run;
    const { state } = run;
    if (!state.loans.isLending) return;
    run.beginWalk();
    for (let agent = run.nextAgent(); agent >= 0; agent = run.nextAgent()) {
      this.#lendOn(agent);
      state.forest.settle();
    }
  }

  #lendOn(agent: number): void {
    const { roles, state } = this.#run;
    roles.reset(state.roleTree.root);
    for (let node = roles.next(); node >= 0; node = roles.next()) {
      const role = state.forest.client[node] as number;
      const quota = state.quota.quotaOf(role);
      if (quota === undefined || !this.#lends(quota)) continue;
      if (state.agents.isOfferable[agent] === 0) return;
      this.#lendToRole(agent, role, quota);
    }
  }

  #lendToRole(agent: number, role: number, quota: Quota): void {
    const { members, state, draft } = this.#run;
    members.reset(state.membersOf(role).tree.root);
    for (let node = members.next(); node >= 0; node = members.next()) {
      const leaf = this.#run.leafAt(node);
      if (!leaf.framework.abilities.revocable) continue;
      if (!this.#run.isOpen(agent, leaf) || !this.#lends(quota)) continue;
      draft.load(agent, role);
      if (draft.isEmpty) return;
      if (leaf.isPods) this.#lendToPods(agent, leaf, quota);
      else this.#lendToLeaf(agent, leaf, quota);
    }
  }

  /** As many pods as there is room for, each wholly on loan. */
  #lendToPods(agent: number, leaf: Leaf, quota: Quota): void {
    const { draft, cuts, podTurn, admissions } = this.#run;
    while (this.#lends(quota)) {
      draft.load(agent, leaf.role);
      cuts.cutPlainToSurplus();
      const admission = podTurn.admitOnLoan(agent, leaf, draft);
      if (admission === undefined) return;
      admissions.push(admission);
    }
  }

  #lendToLeaf(agent: number, leaf: Leaf, quota: Quota): void {
    const { draft, cuts, state, ledger } = this.#run;
    cuts.cutPlainToLoan(leaf.role, quota);
    cuts.cutPlainToSurplus();
    cuts.cutPlainToPrincipal(leaf);
    const lent = draft.plain.slice();
    draft.showAsLoan(state.loans.bagOf(lent));
    if (!lent.some((milli) => milli > 0) || !draft.meets(state.minimumOfLeaf(leaf))) return;
    if (this.#run.isFiltered(agent, leaf)) return;
    ledger.totals.lend(agent, lent);
    this.#run.grantDraft(agent, leaf);
  }

  #lends({ mode, limits }: Quota): boolean {
    if (limits.length === 0 || mode === "Hard") return false;
    return mode === "Soft" || this.#use() < ADAPTIVE_USE_MAX;
  }

  /** The part of the pool that is offered or allocated, of cpus or mem, whichever is larger. */
  #use(): number {
    const { forest, roleTree, names } = this.#run.state;
    return Math.max(
      ...["cpus", "mem"].map((name) => {
        const k = names.indexOf(name);
        const total = forest.totals[k] as number;
        return total > 0 ? forest.allocatedOf(roleTree.root, k) / total : 0;
      }),
    );
  }
}
