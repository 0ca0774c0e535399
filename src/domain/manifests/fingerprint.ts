import type { ManifestValue } from "./manifest.ts";

function canonical(value: ManifestValue | undefined): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .sort(([left], [right]) => (left < right ? -1 : 1));
    return `{${fields.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(",")}}`;
  }
  return JSON.stringify(value ?? null);
}

function fnv1a(text: string, seed: number): number {
  let hash = seed;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/**
 * 16 hex digits that are equal for equal JSON, whatever the order of keys. Tells templates apart; no protection against
 * someone who wants a collision (two lanes of FNV-1a).
 */
export function fingerprint(value: ManifestValue | undefined): string {
  const text = canonical(value);
  return [0x811c9dc5, 0x9747b28c]
    .map((seed) => fnv1a(text, seed).toString(16).padStart(8, "0"))
    .join("");
}
