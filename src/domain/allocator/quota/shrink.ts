import { bagOf, type BagItem } from "../state/bag.ts";
import type { MesosResource } from "../../resources/resource.ts";
import type { SeededRandom } from "../seeded-random.ts";

/** Unreserved regular scalars in the form in which the loops cut them. */
export interface Cuttable {
  /** Plain quantities by name; cut in place. */
  readonly plain: Float64Array;
  /** Objects of their own: disks, provider resources. */
  items: readonly BagItem[];
}

/**
 * Cuts to the target, which is used up: divisible objects exactly, others whole or not at all. With
 * several objects of one name the order in which they are tried is random.
 *
 * @see mesos@1.11 src/master/allocator/mesos/hierarchical.cpp `shrinkResources`
 */
export function shrink(
  cuttable: Cuttable,
  target: Float64Array,
  names: number,
  random: SeededRandom,
): void {
  if (cuttable.items.length === 0) {
    for (let k = 0; k < names; k += 1) {
      if ((cuttable.plain[k] as number) > (target[k] as number)) {
        cuttable.plain[k] = target[k] as number;
      }
    }
    return;
  }
  shrinkObjects(cuttable, target, names, random);
}

/** Plain quantities are objects too: -1 - name in the order, others their place in `items`. */
function shrinkObjects(
  cuttable: Cuttable,
  target: Float64Array,
  names: number,
  random: SeededRandom,
): void {
  const order: number[] = [];
  for (let k = 0; k < names; k += 1) if ((cuttable.plain[k] as number) > 0) order.push(-1 - k);
  cuttable.items.forEach((_, place) => order.push(place));
  random.shuffle(order, order.length);
  const kept: BagItem[] = [];
  for (const object of order) {
    if (object < 0) {
      const name = -1 - object;
      const milli = Math.min(cuttable.plain[name] as number, target[name] as number);
      cuttable.plain[name] = milli;
      target[name] = (target[name] as number) - milli;
    } else {
      const item = shrinkItem(cuttable.items[object] as BagItem, target);
      if (item !== undefined) kept.push(item);
    }
  }
  cuttable.items = bagOf(kept).items;
}

function shrinkItem(item: BagItem, target: Float64Array): BagItem | undefined {
  const { kind, value } = item;
  if (value.kind !== "scalar") return item;
  const left = target[kind.name] as number;
  if (value.milli <= left) {
    target[kind.name] = left - value.milli;
    return item;
  }
  if (kind.isIndivisible || left <= 0) return undefined;
  target[kind.name] = 0;
  const cut: MesosResource = { ...value, milli: left };
  return { kind, value: cut };
}
