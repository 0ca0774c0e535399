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

/** In the order in which the list has them, so that an apply does not turn it around. */
function ownedItems(
  live: readonly unknown[],
  fields: FieldSet,
  inner: readonly string[],
): readonly unknown[] {
  const items = inner.map((key) => ({ below: fields[key], isIt: matcherOf(key) }));
  return live.flatMap((item) => {
    const below = items.find(({ isIt }) => isIt(item))?.below;
    return isTree(below) ? [ownedOf(item, below)] : [];
  });
}

/** `v:<value>` is the item that equals it, `k:<keys>` the one that has these fields. */
function matcherOf(key: string): (item: unknown) => boolean {
  const wanted = JSON.parse(key.slice("k:".length)) as unknown;
  if (key.startsWith("v:") || !isTree(wanted)) return (item) => item === wanted;
  const fields = Object.entries(wanted);
  return (item) => isTree(item) && fields.every(([name, value]) => item[name] === value);
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
