import { shrink, type Cuttable } from "../quota/shrink.ts";
import type { Quota } from "../quota/quota-ledger.ts";
import { subtractBags, bagOf } from "../state/bag.ts";
import type { Leaf } from "../state/framework-table.ts";
import type { RunContext } from "./run-context.ts";

/**
 * Stage 1: roles below their guarantee come first. A grant is `g` (what the guarantee misses), plus
 * `extra` up to the role's limit and the pool's surplus, plus reservations, ranges and revocable.
 *
 * @see mesos@1.11 src/master/allocator/mesos/hierarchical.cpp `__generateOffers`, first stage
 */
export class GuaranteeStage {
  readonly #run: RunContext;
  /** By role: 1 = its guarantee is not met yet; in a walk it only comes to be met. */
  #isShort = new Uint8Array(16);
  #shortCount = 0;
  #unsatisfied = new Float64Array(4);
  #target = new Float64Array(4);
  #whole = new Float64Array(4);
  #guaranteed = new Float64Array(4);

  constructor(run: RunContext) {
    this.#run = run;
  }

  offerAll(): void {
    const run = this.#run;
    const { state } = run;
    this.#noteShort();
    if (this.#shortCount === 0) return;
    this.#reserve(state.names.stride);
    run.beginWalk();
    for (let agent = run.nextAgent(); agent >= 0; agent = run.nextAgent()) {
      this.#offerAgent(agent);
      state.forest.settle();
    }
  }

  /** Which roles with frameworks have a guarantee that is not met. */
  #noteShort(): void {
    const { state } = this.#run;
    if (this.#isShort.length < state.roles.count) {
      this.#isShort = new Uint8Array(state.roles.count * 2);
    } else this.#isShort.fill(0);
    this.#shortCount = 0;
    for (const [role, quota] of state.quota.quotas) {
      if (state.members[role] === undefined) continue;
      if (!state.quota.isShort(role, quota)) continue;
      this.#isShort[role] = 1;
      this.#shortCount += 1;
    }
  }

