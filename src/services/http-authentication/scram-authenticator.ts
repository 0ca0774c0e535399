import type { Credentials } from "../../domain/credentials/parse-credentials.ts";
import {
  type ClientFirst,
  parseClientFinal,
  parseClientFirst,
  parseParameters,
  serverFirst,
} from "../../domain/credentials/scram-messages.ts";
import type { StoredSecret } from "../../domain/credentials/stored-secret.ts";
import type { Authenticator, Verdict } from "../../runtime/ports/authenticator.ts";
import type { Clock } from "../../runtime/ports/clock.ts";
import type { HttpRequest } from "../../runtime/ports/http-exchange.ts";
import type { Random } from "../../runtime/ports/random.ts";
import type { FailureLimit } from "./failure-limit.ts";
import { Remembered } from "./remembered.ts";
import { digest, equal, hmac, type ScramKeys, scramKeys } from "./secret-check.ts";

const SCHEME = "SCRAM-SHA-256";
/** The least that RFC 7677 allows; for secrets that are kept as text. */
const ITERATIONS = 4096;
const EXCHANGE_MS = 60_000;
const EXCHANGES_MAX = 1_000;

interface Verifier extends ScramKeys {
  readonly salt: Buffer;
  readonly iterations: number;
}

/** Between the first and the second request of a client. */
interface Exchange {
  readonly name: string;
  readonly nonce: string;
  /** Client-first-bare and server-first: the beginning of what is signed. */
  readonly signed: string;
  /** undefined: nobody of that name; told only at the end. */
  readonly verifier: Verifier | undefined;
}

/**
 * The client proves the secret in two requests without sending it, and the server proves that it knows it too.
 * @see RFC 7804, RFC 7677
 */
export class ScramAuthenticator implements Authenticator {
  readonly #credentials: () => Credentials;
  readonly #failures: FailureLimit;
  readonly #random: Random;
  readonly #exchanges: Remembered<Exchange>;
  /** Makes salts for names that do not exist. */
  readonly #decoy: string;
  /** Of plain secrets: computed once per set of credentials. */
  readonly #verifiers = new WeakMap<StoredSecret, Promise<Verifier | undefined>>();

  constructor(
    credentials: () => Credentials,
    failures: FailureLimit,
    parts: { readonly clock: Clock; readonly random: Random },
  ) {
    this.#credentials = credentials;
    this.#failures = failures;
    this.#random = parts.random;
    this.#decoy = parts.random.uuid();
    this.#exchanges = new Remembered(parts.clock, EXCHANGES_MAX);
  }

  challenge(realm: string): string {
    return `${SCHEME} realm="${realm}"`;
  }

  verify(request: HttpRequest, realm: string): Verdict | Promise<Verdict> {
    const parameters = parseParameters(request.headers["authorization"], SCHEME);
    if (parameters === undefined) return { kind: "absent" };
    const retryAfterMs = this.#failures.waitMs(request.remoteAddress);
    if (retryAfterMs > 0) return { kind: "throttled", retryAfterMs };
    const text = Buffer.from(parameters["data"] ?? "", "base64").toString("utf8");
    if (parameters["sid"] !== undefined) return this.#finish(request, parameters["sid"], text);
    const first = parseClientFirst(text);
    if (first === undefined || (parameters["realm"] ?? realm) !== realm) {
      return this.#refuse(request);
    }
    return this.#begin(first).catch(() => ({ kind: "unavailable", retryAfterMs: 1000 }));
  }

  async #begin(first: ClientFirst): Promise<Verdict> {
    const stored = this.#credentials().get(first.name);
    const verifier = stored === undefined ? undefined : await this.#verifierOf(first.name, stored);
    const nonce = `${first.nonce}${this.#random.uuid()}`;
    const { salt, iterations } = verifier ?? {
      // The same for the same name each time, as that of a name that exists.
      salt: digest(`${this.#decoy} ${first.name}`).subarray(0, 16),
      iterations: ITERATIONS,
    };
    const reply = serverFirst(nonce, salt.toString("base64"), iterations);
    const sid = this.#random.uuid();
    const signed = `${first.bare},${reply}`;
    this.#exchanges.set(sid, { name: first.name, nonce, signed, verifier }, EXCHANGE_MS);
    return { kind: "challenged", challenge: `${SCHEME} sid=${sid},data=${base64(reply)}` };
  }

  #finish(request: HttpRequest, sid: string, text: string): Verdict {
    const exchange = this.#exchanges.get(sid);
    // Good for one try.
    this.#exchanges.delete(sid);
    const final = parseClientFinal(text);
    if (exchange === undefined || final?.nonce !== exchange.nonce) return this.#refuse(request);
    const { name, verifier } = exchange;
    if (verifier === undefined) return this.#refuse(request, name);
    const signed = `${exchange.signed},${final.withoutProof}`;
    const clientKey = xor(Buffer.from(final.proof, "base64"), hmac(verifier.storedKey, signed));
    if (!equal(digest(clientKey), verifier.storedKey)) return this.#refuse(request, name);
    const signature = hmac(verifier.serverKey, signed).toString("base64");
    return {
      kind: "known",
      principal: { value: name, claims: {}, groups: [] },
      headers: { "Authentication-Info": `sid=${sid},data=${base64(`v=${signature}`)}` },
    };
  }

  #refuse(request: HttpRequest, name?: string): Verdict {
    this.#failures.failed(request.remoteAddress);
    return { kind: "refused", ...(name === undefined ? {} : { name }) };
  }

  #verifierOf(name: string, stored: StoredSecret): Promise<Verifier | undefined> {
    let verifier = this.#verifiers.get(stored);
    if (verifier === undefined) {
      verifier = makeVerifier(name, stored, this.#random);
      this.#verifiers.set(stored, verifier);
    }
    return verifier;
  }
}

/** A scrypt hash cannot serve: SCRAM needs its own keys. */
async function makeVerifier(
  name: string,
  stored: StoredSecret,
  random: Random,
): Promise<Verifier | undefined> {
  switch (stored.kind) {
    case "scrypt":
      return undefined;
    case "scram":
      return {
        salt: Buffer.from(stored.salt, "base64"),
        iterations: stored.iterations,
        storedKey: Buffer.from(stored.storedKey, "base64"),
        serverKey: Buffer.from(stored.serverKey, "base64"),
      };
    case "plain": {
      const salt = digest(`${name} ${random.uuid()}`).subarray(0, 16);
      return { salt, iterations: ITERATIONS, ...(await scramKeys(stored.text, salt, ITERATIONS)) };
    }
  }
}

function xor(a: Buffer, b: Buffer): Buffer {
  return Buffer.from(a.map((byte, i) => byte ^ (b[i] ?? 0)));
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
