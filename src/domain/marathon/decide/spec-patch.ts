import { isSameJson } from "../app/canonical-json.ts";

/** One step of a JSON patch (RFC 6902). */
export interface PatchStep {
  readonly op: "add" | "remove";
  readonly path: string;
  readonly value?: unknown;
}

const escapePointer = (key: string): string => key.replaceAll("~", "~0").replaceAll("/", "~1");

/** Sets one annotation, whether or not the object has any. */
export function annotationPatch(
  annotations: Readonly<Record<string, string>> | undefined,
  key: string,
  value: string,
): PatchStep {
  return annotations
    ? { op: "add", path: `/metadata/annotations/${escapePointer(key)}`, value }
    : { op: "add", path: "/metadata/annotations", value: { [key]: value } };
}

/** Only the top-level fields of the spec that differ, so that no field changes hands that did not change. */
export function specPatch(before: object, after: object): PatchStep[] {
  const old = before as Readonly<Record<string, unknown>>;
  const wanted = after as Readonly<Record<string, unknown>>;
  const keys = new Set([...Object.keys(old), ...Object.keys(wanted)]);
  return [...keys].flatMap((key): PatchStep[] => {
    const path = `/spec/${escapePointer(key)}`;
    if (wanted[key] === undefined) return old[key] === undefined ? [] : [{ op: "remove", path }];
    return isSameJson(old[key], wanted[key]) ? [] : [{ op: "add", path, value: wanted[key] }];
  });
}