  #noteMet(role: number): void {
    this.#isShort[role] = 0;
    this.#shortCount -= 1;
  }

  #offerAgent(agent: number): void {
    const { roles, state } = this.#run;
    // Also where it is not read: a random order is drawn for each agent.
    roles.reset(state.roleTree.root);
    if (this.#shortCount === 0) return;
    for (let node = roles.next(); node >= 0; node = roles.next()) {
      const role = state.forest.client[node] as number;
      if (this.#isShort[role] === 0) continue;
      const quota = state.quota.quotaOf(role);
      if (quota === undefined) continue;
      if (!state.quota.loadUnsatisfied(role, quota, this.#unsatisfied)) {
        this.#noteMet(role);
        continue;
      }
      if (state.agents.isOfferable[agent] === 0) return;
      if (!this.#offerRole(agent, role, quota)) continue;
      state.forest.settle();
      roles.reset(state.roleTree.root);
    }
  }

  /** True when a pod was admitted: the order is to be read again from its head. */
  #offerRole(agent: number, role: number, quota: Quota): boolean {
    const { members, state, draft } = this.#run;
    members.reset(state.membersOf(role).tree.root);
    draft.load(agent, role);
    for (let node = members.next(); node >= 0; node = members.next()) {
      const leaf = this.#run.leafAt(node);
      if (!this.#run.isOpen(agent, leaf)) continue;
      if (draft.isEmpty) return false;
      if (leaf.isPods) {
        if (this.#admitPod(agent, leaf, quota)) return true;
        draft.reload(agent);
      } else if (this.#offerLeaf(agent, leaf, quota)) {
        if (!state.quota.loadUnsatisfied(role, quota, this.#unsatisfied)) return false;
        draft.load(agent, role);
      } else draft.reload(agent);
    }
    return false;
  }

  /** True when the leaf got a grant. */
  #offerLeaf(agent: number, leaf: Leaf, quota: Quota): boolean {
    const { draft, state } = this.#run;
    const minimum = state.minimumOfLeaf(leaf);
    if (!draft.meets(minimum)) {
      if (!draft.lacksShared) this.#run.shut(agent, leaf);
      return false;
    }
    draft.strip(leaf);
    if (this.#run.isFiltered(agent, leaf)) {
      if (!draft.lacksShared) this.#run.shut(agent, leaf);
      return false;
    }
    if (!this.#cutToGuaranteeAndExtra(leaf, quota)) return false;
    if (draft.isCut) state.dirty.noteCut(agent);
    if (!draft.meets(minimum) || this.#run.isFiltered(agent, leaf)) return false;
    this.#run.grantDraft(agent, leaf);
    this.#lowerRequired(this.#guaranteed);
    return true;
  }

  #admitPod(agent: number, leaf: Leaf, quota: Quota): boolean {
    const { draft, state, podTurn } = this.#run;
    if (!this.#cutToGuaranteeAndExtra(leaf, quota)) return false;
    if (draft.isCut) state.dirty.noteCut(agent);
    const admission = podTurn.admit(agent, leaf, draft, this.#unsatisfied);
    if (admission === undefined) return false;
    this.#run.admissions.push(admission);
    this.#lowerRequired(podTurn.lowerUnsatisfied(this.#unsatisfied));
    return true;
  }

  /** Steps 6 and 7 on the draft; false when nothing of the guarantee is here. */
  #cutToGuaranteeAndExtra(leaf: Leaf, quota: Quota): boolean {
    const { draft, cuts, state } = this.#run;
    const names = state.names.count;
    const all = draft.takeCuttable();
    this.#whole.set(all.plain);
    const guaranteed: Cuttable = { plain: this.#guaranteed, items: all.items };
    this.#guaranteed.set(all.plain);
    this.#target.set(this.#unsatisfied);
    shrink(guaranteed, this.#target, names, state.random);
    if (sumsByName(guaranteed, names, this.#target) === 0) return false;
    const taken = this.#target.slice();
    for (let k = 0; k < names; k += 1) {
      draft.plain[k] = (this.#whole[k] as number) - (this.#guaranteed[k] as number);
    }
    const rest = subtractBags(bagOf(all.items), bagOf(guaranteed.items));
    if (all.items.length > 0) draft.replaceCuttable(rest.items);
    cuts.cut(leaf, quota, taken);
    const extra = draft.takeCuttable();
    for (let k = 0; k < names; k += 1) {
      draft.plain[k] = (draft.plain[k] as number) + (this.#guaranteed[k] as number);
    }
    if (all.items.length > 0) draft.replaceCuttable([...guaranteed.items, ...extra.items]);
    this.#guaranteed.set(taken);
    return true;
  }

  #lowerRequired(granted: Float64Array): void {
    const { quota, names } = this.#run.state;
    for (let k = 0; k < names.count; k += 1) {
      quota.required[k] = Math.max(0, (quota.required[k] as number) - (granted[k] as number));
    }
    this.#run.cuts.isHeadroomRequired = quota.isHeadroomRequired();
  }

  #reserve(stride: number): void {
    if (this.#unsatisfied.length === stride) return;
    this.#unsatisfied = new Float64Array(stride);
    this.#target = new Float64Array(stride);
    this.#whole = new Float64Array(stride);
    this.#guaranteed = new Float64Array(stride);
  }
}

/** Writes the sums by name to `sums`; their total is 0 when there is nothing. */
function sumsByName({ plain, items }: Cuttable, names: number, sums: Float64Array): number {
  let total = 0;
  sums.fill(0);
  for (let k = 0; k < names; k += 1) sums[k] = plain[k] as number;
  for (const { kind, value } of items) {
    if (value.kind === "scalar") sums[kind.name] = (sums[kind.name] as number) + value.milli;
  }
  for (let k = 0; k < names; k += 1) total += sums[k] as number;
  return total;
}
