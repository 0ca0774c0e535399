import type { KubeObject, ManagedFieldsEntry } from "../kube/kube-object.ts";

/** What is kept of an object in the cache. Pure; gets and gives raw JSON. */
export type Transform<T extends KubeObject> = (object: T) => T;

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/**
 * Without the field sets of `managedFields` and without kubectl's copy of the object: together they are about half of an object's
 * heap. Who manages the object stays (manager, operation, subresource), so that foreign writers can be named without another read.
 */
export function dropBookkeeping<T extends KubeObject>(object: T): T {
  const { managedFields, annotations, ...metadata } = object.metadata;
  return {
    ...object,
    metadata: {
      ...metadata,
      ...(annotations === undefined ? {} : { annotations: withoutLastApplied(annotations) }),
      ...(managedFields === undefined ? {} : { managedFields: managedFields.map(managerOnly) }),
    },
  };
}

function withoutLastApplied(
  annotations: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  if (!(LAST_APPLIED in annotations)) return annotations;
  const { [LAST_APPLIED]: _dropped, ...rest } = annotations;
  return rest;
}

function managerOnly({ manager, operation, subresource }: ManagedFieldsEntry): ManagedFieldsEntry {
  return {
    ...(manager === undefined ? {} : { manager }),
    ...(operation === undefined ? {} : { operation }),
    ...(subresource === undefined ? {} : { subresource }),
  };
}

/** Freezes an object to its leaves; in tests, so that a reader that writes into the cache fails at once. */
export function deepFreeze<V>(value: V): V {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
