import type { QuotaMode } from "../events.ts";
import { growFloats, widenRows, type Floats } from "../state/columns.ts";
import type { NameSum } from "../state/bag.ts";
import type { NamedColumns, ScalarNames } from "../state/scalar-names.ts";

/** Guarantee and limit of a top-level role, thousandths by name index. */
export interface Quota {
  readonly guarantees: readonly NameSum[];
  readonly limits: readonly NameSum[];
  readonly mode: QuotaMode;
}

/**
 * Quota of top-level roles and what they consume, always up to date:
 *
 *   consumed(role) = reservations of role and descendants, allocated or not
 *                  + unreserved regular scalars offered or allocated to role and descendants
 *   required[name] = Σ roles max(0, guarantee − consumed)
 *   available[name] = unreserved regular scalars that are free, over all agents
 *
 * @see mesos@1.11 src/master/allocator/mesos/hierarchical.cpp `__generateOffers`
 */
export class QuotaLedger implements NamedColumns {
  readonly #names: ScalarNames;
  #stride: number;
  /** By top-level role index; `#byRole` is the same for the loops. */
  readonly #quotas = new Map<number, Quota>();
  readonly #byRole: (Quota | undefined)[] = [];
  consumed: Floats;
  available: Floats;
  required: Floats;

  constructor(names: ScalarNames) {
    this.#names = names;
    this.#stride = names.stride;
    this.consumed = new Float64Array(16 * this.#stride);
    this.available = new Float64Array(this.#stride);
    this.required = new Float64Array(this.#stride);
    names.register(this);
  }

  widen(stride: number): void {
    this.consumed = widenRows(this.consumed, this.#stride, stride);
    this.available = widenRows(this.available, this.#stride, stride);
    this.required = widenRows(this.required, this.#stride, stride);
    this.#stride = stride;
  }

  /** Roles with quota. */
  get quotas(): ReadonlyMap<number, Quota> {
    return this.#quotas;
  }

  /** Some role may be lent room beyond its limit. */
  get isLending(): boolean {
    for (const { mode, limits } of this.#quotas.values()) {
      if (mode !== "Hard" && limits.length > 0) return true;
    }
    return false;
  }

  quotaOf(role: number): Quota | undefined {
    return this.#byRole[role];
  }

  setQuota(role: number, quota: Quota | undefined): void {
    if (quota === undefined) this.#quotas.delete(role);
    else this.#quotas.set(role, quota);
    this.#byRole[role] = quota;
  }

  growRoles(roles: number): void {
    this.consumed = growFloats(this.consumed, roles * this.#stride);
  }

  consumedOf(role: number, name: number): number {
    return this.consumed[role * this.#stride + name] as number;
  }

  consume(role: number, name: number, milli: number): void {
    const place = role * this.#stride + name;
    this.consumed[place] = (this.consumed[place] as number) + milli;
  }

  /** Works out what is held back; true when anything is. Start of a run. */
  computeRequired(): boolean {
    this.required.fill(0);
    let any = false;
    for (const [role, { guarantees }] of this.quotas) {
      for (const { name, milli } of guarantees) {
        const missing = milli - this.consumedOf(role, name);
        if (missing <= 0) continue;
        this.required[name] = (this.required[name] as number) + missing;
        any = true;
      }
    }
    return any;
  }

  /**
   * After a run: whether less is held back than the run assumed, because stage 2 gave to roles below
   * their guarantee without lowering `required`. Others were cut short by that much.
   */
  isLessRequired(): boolean {
    const assumed = this.required.slice();
    this.computeRequired();
    return assumed.some((milli, k) => (this.required[k] as number) < milli);
  }

  /** Whether anything is still held back. */
  isHeadroomRequired(): boolean {
    for (let k = 0; k < this.#names.count; k += 1) {
      if ((this.required[k] as number) > 0) return true;
    }
    return false;
  }

  /** Whether the guarantee is not met. */
  isShort(role: number, { guarantees }: Quota): boolean {
    for (const { name, milli } of guarantees) {
      if (milli > this.consumedOf(role, name)) return true;
    }
    return false;
  }

  /** What of the guarantee is not consumed yet; true when anything. */
  loadUnsatisfied(role: number, quota: Quota, unsatisfied: Float64Array): boolean {
    unsatisfied.fill(0);
    let any = false;
    for (const { name, milli } of quota.guarantees) {
      const missing = milli - this.consumedOf(role, name);
      if (missing <= 0) continue;
      unsatisfied[name] = missing;
      any = true;
    }
    return any;
  }

  /** What the role may still get: limit − consumed − taken; absent limits are infinite. */
  loadLimitSlack(role: number, quota: Quota, taken: Float64Array, slack: Float64Array): void {
    slack.fill(Infinity);
    for (const { name, milli } of quota.limits) {
      slack[name] = Math.max(0, milli - this.consumedOf(role, name) - (taken[name] as number));
    }
  }

  /** What nobody's guarantee needs: available − required; 0 for names that are held back. */
  loadSurplus(surplus: Float64Array): void {
    for (let k = 0; k < this.#names.count; k += 1) {
      surplus[k] = Math.max(0, (this.available[k] as number) - (this.required[k] as number));
    }
  }
}
