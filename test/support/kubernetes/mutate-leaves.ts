/** Every copy of `value` in which exactly one leaf differs, with the path of that leaf. Lists count as their elements. */
export function* eachLeafChanged(
  value: unknown,
  path = "",
): Generator<{ readonly path: string; readonly changed: unknown }> {
  if (Array.isArray(value)) {
    for (const [index, element] of value.entries()) {
      for (const inner of eachLeafChanged(element, `${path}[${index}]`)) {
        yield { path: inner.path, changed: value.with(index, inner.changed) };
      }
    }
    return;
  }
  if (typeof value === "object" && value !== null) {
    for (const [field, element] of Object.entries(value)) {
      for (const inner of eachLeafChanged(element, `${path}.${field}`)) {
        yield { path: inner.path, changed: { ...value, [field]: inner.changed } };
      }
    }
    return;
  }
  yield { path, changed: otherThan(value) };
}

function otherThan(leaf: unknown): unknown {
  if (typeof leaf === "number") return leaf + 1;
  if (typeof leaf === "boolean") return !leaf;
  return typeof leaf === "string" && /^\d/.test(leaf) ? `9${leaf}` : `${String(leaf)}-other`;
}
