import { subtractRanges, type Range, type Ranges } from "../../resources/ranges.ts";
import type { MesosResource } from "../../resources/resource.ts";
import { coversSameKind } from "../../resources/same-kind.ts";
import type { Amounts } from "../state/amounts.ts";
import { bagOf, subtractBags, type Bag, type BagItem } from "../state/bag.ts";
import type { Kind } from "../state/kinds.ts";
import type { QueuedPod } from "./pod-queue.ts";

type Accepts = "unreserved" | "reserved" | "both";

/** What exactly is taken of the room, own reservations first; undefined when it does not fit. */
export function chargeOf(queued: QueuedPod, room: Amounts, names: number): Amounts | undefined {
  const { request, pod } = queued;
  const accepts = pod.acceptedRoles ?? "both";
  const plain = new Float64Array(room.plain.length);
  const items: BagItem[] = [];
  for (let k = 0; k < names; k += 1) {
    let missing = request.plain[k] ?? 0;
    if (missing === 0) continue;
    if (accepts !== "unreserved") missing = takeReserved(room.bag, k, missing, items);
    if (missing === 0) continue;
    if (accepts === "reserved" || missing > (room.plain[k] as number)) return undefined;
    plain[k] = missing;
  }
  for (const { value } of request.bag.items) {
    if (!takeItem(room.bag, value, accepts, items)) return undefined;
  }
  const ports = pod.dynamicPorts ?? 0;
  if (ports > 0 && !takeLowestPorts(room.bag, ports, accepts, items)) return undefined;
  return { plain, bag: bagOf(items) };
}

/** Takes up to `missing` of one scalar name out of reservations; gives what is still missing. */
function takeReserved(bag: Bag, name: number, missing: number, taken: BagItem[]): number {
  let left = missing;
  for (const { kind, value } of bag.items) {
    if (left === 0) break;
    if (kind.name !== name || !isSpendableReservation(kind) || value.kind !== "scalar") continue;
    const milli = Math.min(left, value.milli);
    taken.push({ kind, value: { ...value, milli } });
    left -= milli;
  }
  return left;
}

function isSpendableReservation(kind: Kind): boolean {
  return kind.owner >= 0 && !kind.isRevocable && !kind.isShared && !kind.isIndivisible;
}

/** Ranges by number, reserved ones first; other items of the very kind asked for. */
function takeItem(bag: Bag, wanted: MesosResource, accepts: Accepts, taken: BagItem[]): boolean {
  if (wanted.kind !== "ranges") {
    const own = bag.items.find(({ value }) => isSameThing(value, wanted));
    if (own === undefined || !coversSameKind(own.value, wanted)) return false;
    taken.push({ kind: own.kind, value: wanted });
    return true;
  }
  let missing: Ranges = wanted.ranges;
  for (const { kind, value } of rangesOf(bag, wanted.name, accepts)) {
    if (missing.length === 0) break;
    if (value.kind !== "ranges") continue;
    const left = subtractRanges(missing, value.ranges);
    const here = subtractRanges(missing, left);
    if (here.length > 0) taken.push({ kind, value: { ...value, ranges: here } });
    missing = left;
  }
  return missing.length === 0;
}

/** The lowest ports that are free beside those taken already. */
function takeLowestPorts(bag: Bag, count: number, accepts: Accepts, taken: BagItem[]): boolean {
  const left = subtractBags(bag, bagOf(taken));
  const free: { readonly item: BagItem; readonly range: Range }[] = [];
  for (const item of rangesOf(left, "ports", accepts)) {
    if (item.value.kind !== "ranges") continue;
    for (const range of item.value.ranges) free.push({ item, range });
  }
  let missing = count;
  for (const { item, range } of free.sort((a, b) => a.range[0] - b.range[0])) {
    if (missing === 0 || item.value.kind !== "ranges") break;
    const [begin, end] = range;
    const last = Math.min(end, begin + missing - 1);
    taken.push({ kind: item.kind, value: { ...item.value, ranges: [[begin, last]] } });
    missing -= last - begin + 1;
  }
  return missing === 0;
}

/** Ranges of that name that the pod accepts, reserved ones first. */
function rangesOf(bag: Bag, name: string, accepts: Accepts): BagItem[] {
  return bag.items
    .filter(
      ({ kind, value }) =>
        value.kind === "ranges" &&
        value.name === name &&
        !kind.isRevocable &&
        (accepts === "both" || kind.owner >= 0 === (accepts === "reserved")),
    )
    .sort((a, b) => b.kind.owner - a.kind.owner);
}

function isSameThing(a: MesosResource, b: MesosResource): boolean {
  return a.kind === b.kind && a.name === b.name && a.providerId === b.providerId;
}
