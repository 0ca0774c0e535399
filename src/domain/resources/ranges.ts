/** Inclusive [begin, end]. */
export type Range = readonly [begin: number, end: number];
/** Sorted, disjoint, never adjacent. */
export type Ranges = readonly Range[];

/** Any ranges as sorted, disjoint, never adjacent ones; empty ones (end < begin) are dropped. */
export function normalizeRanges(ranges: Ranges): Ranges {
  const sorted = ranges.filter(([begin, end]) => begin <= end).sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [begin, end] of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && begin <= last[1] + 1) last[1] = Math.max(last[1], end);
    else merged.push([begin, end]);
  }
  return merged;
}

/** All numbers of either. */
export function addRanges(a: Ranges, b: Ranges): Ranges {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  return normalizeRanges([...a, ...b]);
}

/** The numbers of `a` that are not in `b`; O(a + b). */
export function subtractRanges(a: Ranges, b: Ranges): Ranges {
  if (b.length === 0) return a;
  const left: Range[] = [];
  let j = 0;
  for (const [begin, end] of a) {
    let from = begin;
    while (j < b.length && (b[j] as Range)[1] < from) j += 1;
    for (let k = j; k < b.length && (b[k] as Range)[0] <= end; k += 1) {
      const [cutBegin, cutEnd] = b[k] as Range;
      if (cutBegin > from) left.push([from, cutBegin - 1]);
      from = Math.max(from, cutEnd + 1);
    }
    if (from <= end) left.push([from, end]);
  }
  return left;
}

/** The numbers of `a` that are in `b` too; O(a + b). */
export function intersectRanges(a: Ranges, b: Ranges): Ranges {
  return subtractRanges(a, subtractRanges(a, b));
}

/** Whether every number of `b` is in `a`; O(a + b). */
export function containsRanges(a: Ranges, b: Ranges): boolean {
  let i = 0;
  for (const [begin, end] of b) {
    while (i < a.length && (a[i] as Range)[1] < begin) i += 1;
    const holder = a[i];
    if (holder === undefined || holder[0] > begin || holder[1] < end) return false;
  }
  return true;
}

/** How many numbers there are. */
export function countRanges(ranges: Ranges): number {
  let count = 0;
  for (const [begin, end] of ranges) count += end - begin + 1;
  return count;
}

/** `[a-b,c-d]`. */
export function formatRanges(ranges: Ranges): string {
  return `[${ranges.map(([begin, end]) => `${String(begin)}-${String(end)}`).join(",")}]`;
}

/** Ranges of `[a-b,c-d]` or `[a]`; undefined when the text is anything else. */
export function parseRanges(text: string): Ranges | undefined {
  const inner = /^\[(.*)\]$/s.exec(text)?.[1];
  if (inner === undefined) return undefined;
  if (inner.trim() === "") return [];
  const parsed: Range[] = [];
  for (const item of inner.split(",")) {
    const match = /^\s*(\d+)\s*(?:-\s*(\d+)\s*)?$/.exec(item);
    if (match === null) return undefined;
    const begin = Number(match[1]);
    const end = match[2] === undefined ? begin : Number(match[2]);
    if (begin > end || !Number.isSafeInteger(end)) return undefined;
    parsed.push([begin, end]);
  }
  return normalizeRanges(parsed);
}
