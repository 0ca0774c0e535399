const DECIMAL = /^(0|[1-9]\d*)$/;

/**
 * Negative, zero or positive as `a` is older, equal or newer than `b`; `undefined` when they cannot be ordered because one is
 * not a decimal number (aggregated API servers may use anything). Comparing by length and then by text is exact for decimals of
 * any size and needs no BigInt.
 */
export function compareResourceVersions(a: string, b: string): number | undefined {
  if (a === b) return 0;
  if (!DECIMAL.test(a) || !DECIMAL.test(b)) return undefined;
  return a.length === b.length ? (a < b ? -1 : 1) : a.length - b.length;
}
