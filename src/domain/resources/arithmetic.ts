import { isIndivisible, kindKey } from "./kind.ts";
import type { MesosResource, Resources } from "./resource.ts";
import { coversSameKind, cutSameKind, isEmptyResource, mergeSameKind } from "./same-kind.ts";

/** Nothing. */
export const NO_RESOURCES: Resources = [];

/** A proper bag of any list: equal divisible kinds merged, empty ones left out. */
export function normalizeResources(list: readonly MesosResource[]): Resources {
  return addResources(NO_RESOURCES, list);
}

/**
 * Everything of both. Divisible kinds add up; indivisible ones (volumes, MOUNT disks) stay separate
 * objects, so that a shared volume held twice is there twice.
 *
 * Law: `subtractResources(addResources(a, b), b)` equals `a`.
 */
export function addResources(a: Resources, b: readonly MesosResource[]): Resources {
  const sum = [...a];
  const places = indexByKind(sum);
  for (const item of b) {
    if (isEmptyResource(item)) continue;
    const key = kindKey(item);
    const place = isIndivisible(item) ? undefined : places.get(key);
    if (place === undefined) {
      places.set(key, sum.length);
      sum.push(item);
    } else {
      sum[place] = mergeSameKind(sum[place] as MesosResource, item);
    }
  }
  return sum;
}

/** What is left of `a` when `b` is taken out; what `a` lacks is ignored, nothing gets negative. */
export function subtractResources(a: Resources, b: readonly MesosResource[]): Resources {
  if (b.length === 0) return a;
  const left: (MesosResource | undefined)[] = [...a];
  for (const item of b) {
    const place = findTaker(left, item);
    if (place === undefined) continue;
    const rest = isIndivisible(item) ? undefined : cutSameKind(left[place] as MesosResource, item);
    left[place] = rest === undefined || isEmptyResource(rest) ? undefined : rest;
  }
  return left.filter((item) => item !== undefined);
}

/** Whether `b` is a part of `a`. */
export function containsResources(a: Resources, b: Resources): boolean {
  const left: (MesosResource | undefined)[] = [...a];
  for (const item of b) {
    if (isEmptyResource(item)) continue;
    const place = findTaker(left, item);
    if (place === undefined || !coversSameKind(left[place] as MesosResource, item)) return false;
    left[place] = isIndivisible(item) ? undefined : cutSameKind(left[place] as MesosResource, item);
  }
  return true;
}

export function equalResources(a: Resources, b: Resources): boolean {
  return containsResources(a, b) && containsResources(b, a);
}

/** Thousandths of everything called `name`: reserved, revocable and volumes included. */
export function scalarMilli(resources: readonly MesosResource[], name: string): number {
  let sum = 0;
  for (const item of resources) {
    if (item.kind === "scalar" && item.name === name) sum += item.milli;
  }
  return sum;
}

function indexByKind(resources: Resources): Map<string, number> {
  const places = new Map<string, number>();
  resources.forEach((item, place) => {
    if (!isIndivisible(item)) places.set(kindKey(item), place);
  });
  return places;
}

/** The entry that `item` would be taken from: of the same kind, and of the same size if whole. */
function findTaker(
  list: readonly (MesosResource | undefined)[],
  item: MesosResource,
): number | undefined {
  const key = kindKey(item);
  const whole = isIndivisible(item);
  const place = list.findIndex(
    (own) => own !== undefined && kindKey(own) === key && (!whole || sameAmount(own, item)),
  );
  return place < 0 ? undefined : place;
}

function sameAmount(a: MesosResource, b: MesosResource): boolean {
  return coversSameKind(a, b) && coversSameKind(b, a);
}
