import { addRanges, containsRanges, subtractRanges } from "./ranges.ts";
import { isIndivisible, kindKey } from "./kind.ts";
import type { MesosResource, Resources } from "./resource.ts";

/** Nothing. */
export const NO_RESOURCES: Resources = [];

/** Whether there is no amount of anything in it. */
export function isEmptyResource(resource: MesosResource): boolean {
  switch (resource.kind) {
    case "scalar":
      return resource.milli <= 0;
    case "ranges":
      return resource.ranges.length === 0;
    case "set":
      return resource.items.length === 0;
  }
}

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
      sum[place] = merge(sum[place] as MesosResource, item);
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
    const rest = isIndivisible(item) ? undefined : cut(left[place] as MesosResource, item);
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
    if (place === undefined || !covers(left[place] as MesosResource, item)) return false;
    left[place] = isIndivisible(item) ? undefined : cut(left[place] as MesosResource, item);
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
  return covers(a, b) && covers(b, a);
}

function covers(a: MesosResource, b: MesosResource): boolean {
  if (a.kind === "scalar" && b.kind === "scalar") return a.milli >= b.milli;
  if (a.kind === "ranges" && b.kind === "ranges") return containsRanges(a.ranges, b.ranges);
  if (a.kind === "set" && b.kind === "set") return b.items.every((it) => a.items.includes(it));
  return false;
}

function merge(a: MesosResource, b: MesosResource): MesosResource {
  if (a.kind === "scalar" && b.kind === "scalar") return { ...a, milli: a.milli + b.milli };
  if (a.kind === "ranges" && b.kind === "ranges") {
    return { ...a, ranges: addRanges(a.ranges, b.ranges) };
  }
  if (a.kind === "set" && b.kind === "set") {
    return { ...a, items: [...new Set([...a.items, ...b.items])].sort() };
  }
  return a;
}

function cut(a: MesosResource, b: MesosResource): MesosResource {
  if (a.kind === "scalar" && b.kind === "scalar") {
    return { ...a, milli: Math.max(0, a.milli - b.milli) };
  }
  if (a.kind === "ranges" && b.kind === "ranges") {
    return { ...a, ranges: subtractRanges(a.ranges, b.ranges) };
  }
  if (a.kind === "set" && b.kind === "set") {
    return { ...a, items: a.items.filter((it) => !b.items.includes(it)) };
  }
  return a;
}
