/**
 * Fields whose lists are maps for server-side apply (`x-kubernetes-list-map-keys` of the built-in kinds): elements belong together
 * by these keys, wherever they stand, and others may have elements of their own between ours. All other lists are atomic.
 * @see kubernetes@1.34 api/openapi-spec/swagger.json
 */
const MAP_KEYS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  containers: [["name"]],
  initContainers: [["name"]],
  ephemeralContainers: [["name"]],
  volumes: [["name"]],
  env: [["name"]],
  imagePullSecrets: [["name"]],
  secrets: [["name"]],
  schedulingGates: [["name"]],
  resourceClaims: [["name"]],
  volumeMounts: [["mountPath"]],
  volumeDevices: [["devicePath"]],
  ports: [
    ["containerPort", "protocol"],
    ["port", "protocol"],
  ],
  hostAliases: [["ip"]],
  topologySpreadConstraints: [["topologyKey", "whenUnsatisfiable"]],
  conditions: [["type"]],
  ownerReferences: [["uid"]],
};

/** What the server fills in when a key is left out. */
const KEY_DEFAULTS: Readonly<Record<string, string>> = { protocol: "TCP" };

/** Sets of strings: order and foreign members do not matter. */
const SETS: ReadonlySet<string> = new Set(["finalizers"]);

export function isSetList(field: string): boolean {
  return SETS.has(field);
}

/** The text that identifies an element of the list `field`, or `undefined` when that list is atomic. */
export function listKeyOf(field: string, element: unknown): string | undefined {
  if (typeof element !== "object" || element === null) return undefined;
  const record = element as Readonly<Record<string, unknown>>;
  for (const keys of MAP_KEYS[field] ?? []) {
    if (record[keys[0]!] === undefined) continue;
    return JSON.stringify(keys.map((key) => record[key] ?? KEY_DEFAULTS[key] ?? null));
  }
  return undefined;
}
