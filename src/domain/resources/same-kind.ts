import { addRanges, containsRanges, intersectRanges, subtractRanges } from "./ranges.ts";
import type { MesosResource } from "./resource.ts";

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

/** Whether `a` has all of `b`; both of one kind. */
export function coversSameKind(a: MesosResource, b: MesosResource): boolean {
  if (a.kind === "scalar" && b.kind === "scalar") return a.milli >= b.milli;
  if (a.kind === "ranges" && b.kind === "ranges") return containsRanges(a.ranges, b.ranges);
  if (a.kind === "set" && b.kind === "set") return b.items.every((it) => a.items.includes(it));
  return false;
}

/** Both amounts together; both of one kind. */
export function mergeSameKind(a: MesosResource, b: MesosResource): MesosResource {
  if (a.kind === "scalar" && b.kind === "scalar") return { ...a, milli: a.milli + b.milli };
  if (a.kind === "ranges" && b.kind === "ranges") {
    return { ...a, ranges: addRanges(a.ranges, b.ranges) };
  }
  if (a.kind === "set" && b.kind === "set") {
    return { ...a, items: [...new Set([...a.items, ...b.items])].sort() };
  }
  return a;
}

/** What is left of `a` without `b`, never less than nothing; both of one kind. */
export function cutSameKind(a: MesosResource, b: MesosResource): MesosResource {
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

/** What is in both; both of one kind. */
export function commonSameKind(a: MesosResource, b: MesosResource): MesosResource {
  if (a.kind === "scalar" && b.kind === "scalar") {
    return { ...a, milli: Math.min(a.milli, b.milli) };
  }
  if (a.kind === "ranges" && b.kind === "ranges") {
    return { ...a, ranges: intersectRanges(a.ranges, b.ranges) };
  }
  if (a.kind === "set" && b.kind === "set") {
    return { ...a, items: a.items.filter((it) => b.items.includes(it)) };
  }
  return a;
}
