import type { AgentId } from "../../api/ids/ids.ts";
import type { PodAdmission as AllocatedPod } from "../../domain/allocator/events.ts";
import type { PodAdmission } from "./pod-admission.ts";
import type { LedgerAgent, PoolLedger } from "./ports.ts";

/** Admission over the life of a master: a fresh {@link PodAdmission} for each term, none between. */
export class TermAdmission {
  readonly #begin: () => PodAdmission;
  #current: PodAdmission | undefined;

  /** @param begin makes the admission of the term that is held now. */
  constructor(begin: () => PodAdmission) {
    this.#begin = begin;
  }

  /** The admission of the present term, if this master leads. */
  get current(): PodAdmission | undefined {
    return this.#current;
  }

  async start(ledger: PoolLedger, signal: AbortSignal): Promise<void> {
    const admission = this.#begin();
    this.#current = admission;
    signal.addEventListener("abort", () => {
      if (this.#current === admission) this.#current = undefined;
    });
    await admission.start(ledger, signal);
  }

  admit(admissions: readonly AllocatedPod[], term: number): void {
    this.#current?.admit(admissions, term);
  }

  agentKnown(agent: LedgerAgent): void {
    this.#current?.agentKnown(agent);
  }

  agentGone(agentId: AgentId): void {
    this.#current?.agentGone(agentId);
  }
}
