import type { JsonObject, KubeObject } from "../kube/kube-object.ts";

/** A set of fields as the API server writes it: `f:<field>`, `k:<list keys>`, `v:<set value>`, `.` for the thing itself. */
type FieldSet = Readonly<Record<string, unknown>>;

const isTree = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * What of the object's `spec` a manager applied, with the values that it has now: what that manager must repeat in its
 * next apply, or server-side apply removes it. Empty when it applied nothing.
 */
export function ownedSpec(object: KubeObject, manager: string): JsonObject {
  const entry = (object.metadata.managedFields ?? []).find(
    (one) => one.manager === manager && one.operation === "Apply" && one.subresource === undefined,
  );
  const fields = entry?.fieldsV1?.["f:spec"];
  const live = (object as KubeObject & { readonly spec?: unknown }).spec;
  if (!isTree(fields) || !isTree(live)) return {};
  return ownedOf(live, fields) as JsonObject;
}

function ownedOf(live: unknown, fields: FieldSet): unknown {
  const inner = Object.keys(fields).filter((key) => key !== ".");
  if (inner.length === 0) return live;
  if (Array.isArray(live)) return ownedItems(live, fields, inner);
  if (!isTree(live)) return live;
  const owned: Record<string, unknown> = {};
  for (const key of inner) {
    const name = key.slice("f:".length);
    const below = fields[key];
    if (!key.startsWith("f:") || !(name in live) || !isTree(below)) continue;
    owned[name] = ownedOf(live[name], below);
  }
  return owned;
}

function ownedItems(
  live: readonly unknown[],
  fields: FieldSet,
  inner: readonly string[],
): readonly unknown[] {
  return inner.flatMap((key) => {
    const below = fields[key];
    if (!isTree(below)) return [];
    if (key.startsWith("v:")) return [JSON.parse(key.slice("v:".length)) as unknown];
    const wanted = Object.entries(JSON.parse(key.slice("k:".length)) as JsonObject);
    const item = live.find(
      (one) => isTree(one) && wanted.every(([name, value]) => one[name] === value),
    );
    return item === undefined ? [] : [ownedOf(item, below)];
  });
}

/**
 * Another manager that has a say over a field below `spec`, by the steps of the field set (`f:roles`, `k:{"name":"web"}`, …);
 * undefined when there is none.
 */
export function otherManagerOf(
  object: KubeObject,
  steps: readonly string[],
  manager: string,
): string | undefined {
  return (object.metadata.managedFields ?? []).find((entry) => {
    if (entry.manager === manager || entry.subresource !== undefined) return false;
    let at: unknown = entry.fieldsV1;
    for (const step of ["f:spec", ...steps]) at = isTree(at) ? at[step] : undefined;
    return at !== undefined;
  })?.manager;
}
