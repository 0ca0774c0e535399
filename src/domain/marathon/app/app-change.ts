import type { AppDefinition } from "../../../api/marathon/app.ts";
import { EXTENSION_KEY, OUTPUT_ONLY_KEYS, AppUpdate } from "../../../api/marathon/app-input.ts";
import type { AppInput } from "../../../api/marathon/app-input.ts";
import { isSameJson } from "./canonical-json.ts";

/** What a change means: nothing, another number of instances, or another configuration (tasks restart). */
export type ChangeKind = "none" | "scale" | "config";

/** Compares canonical forms; labels and strategies are configuration too, as in Marathon. */
export function classifyChange(before: AppDefinition, after: AppDefinition): ChangeKind {
  if (!isSameJson({ ...before, instances: 0 }, { ...after, instances: 0 })) return "config";
  return before.instances === after.instances ? "none" : "scale";
}

/** Which stored fields an update's old spelling replaces, beside the field of its own name. */
function replacedBy(update: AppUpdate): readonly (keyof AppDefinition)[] {
  const legacyNetwork = update.ipAddress ?? update.container?.docker?.network;
  const leavesHost = update.networks
    ? (update.networks[0]?.mode ?? "host") !== "host"
    : legacyNetwork !== undefined && legacyNetwork !== "HOST";
  return [
    ...(update.cmd === undefined ? [] : (["args"] as const)),
    ...(update.args === undefined ? [] : (["cmd"] as const)),
    ...(update.uris === undefined ? [] : (["fetch"] as const)),
    ...(update.ports === undefined ? [] : (["portDefinitions"] as const)),
    ...(legacyNetwork === undefined ? [] : (["networks"] as const)),
    ...(leavesHost ? (["portDefinitions", "requirePorts"] as const) : []),
  ];
}

/**
 * The stored app with the update's fields in place, ready to be normalised: top-level fields are replaced whole, maps and
 * lists never merged. What the update says in an old spelling replaces the stored field of the new one.
 */
export function mergeUpdate(stored: AppDefinition, update: AppUpdate): AppInput {
  const kept: Record<string, unknown> = { ...stored };
  for (const key of replacedBy(update)) Reflect.deleteProperty(kept, key);
  const { version: _version, ...fields } = update;
  return { ...kept, ...fields, id: stored.id };
}

/** Keys of a body that Marathon does not know; they are dropped and named to the client. */
export function unknownKeys(body: unknown): string[] {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return [];
  const dropped = new Set(["storeUrls"]);
  return Object.keys(body).filter(
    (key) =>
      dropped.has(key) ||
      (!(key in AppUpdate.shape) && !OUTPUT_ONLY_KEYS.has(key) && key !== EXTENSION_KEY),
  );
}
