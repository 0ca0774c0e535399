const DECIMAL = /^\d+$/;

/**
 * Whether `a` is certainly older than `b`. Versions of one kind are decimal numbers that grow; what is not decimal cannot be
 * compared and counts as not older.
 */
export function isOlderVersion(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined || !DECIMAL.test(a) || !DECIMAL.test(b)) return false;
  return a.length === b.length ? a < b : a.length < b.length;
}
