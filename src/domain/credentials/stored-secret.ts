/** A secret as it is kept: the text itself, or what it can be checked against. Binary values are base64. */
export type StoredSecret =
  | { readonly kind: "plain"; readonly text: string }
  /** `$scrypt$ln=15,r=8,p=1$<salt>$<hash>`: 2^ln rounds. */
  | {
      readonly kind: "scrypt";
      readonly ln: number;
      readonly r: number;
      readonly p: number;
      readonly salt: string;
      readonly hash: string;
    }
  /** `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>` */
  | {
      readonly kind: "scram";
      readonly iterations: number;
      readonly salt: string;
      readonly storedKey: string;
      readonly serverKey: string;
    };

/** Memory that checking one scrypt hash may take: 128 · r · 2^ln bytes. */
const SCRYPT_BYTES_MAX = 64 * 1024 * 1024;
const ITERATIONS = { min: 4096, max: 1_000_000 };

/** undefined: it claims to be hashed in a way that is not read here, or beyond the bounds. */
export function parseStoredSecret(text: string): StoredSecret | undefined {
  if (text.startsWith("$scrypt$")) return parseScrypt(text);
  if (text.startsWith("SCRAM-SHA-256$")) return parseScram(text);
  return { kind: "plain", text };
}

function parseScrypt(text: string): StoredSecret | undefined {
  const match =
    /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]+=*)\$([A-Za-z0-9+/]+=*)$/.exec(
      text,
    );
  if (match === null) return undefined;
  const [ln, r, p] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const [, , , , salt = "", hash = ""] = match;
  const isBounded = ln >= 1 && r >= 1 && p >= 1 && p <= 4 && 128 * r * 2 ** ln <= SCRYPT_BYTES_MAX;
  return isBounded ? { kind: "scrypt", ln, r, p, salt, hash } : undefined;
}

function parseScram(text: string): StoredSecret | undefined {
  const match =
    /^SCRAM-SHA-256\$(\d{4,7}):([A-Za-z0-9+/]+=*)\$([A-Za-z0-9+/]{43}=):([A-Za-z0-9+/]{43}=)$/.exec(
      text,
    );
  if (match === null) return undefined;
  const iterations = Number(match[1]);
  const [, , salt = "", storedKey = "", serverKey = ""] = match;
  return iterations >= ITERATIONS.min && iterations <= ITERATIONS.max
    ? { kind: "scram", iterations, salt, storedKey, serverKey }
    : undefined;
}
