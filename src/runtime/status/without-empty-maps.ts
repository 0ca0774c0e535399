/**
 * The same value without maps that hold nothing, at any depth outside of lists.
 * Server-side apply of `{}` over a map whose last key this manager owned is stored as `null`, which a schema refuses
 * (seen on Kubernetes 1.34.4); a map that is left out is removed cleanly.
 */
export function withoutEmptyMaps(status: object): object {
  const entries = Object.entries(status).flatMap(([key, value]: [string, unknown]) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return [[key, value]];
    const kept = withoutEmptyMaps(value);
    return Object.keys(kept).length === 0 ? [] : [[key, kept]];
  });
  return Object.fromEntries(entries) as object;
}
