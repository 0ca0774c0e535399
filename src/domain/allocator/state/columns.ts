export type Floats = Float64Array<ArrayBuffer>;
export type Ints = Int32Array<ArrayBuffer>;
export type Words = Uint32Array<ArrayBuffer>;

/** A copy with at least `length` places; doubles, so that growing stays linear. */
export function growFloats(old: Floats, length: number): Floats {
  if (old.length >= length) return old;
  const grown = new Float64Array(Math.max(length, old.length * 2));
  grown.set(old);
  return grown;
}

export function growInts(old: Ints, length: number): Ints {
  if (old.length >= length) return old;
  const grown = new Int32Array(Math.max(length, old.length * 2));
  grown.set(old);
  return grown;
}

/** Heads of lists, -1 where there is none. */
export function growHeads(old: Ints, length: number): Ints {
  const grown = growInts(old, length);
  if (grown !== old) grown.fill(-1, old.length);
  return grown;
}

/** The same rows with more columns each. */
export function widenRows(old: Floats, from: number, to: number): Floats {
  const rows = Math.floor(old.length / from);
  const wide = new Float64Array(rows * to);
  for (let row = 0; row < rows; row += 1) {
    for (let k = 0; k < from; k += 1) wide[row * to + k] = old[row * from + k] as number;
  }
  return wide;
}

/** The same rows of bits with more words each. */
export function widenBits(old: Words, from: number, to: number): Words {
  const rows = Math.floor(old.length / from);
  const wide = new Uint32Array(rows * to);
  for (let row = 0; row < rows; row += 1) {
    wide.set(old.subarray(row * from, (row + 1) * from), row * to);
  }
  return wide;
}
