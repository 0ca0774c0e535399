import { isSetList, listKeyOf } from "./list-keys.ts";
import { quantityNanos } from "./quantity.ts";

/** Fields under which leaves are quantities, which the server writes in its own way (`1000m` → `1`). */
const QUANTITY_PARENTS: ReadonlySet<string> = new Set(["requests", "limits", "capacity", "hard"]);
const QUANTITY_FIELDS: ReadonlySet<string> = new Set(["sizeLimit", "divisor", "averageValue"]);

/**
 * Where `desired` is not contained in `live`, as paths like `.spec.template.spec.containers[name=main].image`; empty when the live
 * object holds everything we decide. Fields that only the live object has (defaults, other managers) do not count; quantities are
 * compared by value, list maps by key, and an empty value equals an absent one. At most `pathsMax` paths.
 */
export function missingPaths(desired: unknown, live: unknown, pathsMax = 1): readonly string[] {
  const found: string[] = [];
  collect(desired, live, { path: "", field: "", parent: "" }, found, pathsMax);
  return found;
}

interface Place {
  readonly path: string;
  readonly field: string;
  readonly parent: string;
}

function collect(desired: unknown, live: unknown, at: Place, found: string[], max: number): void {
  if (found.length >= max || desired === undefined) return;
  if (live === undefined || live === null) {
    if (!isEmpty(desired)) found.push(at.path);
    return;
  }
  if (Array.isArray(desired)) {
    if (Array.isArray(live)) collectList(desired, live, at, found, max);
    else found.push(at.path);
    return;
  }
  if (isRecord(desired)) {
    if (!isRecord(live)) {
      found.push(at.path);
      return;
    }
    for (const [field, value] of Object.entries(desired)) {
      const place = { path: `${at.path}.${field}`, field, parent: at.field };
      collect(value, live[field], place, found, max);
    }
    return;
  }
  if (!isSameLeaf(desired, live, at)) found.push(at.path);
}

function collectList(
  desired: readonly unknown[],
  live: readonly unknown[],
  at: Place,
  found: string[],
  max: number,
): void {
  if (isSetList(at.field)) {
    if (!desired.every((value) => live.includes(value))) found.push(at.path);
    return;
  }
  const keys = desired.map((element) => listKeyOf(at.field, element));
  if (desired.length > 0 && keys.every((key) => key !== undefined)) {
    const byKey = new Map(live.map((element) => [listKeyOf(at.field, element), element]));
    desired.forEach((element, index) => {
      const key = keys[index]!;
      const path = `${at.path}[${key.slice(1, -1).replaceAll('"', "")}]`;
      collect(element, byKey.get(key), { ...at, path }, found, max);
    });
    return;
  }
  if (desired.length !== live.length) {
    found.push(at.path);
    return;
  }
  desired.forEach((element, index) =>
    collect(element, live[index], { ...at, path: `${at.path}[${index}]` }, found, max),
  );
}

function isSameLeaf(desired: unknown, live: unknown, at: Place): boolean {
  if (desired === live) return true;
  if (!QUANTITY_PARENTS.has(at.parent) && !QUANTITY_FIELDS.has(at.field)) return false;
  const nanos = quantityNanos(String(desired));
  return nanos !== undefined && nanos === quantityNanos(String(live));
}

/** What the server leaves out when it stores an object. */
function isEmpty(value: unknown): boolean {
  // A zero is kept: no replicas is not the same as no say about replicas.
  if (value === null || value === "" || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isRecord(value) && Object.values(value).every(isEmpty);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
