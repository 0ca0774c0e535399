import type { InverseOffers } from "../maintenance/inverse-offers.ts";
import type { InverseOffer, PodAdmission } from "../events.ts";
import type { AllocatorState } from "../state/allocator-state.ts";
import type { GrantBatch } from "./grant-batch.ts";
import { GuaranteeStage } from "./stage-guarantees.ts";
import { FairStage } from "./stage-fair.ts";
import { LoanStage } from "./stage-loans.ts";
import type { RunContext } from "./run-context.ts";

/** What one run decided; the batch is good until the next run. */
export interface RunResult {
  readonly batch: GrantBatch;
  readonly admissions: readonly PodAdmission[];
  readonly inverseOffers: readonly InverseOffer[];
}

/**
 * One run: candidates → guarantees → fair shares → loans → inverse offers → filters that only waited for a
 * run of their agent.
 *
 * @see mesos@1.11 src/master/allocator/mesos/hierarchical.cpp `__generateOffers`,
 * `generateInverseOffers`
 */
export class AllocationRun {
  readonly #context: RunContext;
  readonly #inverse: InverseOffers;
  readonly #guarantees: GuaranteeStage;
  readonly #fair: FairStage;
  readonly #loans: LoanStage;

  constructor(context: RunContext, inverse: InverseOffers) {
    this.#context = context;
    this.#inverse = inverse;
    this.#guarantees = new GuaranteeStage(context);
    this.#fair = new FairStage(context);
    this.#loans = new LoanStage(context);
  }

  /** Over all candidates among the agents; undefined = all there are. */
  execute(agents: Iterable<number> | undefined, nowMs: number): RunResult {
    const { candidates, batch } = this.#context;
    this.#context.begin(nowMs);
    if (agents === undefined) candidates.loadAll();
    else candidates.load(agents);
    this.#guarantees.offerAll();
    batch.beginStage();
    this.#fair.offerAll();
    batch.beginStage();
    this.#loans.lendAll();
    const inverseOffers = this.#offerInverse(nowMs);
    this.#closeFilters(nowMs);
    this.#noteSlack();
    return { batch, admissions: this.#context.admissions, inverseOffers };
  }

  #offerInverse(nowMs: number): InverseOffer[] {
    const { candidates } = this.#context;
    const seen = candidates.order.subarray(0, candidates.length);
    return this.#inverse.offer((agent) => seen.includes(agent), nowMs);
  }

  #noteSlack(): void {
    const { quota, dirty } = this.#context.state;
    if (quota.quotas.size > 0 && quota.isLessRequired()) dirty.markSlack();
  }

  #closeFilters(nowMs: number): void {
    const { candidates, state } = this.#context;
    const { order, length } = candidates;
    const { runs } = state.agents;
    for (let i = 0; i < length; i += 1) {
      const agent = order[i] as number;
      runs[agent] = (runs[agent] as number) + 1;
    }
    endFilters(
      state,
      state.filters.endOverdue(nowMs, (agent) => runsOf(state, agent)),
    );
  }
}

/** Opens what ended filters kept shut. */
export function endFilters(
  state: AllocatorState,
  ended: readonly { readonly leaf: number; readonly agent: number }[],
): void {
  for (const { leaf, agent } of ended) {
    state.masks.reopen(agent, leaf);
    state.dirty.markAgent(agent);
  }
}

export function runsOf(state: AllocatorState, agent: number): number {
  return state.agents.runs[agent] as number;
}
