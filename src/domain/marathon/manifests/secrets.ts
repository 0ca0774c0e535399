import type { FidelityNotes } from "./fidelity.ts";
import type { RenderInput } from "./render-input.ts";

export interface SecretKeyRef {
  readonly name: string;
  readonly key: string;
}

const PROVIDER = /^(vault|aws):(.+)$/;

function legalName(parts: readonly string[]): string {
  return parts
    .join("-")
    .toLowerCase()
    .replace(/[^a-z0-9.-]/g, "-");
}

/** Key of a Secret of the app's own, for sources that are read by somebody else. */
function ownKey(source: string): string {
  return source.replace(/[^-._a-zA-Z0-9]/g, "_");
}

/**
 * Where a secret's source lives: `a/b` → Secret `a`, key `b`; `a/b/c` → Secret `a-b`, key `c`; `a` → Secret `a`, key
 * `value`; a leading slash is cut, names are lower-cased. Sources of a provider are expected in Secret `<app>-secrets`.
 */
export function secretKeyRef(
  source: string,
  input: Pick<RenderInput, "name">,
  notes: FidelityNotes,
): SecretKeyRef {
  if (PROVIDER.test(source)) {
    const ref = { name: `${input.name}-secrets`, key: ownKey(source) };
    notes.approximated(
      `secrets[${source}]`,
      `expected in Secret ${ref.name}, key ${ref.key}: this release does not read it from the provider`,
    );
    return ref;
  }
  const parts = source.split("/").filter((part) => part !== "");
  const [only = "secret"] = parts;
  if (parts.length <= 1) return { name: legalName([only]), key: "value" };
  return { name: legalName(parts.slice(0, -1)), key: parts.at(-1)! };
}
