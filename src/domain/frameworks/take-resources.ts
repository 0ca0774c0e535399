import {
  containsResources,
  NO_RESOURCES,
  addResources,
  subtractResources,
} from "../resources/arithmetic.ts";
import { isReserved, kindKey } from "../resources/kind.ts";
import { subtractRanges } from "../resources/ranges.ts";
import type { MesosResource, RangesResource, Resources } from "../resources/resource.ts";

/**
 * The part of an offer that stands for what is wanted, or undefined when the offer has not enough of it. A wanted item is
 * taken from its own kind first; an unreserved one then also from what is reserved to the framework's role, cut over
 * several items if need be. Volumes, shared and revocable resources are taken only where they are wanted as such.
 * @see mesos@1.11 src/common/resources.cpp `Resources::find`
 */
export function takeResources(offered: Resources, wanted: Resources): Resources | undefined {
  let left = offered;
  let taken = NO_RESOURCES;
  for (const item of wanted) {
    const part = takeItem(left, item);
    if (part === undefined) return undefined;
    taken = addResources(taken, part);
    left = subtractResources(left, part);
  }
  return taken;
}

function takeItem(offered: Resources, wanted: MesosResource): Resources | undefined {
  if (containsResources(offered, [wanted])) return [wanted];
  if (!isPlain(wanted)) return undefined;
  const parts: MesosResource[] = [];
  let missing: MesosResource | undefined = wanted;
  for (const source of sourcesOf(offered, wanted)) {
    const part: MesosResource | undefined = cutFrom(source, missing);
    if (part === undefined) continue;
    parts.push(part);
    missing = withoutAmount(missing, part);
    if (missing === undefined) return parts;
  }
  return undefined;
}

/** Of the same name and without anything but a reservation; unreserved ones first. */
function sourcesOf(offered: Resources, wanted: MesosResource): readonly MesosResource[] {
  const usable = offered.filter(
    (item) =>
      item.name === wanted.name &&
      item.kind === wanted.kind &&
      kindKey({ ...item, reservations: [] }) === kindKey(wanted),
  );
  return [...usable.filter((it) => !isReserved(it)), ...usable.filter((it) => isReserved(it))];
}

/** What `source` can give of `missing`, in the source's own kind. */
function cutFrom(source: MesosResource, missing: MesosResource): MesosResource | undefined {
  const { reservations } = source;
  if (source.kind === "scalar" && missing.kind === "scalar") {
    const milli = Math.min(source.milli, missing.milli);
    return milli === 0 ? undefined : { ...missing, milli, reservations };
  }
  if (source.kind === "ranges" && missing.kind === "ranges") {
    const ranges = subtractRanges(missing.ranges, subtractRanges(missing.ranges, source.ranges));
    return ranges.length === 0 ? undefined : { ...missing, ranges, reservations };
  }
  if (source.kind === "set" && missing.kind === "set") {
    const items = missing.items.filter((item) => source.items.includes(item));
    return items.length === 0 ? undefined : { ...missing, items, reservations };
  }
  return undefined;
}

function withoutAmount(from: MesosResource, part: MesosResource): MesosResource | undefined {
  if (from.kind === "scalar" && part.kind === "scalar") {
    const milli = from.milli - part.milli;
    return milli === 0 ? undefined : { ...from, milli };
  }
  if (from.kind === "ranges" && part.kind === "ranges") {
    const rest: RangesResource = { ...from, ranges: subtractRanges(from.ranges, part.ranges) };
    return rest.ranges.length === 0 ? undefined : rest;
  }
  if (from.kind === "set" && part.kind === "set") {
    const items = from.items.filter((item) => !part.items.includes(item));
    return items.length === 0 ? undefined : { ...from, items };
  }
  return undefined;
}

/** Neither reserved, nor a volume or disk of a source, nor shared, nor revocable. */
export function isPlain(resource: MesosResource): boolean {
  return (
    !isReserved(resource) &&
    resource.disk === undefined &&
    resource.shared !== true &&
    resource.revocable !== true
  );
}
