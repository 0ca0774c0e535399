import { createHash, createHmac, pbkdf2, scrypt, timingSafeEqual } from "node:crypto";
import type { StoredSecret } from "../../domain/credentials/stored-secret.ts";

const KEY_BYTES = 32;

/** Whether `given` is the secret. A plain one is compared at once, a hashed one off the event loop. */
export function isSecret(stored: StoredSecret, given: string): boolean | Promise<boolean> {
  switch (stored.kind) {
    case "plain":
      return equal(digest(stored.text), digest(given));
    case "scrypt":
      return isScrypt(stored, given);
    case "scram":
      return isScram(stored, given);
  }
}

function isScrypt(
  { ln, r, p, salt, hash }: StoredSecret & { readonly kind: "scrypt" },
  given: string,
): Promise<boolean> {
  const expected = Buffer.from(hash, "base64");
  const cost = 2 ** ln;
  const options = { N: cost, r, p, maxmem: 256 * r * cost };
  return new Promise((resolve, reject) => {
    scrypt(given, Buffer.from(salt, "base64"), expected.length, options, (error, key) => {
      if (error === null) resolve(equal(key, expected));
      else reject(error);
    });
  });
}

async function isScram(
  { iterations, salt, storedKey }: StoredSecret & { readonly kind: "scram" },
  given: string,
): Promise<boolean> {
  const keys = await scramKeys(given, Buffer.from(salt, "base64"), iterations);
  return equal(keys.storedKey, Buffer.from(storedKey, "base64"));
}

/** StoredKey and ServerKey of RFC 5802 section 3. */
export interface ScramKeys {
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
}

export function scramKeys(text: string, salt: Buffer, iterations: number): Promise<ScramKeys> {
  return new Promise((resolve, reject) => {
    pbkdf2(text.normalize("NFKC"), salt, iterations, KEY_BYTES, "sha256", (error, salted) => {
      if (error !== null) {
        reject(error);
        return;
      }
      resolve({
        storedKey: digest(hmac(salted, "Client Key")),
        serverKey: hmac(salted, "Server Key"),
      });
    });
  });
}

export function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

export function digest(data: string | Buffer): Buffer {
  return createHash("sha256").update(data).digest();
}

/** Takes the same time wherever they differ. */
export function equal(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
