import type { ErrorDetail } from "../../../api/marathon/errors.ts";

/** One broken rule at one place of the document. */
export interface Violation {
  /** `/healthChecks(0)/path`; `/` is the whole object. */
  readonly path: string;
  readonly error: string;
}

/** Marathon's spelling of a path: keys after slashes, indices in brackets. */
export function violationPath(segments: readonly PropertyKey[]): string {
  if (segments.length === 0) return "/";
  return segments
    .map((segment) => (typeof segment === "number" ? `(${segment})` : `/${String(segment)}`))
    .join("");
}

/** One entry per path in the order of first mention, each error once. */
export function toErrorDetails(violations: readonly Violation[]): ErrorDetail[] {
  const byPath = new Map<string, string[]>();
  for (const { path, error } of violations) {
    const errors = byPath.get(path) ?? [];
    if (!errors.includes(error)) errors.push(error);
    byPath.set(path, errors);
  }
  return [...byPath].map(([path, errors]) => ({ path, errors }));
}
