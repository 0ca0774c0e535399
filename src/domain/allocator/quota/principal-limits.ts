import { growFloats, widenRows, type Floats } from "../state/columns.ts";
import type { Bag, NameSum } from "../state/bag.ts";
import type { NamedColumns, ScalarNames } from "../state/scalar-names.ts";

/** Dense index of a principal with limits; -1 = none. */
export type PrincipalRow = number;

export const NO_PRINCIPAL_ROW: PrincipalRow = -1;

/**
 * Limits over all frameworks of one principal, and what those consume: all scalars that are offered or allocated to them, also
 * reserved and revocable ones, shared volumes apart.
 * Principals without limits are not counted; one that gets limits is counted anew by whoever sets them.
 */
export class PrincipalLimits implements NamedColumns {
  readonly #names: ScalarNames;
  #stride: number;
  readonly #rows = new Map<string, PrincipalRow>();
  readonly #limits: (readonly NameSum[])[] = [];
  readonly #unused: PrincipalRow[] = [];
  #consumed: Floats;

  constructor(names: ScalarNames) {
    this.#names = names;
    this.#stride = names.stride;
    this.#consumed = new Float64Array(4 * this.#stride);
    names.register(this);
  }

  widen(stride: number): void {
    this.#consumed = widenRows(this.#consumed, this.#stride, stride);
    this.#stride = stride;
  }

  get isEmpty(): boolean {
    return this.#rows.size === 0;
  }

  rowOf(principal: string | undefined): PrincipalRow {
    if (principal === undefined) return NO_PRINCIPAL_ROW;
    return this.#rows.get(principal) ?? NO_PRINCIPAL_ROW;
  }

  /** No limits = the principal is not bound any more. */
  set(principal: string, limits: readonly NameSum[]): void {
    const known = this.#rows.get(principal);
    if (limits.length === 0) {
      if (known === undefined) return;
      this.#rows.delete(principal);
      this.#unused.push(known);
      return;
    }
    const row = known ?? this.#unused.pop() ?? this.#limits.length;
    this.#rows.set(principal, row);
    this.#limits[row] = limits;
    this.#consumed = growFloats(this.#consumed, (row + 1) * this.#stride);
  }

  forgetUse(row: PrincipalRow): void {
    this.#consumed.fill(0, row * this.#stride, (row + 1) * this.#stride);
  }

  /** Use that came (`sign` 1) or went. `base` = where the row begins in `plain`. */
  consume(row: PrincipalRow, plain: Float64Array, base: number, bag: Bag, sign: 1 | -1): void {
    const own = row * this.#stride;
    for (let k = 0; k < this.#names.count; k += 1) {
      this.#consumed[own + k] = this.#consumedAt(own + k) + sign * (plain[base + k] as number);
    }
    for (const { name, milli } of bag.sums) {
      this.#consumed[own + name] = this.#consumedAt(own + name) + sign * milli;
    }
  }

  /** Lowers the slack to what the principal may still get beside what is `taken` already. */
  lowerSlack(row: PrincipalRow, taken: Float64Array, slack: Float64Array): void {
    const own = row * this.#stride;
    for (const { name, milli } of this.#limits[row] as readonly NameSum[]) {
      const left = Math.max(0, milli - this.#consumedAt(own + name) - (taken[name] as number));
      slack[name] = Math.min(slack[name] as number, left);
    }
  }

  #consumedAt(place: number): number {
    return this.#consumed[place] as number;
  }
}
