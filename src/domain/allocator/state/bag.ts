import {
  coversSameKind,
  cutSameKind,
  isEmptyResource,
  mergeSameKind,
} from "../../resources/same-kind.ts";
import type { MesosResource } from "../../resources/resource.ts";
import type { Kind } from "./kinds.ts";

export interface BagItem {
  readonly kind: Kind;
  readonly value: MesosResource;
}

/** Thousandths of one scalar name. */
export interface NameSum {
  readonly name: number;
  readonly milli: number;
}

/**
 * Everything that is not a plain quantity: ranges, sets, reservations, volumes, revocable and
 * provider resources. Immutable, sorted by kind; what the loops ask of it is worked out once.
 */
export class Bag {
  readonly items: readonly BagItem[];
  readonly isEmpty: boolean;
  /** All that anybody may have uncut: unreserved, regular, not shared, no scalar in it. */
  readonly isSimple: boolean;
  readonly hasShared: boolean;
  readonly hasRevocable: boolean;
  readonly hasRefined: boolean;
  /** Scalars by name, shared volumes left out. */
  readonly sums: readonly NameSum[];
  /** Unreserved regular scalars by name: what quota and headroom look at. */
  readonly unreservedSums: readonly NameSum[];

  constructor(items: readonly BagItem[]) {
    this.items = items;
    this.isEmpty = items.length === 0;
    const facts = { isSimple: true, hasShared: false, hasRevocable: false, hasRefined: false };
    const sums: NameSum[] = [];
    const unreservedSums: NameSum[] = [];
    for (const { kind, value } of items) {
      facts.isSimple &&= isSimpleKind(kind);
      facts.hasShared ||= kind.isShared;
      facts.hasRevocable ||= kind.isRevocable;
      facts.hasRefined ||= kind.isRefined;
      if (value.kind !== "scalar" || kind.isShared) continue;
      addTo(sums, kind.name, value.milli);
      if (isQuotaKind(kind)) addTo(unreservedSums, kind.name, value.milli);
    }
    this.isSimple = facts.isSimple;
    this.hasShared = facts.hasShared;
    this.hasRevocable = facts.hasRevocable;
    this.hasRefined = facts.hasRefined;
    this.sums = sums;
    this.unreservedSums = unreservedSums;
  }
}

export const EMPTY_BAG = new Bag([]);

/** Whether quota and headroom are about this kind: an unreserved, regular scalar. */
export function isQuotaKind(kind: Kind): boolean {
  return kind.name >= 0 && kind.owner < 0 && !kind.isRevocable;
}

/** A bag of items in any order, with equal kinds merged. */
export function bagOf(items: readonly BagItem[]): Bag {
  if (items.length === 0) return EMPTY_BAG;
  const sorted = [...items].sort((a, b) => a.kind.id - b.kind.id);
  const merged: BagItem[] = [];
  for (const item of sorted) {
    if (isEmptyResource(item.value)) continue;
    const last = merged.at(-1);
    if (last?.kind === item.kind) {
      merged[merged.length - 1] = { kind: item.kind, value: mergeSameKind(last.value, item.value) };
    } else merged.push(item);
  }
  return merged.length === 0 ? EMPTY_BAG : new Bag(merged);
}

/** Everything of both; a linear merge, both are sorted. */
export function addBags(a: Bag, b: Bag): Bag {
  if (a.isEmpty) return b;
  if (b.isEmpty) return a;
  const merged: BagItem[] = [];
  let i = 0;
  for (const item of b.items) {
    while (i < a.items.length && (a.items[i] as BagItem).kind.id < item.kind.id) {
      merged.push(a.items[i] as BagItem);
      i += 1;
    }
    const own = a.items[i];
    if (own?.kind === item.kind) {
      merged.push({ kind: item.kind, value: mergeSameKind(own.value, item.value) });
      i += 1;
    } else merged.push(item);
  }
  return new Bag([...merged, ...a.items.slice(i)]);
}

/** What is left of `a` without `b`; what `a` lacks is ignored. */
export function subtractBags(a: Bag, b: Bag): Bag {
  if (b.isEmpty || a.isEmpty) return a;
  if (a === b) return EMPTY_BAG;
  const left: BagItem[] = [];
  let j = 0;
  for (const item of a.items) {
    while (j < b.items.length && (b.items[j] as BagItem).kind.id < item.kind.id) j += 1;
    const other = b.items[j];
    if (other?.kind !== item.kind) {
      left.push(item);
      continue;
    }
    const value = cutSameKind(item.value, other.value);
    if (!isEmptyResource(value)) left.push({ kind: item.kind, value });
  }
  return left.length === 0 ? EMPTY_BAG : new Bag(left);
}

/** Whether `a` has all of `b`. */
export function containsBag(a: Bag, b: Bag): boolean {
  if (a === b) return true;
  if (b.items.length > a.items.length) return false;
  let i = 0;
  for (const item of b.items) {
    while (i < a.items.length && (a.items[i] as BagItem).kind.id < item.kind.id) i += 1;
    const holder = a.items[i];
    if (holder?.kind !== item.kind || !coversSameKind(holder.value, item.value)) return false;
  }
  return true;
}

/** The items that pass; the bag itself when all do. */
export function filterBag(bag: Bag, keep: (item: BagItem) => boolean): Bag {
  const kept = bag.items.filter(keep);
  if (kept.length === bag.items.length) return bag;
  return kept.length === 0 ? EMPTY_BAG : new Bag(kept);
}

/** The shared volumes of a bag, one copy each: they stay free however often they are given. */
export function sharedPart(bag: Bag): Bag {
  if (!bag.hasShared) return EMPTY_BAG;
  return filterBag(bag, ({ kind }) => kind.isShared);
}

export function withoutShared(bag: Bag): Bag {
  return bag.hasShared ? filterBag(bag, ({ kind }) => !kind.isShared) : bag;
}

/** Ranges and sets that anybody may have. */
export function isSimpleKind(kind: Kind): boolean {
  return kind.name < 0 && kind.owner < 0 && !kind.isRevocable && !kind.isShared;
}

function addTo(sums: NameSum[], name: number, milli: number): void {
  const place = sums.findIndex((sum) => sum.name === name);
  if (place < 0) sums.push({ name, milli });
  else sums[place] = { name, milli: (sums[place] as NameSum).milli + milli };
}
