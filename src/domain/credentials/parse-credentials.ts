import { parseStoredSecret, type StoredSecret } from "./stored-secret.ts";

/** principal → secret as it is kept. */
export type Credentials = ReadonlyMap<string, StoredSecret>;

export type ParsedCredentials =
  | { readonly ok: true; readonly credentials: Credentials }
  /** The message names places, never a secret. */
  | { readonly ok: false; readonly message: string };

interface Pair {
  readonly place: string;
  readonly principal: string;
  readonly secret: string;
}

/** A credentials file: `{"credentials": [{"principal", "secret"}]}` as in Mesos, or lines `principal:secret`. */
export function parseCredentials(text: string): ParsedCredentials {
  const pairs = text.trimStart().startsWith("{") ? readJson(text) : readLines(text);
  if (typeof pairs === "string") return { ok: false, message: pairs };
  const credentials = new Map<string, StoredSecret>();
  for (const { place, principal, secret } of pairs) {
    if (principal === "") return { ok: false, message: `${place} has no principal` };
    if (credentials.has(principal)) {
      return { ok: false, message: `${place}: principal ${principal} is there twice` };
    }
    const stored = parseStoredSecret(secret);
    if (stored === undefined) {
      return { ok: false, message: `${place}: the hash of ${principal} cannot be read` };
    }
    credentials.set(principal, stored);
  }
  return { ok: true, credentials };
}

function readJson(text: string): readonly Pair[] | string {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text.
    return "it is not JSON";
  }
  const list = (raw as { readonly credentials?: unknown }).credentials;
  if (!Array.isArray(list)) return "credentials must be a list";
  const pairs: Pair[] = [];
  for (const [i, item] of (list as unknown[]).entries()) {
    const place = `credentials[${i}]`;
    const { principal, secret = "" } = (item ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof principal !== "string" || typeof secret !== "string") {
      return `${place} must have principal and secret as texts`;
    }
    pairs.push({ place, principal, secret });
  }
  return pairs;
}

function readLines(text: string): readonly Pair[] | string {
  const pairs: Pair[] = [];
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "") continue;
    const colon = line.indexOf(":");
    if (colon < 0) return `line ${i + 1} is not principal:secret`;
    pairs.push({
      place: `line ${i + 1}`,
      principal: line.slice(0, colon),
      secret: line.slice(colon + 1),
    });
  }
  return pairs;
}
