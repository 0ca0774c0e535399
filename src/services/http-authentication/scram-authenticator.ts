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
import { ScramExchanges } from "./scram-exchanges.ts";
import { digest, equal, hmac, type ScramKeys, scramKeys } from "./secret-check.ts";

const SCHEME = "SCRAM-SHA-256";
/** The least that RFC 7677 allows; for secrets that are kept as text. */
const ITERATIONS = 4096;
const UNAVAILABLE: Verdict = { kind: "unavailable", retryAfterMs: 1000 };

interface Verifier extends ScramKeys {
  readonly salt: Buffer;
  readonly iterations: number;
}

/** By name. */
type Verifiers = ReadonlyMap<string, Verifier>;

/**
 * The client proves the secret in two requests without sending it, and the server proves that it knows it too.
 * @see RFC 7804, RFC 7677
 */
export class ScramAuthenticator implements Authenticator {
  readonly #credentials: () => Credentials;
  readonly #failures: FailureLimit;
  readonly #random: Random;
  readonly #exchanges: ScramExchanges;
  /** Makes salts, for secrets that are kept as text and for names that do not exist alike. */
  readonly #decoy: string;
  /** Computed once per set of credentials, all at once: time would tell which names exist. */
  readonly #verifiers = new WeakMap<Credentials, Promise<Verifiers>>();

  constructor(
    credentials: () => Credentials,
    failures: FailureLimit,
    parts: { readonly clock: Clock; readonly random: Random },
  ) {
    this.#credentials = credentials;
    this.#failures = failures;
    this.#random = parts.random;
    this.#decoy = parts.random.uuid();
    this.#exchanges = new ScramExchanges(parts.clock, hmac(digest(this.#decoy), "exchanges"));
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
    const { sid } = parameters;
    if (sid !== undefined) return this.#finish(request, sid, text).catch(() => UNAVAILABLE);
    const first = parseClientFirst(text);
    if (first === undefined || (parameters["realm"] ?? realm) !== realm) {
      return this.#refuse(request);
    }
    return this.#begin(first).catch(() => UNAVAILABLE);
  }

  async #begin({ name, nonce: given, bare }: ClientFirst): Promise<Verdict> {
    const verifiers = await this.#verifiersNow();
    const nonce = `${given}${this.#random.uuid()}`;
    const { salt, iterations } = verifiers.get(name) ?? {
      // The same for the same name each time, as that of a name that exists.
      salt: this.#saltOf(name),
      iterations: ITERATIONS,
    };
    const reply = serverFirst(nonce, salt.toString("base64"), iterations);
    const sid = this.#exchanges.seal({ name, nonce, signed: `${bare},${reply}` });
    return { kind: "challenged", challenge: `${SCHEME} sid=${sid},data=${base64(reply)}` };
  }

  async #finish(request: HttpRequest, sid: string, text: string): Promise<Verdict> {
    const verifiers = await this.#verifiersNow();
    const exchange = this.#exchanges.open(sid);
    const final = parseClientFinal(text);
    if (exchange === undefined || final?.nonce !== exchange.nonce) return this.#refuse(request);
    const { name } = exchange;
    const verifier = verifiers.get(name);
    if (verifier === undefined) return this.#refuse(request, name);
    const signed = `${exchange.signed},${final.withoutProof}`;
    const clientKey = xor(Buffer.from(final.proof, "base64"), hmac(verifier.storedKey, signed));
    if (!equal(digest(clientKey), verifier.storedKey)) return this.#refuse(request, name);
    this.#exchanges.finish(exchange);
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

  #saltOf(name: string): Buffer {
    return digest(`${this.#decoy} ${name}`).subarray(0, 16);
  }

  #verifiersNow(): Promise<Verifiers> {
    const credentials = this.#credentials();
    let verifiers = this.#verifiers.get(credentials);
    if (verifiers === undefined) {
      verifiers = this.#makeVerifiers(credentials);
      this.#verifiers.set(credentials, verifiers);
    }
    return verifiers;
  }

  /** One after the other: key derivation takes milliseconds of threads that others need too. */
  async #makeVerifiers(credentials: Credentials): Promise<Verifiers> {
    const verifiers = new Map<string, Verifier>();
    for (const [name, stored] of credentials) {
      const verifier = await makeVerifier(stored, this.#saltOf(name));
      if (verifier !== undefined) verifiers.set(name, verifier);
    }
    return verifiers;
  }
}

/** A scrypt hash cannot serve: SCRAM needs its own keys. */
async function makeVerifier(stored: StoredSecret, salt: Buffer): Promise<Verifier | undefined> {
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
    case "plain":
      return { salt, iterations: ITERATIONS, ...(await scramKeys(stored.text, salt, ITERATIONS)) };
  }
}

function xor(a: Buffer, b: Buffer): Buffer {
  return Buffer.from(a.map((byte, i) => byte ^ (b[i] ?? 0)));
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
