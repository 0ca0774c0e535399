import type { Quota } from "../quota/quota-ledger.ts";
import type { AllocatorState } from "../state/allocator-state.ts";
import type { Leaf, Minimum } from "../state/framework-table.ts";
import type { OfferDraft } from "./offer-draft.ts";

/** Cuts the draft to what limits and others' guarantees leave; the amounts it works with are used over and over. */
export class DraftCuts {
  readonly #state: AllocatorState;
  readonly #draft: OfferDraft;
  #slack: Float64Array;
  #surplus: Float64Array;
  /** What is taken already where nothing is: zeros. */
  #nothing: Float64Array;
  /** Anything is held back for guarantees. */
  isHeadroomRequired = false;

  constructor(state: AllocatorState, draft: OfferDraft) {
    this.#state = state;
    this.#draft = draft;
    this.#slack = new Float64Array(state.names.stride);
    this.#surplus = new Float64Array(state.names.stride);
    this.#nothing = new Float64Array(state.names.stride);
  }

  beginRun(): void {
    const { names, quota } = this.#state;
    if (this.#slack.length !== names.stride) {
      this.#slack = new Float64Array(names.stride);
      this.#surplus = new Float64Array(names.stride);
      this.#nothing = new Float64Array(names.stride);
    }
    this.isHeadroomRequired = quota.computeRequired();
  }

  /**
   * To the limits of the role and the principal, beside what is `taken` by name, then to what nobody's guarantee needs.
   */
  cut(leaf: Leaf, quota: Quota | undefined, taken: Float64Array = this.#nothing): void {
    const slack = this.#slack;
    if (this.#state.loadLimitSlack(leaf, quota, taken, slack)) this.#draft.cutTo(slack);
    if (!this.isHeadroomRequired) return;
    this.#state.quota.loadSurplus(slack);
    this.#draft.cutTo(slack);
  }

  /** Whether limits and others' guarantees leave less than the minimum, of whatever agent. */
  leaveTooLittle(leaf: Leaf, quota: Quota | undefined, minimum: Minimum): boolean {
    if (minimum.length === 0) return false;
    const limits = this.#slack;
    if (!this.#state.loadLimitSlack(leaf, quota, this.#nothing, limits)) limits.fill(Infinity);
    const surplus = this.#surplus;
    if (this.isHeadroomRequired) this.#state.quota.loadSurplus(surplus);
    else surplus.fill(Infinity);
    return minimum.every((set) =>
      set.some(
        ({ name, milli }) => milli > Math.min(limits[name] as number, surplus[name] as number),
      ),
    );
  }

  /** Plain amounts to what only the limit of the role kept from it: what is beyond that limit. */
  cutPlainToLoan(role: number, quota: Quota): void {
    const { plain } = this.#draft;
    this.#state.quota.loadLimitSlack(role, quota, this.#nothing, this.#slack);
    for (let k = 0; k < this.#state.names.count; k += 1) {
      plain[k] = Math.max(0, (plain[k] as number) - (this.#slack[k] as number));
    }
  }

  /** Plain amounts to what nobody's guarantee needs. */
  cutPlainToSurplus(): void {
    if (!this.isHeadroomRequired) return;
    this.#state.quota.loadSurplus(this.#slack);
    this.#cutPlainToSlack();
  }

  /** Plain amounts to what the limits of the principal leave: they hold beyond those of the role. */
  cutPlainToPrincipal({ framework: { principalRow } }: Leaf): void {
    if (principalRow < 0) return;
    this.#slack.fill(Infinity);
    this.#state.principals.lowerSlack(principalRow, this.#nothing, this.#slack);
    this.#cutPlainToSlack();
  }

  #cutPlainToSlack(): void {
    const { plain } = this.#draft;
    for (let k = 0; k < this.#state.names.count; k += 1) {
      plain[k] = Math.min(plain[k] as number, this.#slack[k] as number);
    }
  }
}
