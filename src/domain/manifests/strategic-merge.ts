import type { ManifestObject, ManifestValue } from "./manifest.ts";

/** Lists of a pod template that merge by a key, as `kubectl patch` does; every other list is replaced. */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  containers: "name",
  initContainers: "name",
  ephemeralContainers: "name",
  volumes: "name",
  env: "name",
  volumeMounts: "mountPath",
  volumeDevices: "devicePath",
  ports: "containerPort",
  imagePullSecrets: "name",
  hostAliases: "ip",
  topologySpreadConstraints: "topologyKey",
};

function isObject(value: ManifestValue | undefined): value is ManifestObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isObjectList(value: ManifestValue | undefined): value is readonly ManifestObject[] {
  return Array.isArray(value) && value.every((item) => isObject(item as ManifestValue));
}

function mergeLists(
  base: readonly ManifestObject[],
  patch: readonly ManifestObject[],
  key: string,
): ManifestValue[] {
  const merged = base.map((item) => {
    const change = patch.find((entry) => entry[key] === item[key]);
    return change === undefined ? item : strategicMerge(item, change);
  });
  const known = new Set(base.map((item) => item[key]));
  return [...merged, ...patch.filter((entry) => !known.has(entry[key]))];
}

function mergeField(
  field: string,
  base: ManifestValue | undefined,
  patch: ManifestValue,
): ManifestValue {
  if (isObject(base) && isObject(patch)) return strategicMerge(base, patch);
  const key = MERGE_KEYS[field];
  if (key !== undefined && isObjectList(base) && isObjectList(patch)) {
    return mergeLists(base, patch, key);
  }
  return patch;
}

/**
 * `base` with `patch` over it, as a strategic merge patch of a pod template: objects merge, lists merge by their key, other
 * values are replaced, null removes.
 */
export function strategicMerge(base: ManifestObject, patch: ManifestObject): ManifestObject {
  const merged: Record<string, ManifestValue | undefined> = { ...base };
  for (const [field, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    merged[field] = value === null ? undefined : mergeField(field, base[field], value);
  }
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
}
