/**
 * The same value without maps that hold nothing, at any depth; elements of lists stay, with their empty fields gone.
 * Server-side apply of `{}` over a map whose last key this manager owned is stored as `null`, which a schema refuses, also inside
 * the elements of a keyed list (seen on Kubernetes 1.34.4); a map that is left out is removed cleanly.
 */
export function withoutEmptyMaps(status: object): object {
  const entries = Object.entries(status).flatMap(([key, value]: [string, unknown]) => {
    if (Array.isArray(value)) return [[key, value.map(cleanElement)]];
    if (typeof value !== "object" || value === null) return [[key, value]];
    const kept = withoutEmptyMaps(value);
    return Object.keys(kept).length === 0 ? [] : [[key, kept]];
  });
  return Object.fromEntries(entries) as object;
}

function cleanElement(element: unknown): unknown {
  const isMap = typeof element === "object" && element !== null && !Array.isArray(element);
  return isMap ? withoutEmptyMaps(element) : element;
}
