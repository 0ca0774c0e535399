import { containsBag, type Bag } from "../state/bag.ts";

/** What was refused; shared by the filters of an agent that refuse the same. */
export interface RefusedSet {
  readonly plain: Float64Array;
  readonly bag: Bag;
}

/** Whether all of an offer was refused before: more of anything breaks through. */
export function isRefused(
  refused: RefusedSet,
  plain: Float64Array,
  bag: Bag,
  names: number,
): boolean {
  for (let k = 0; k < names; k += 1) {
    if ((plain[k] as number) > (refused.plain[k] ?? 0)) return false;
  }
  return containsBag(refused.bag, bag);
}

export function isSameSet(a: RefusedSet, plain: Float64Array, bag: Bag, names: number): boolean {
  if (a.bag !== bag) return false;
  for (let k = 0; k < names; k += 1) {
    if ((a.plain[k] ?? 0) !== plain[k]) return false;
  }
  return true;
}
