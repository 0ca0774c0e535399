import type { Credentials } from "../../domain/credentials/parse-credentials.ts";
import type { Authenticator, Principal, Verdict } from "../../runtime/ports/authenticator.ts";
import type { Clock } from "../../runtime/ports/clock.ts";
import type { HttpRequest } from "../../runtime/ports/http-exchange.ts";
import type { FailureLimit } from "./failure-limit.ts";
import { Remembered } from "./remembered.ts";
import { digest, isSecret } from "./secret-check.ts";

/** A hash costs tens of milliseconds: what was right is not computed again for a minute. */
const REMEMBERED_MS = 60_000;
const REMEMBERED_MAX = 10_000;

interface Given {
  readonly name: string;
  readonly secret: string;
}

interface Check {
  readonly credentials: Credentials;
  readonly verdict: Promise<Verdict>;
}

/** Name and secret with every request. @see RFC 7617 */
export class BasicAuthenticator implements Authenticator {
  readonly #credentials: () => Credentials;
  readonly #failures: FailureLimit;
  readonly #right: Remembered<Credentials>;
  /** Checks that are not over, by address and what was given: a client that asks often at once is checked once. */
  readonly #underWay = new Map<string, Check>();

  /** @param credentials those that hold now; another map when they changed. */
  constructor(credentials: () => Credentials, failures: FailureLimit, clock: Clock) {
    this.#credentials = credentials;
    this.#failures = failures;
    this.#right = new Remembered(clock, REMEMBERED_MAX);
  }

  challenge(realm: string): string {
    return `Basic realm="${realm}"`;
  }

  verify(request: HttpRequest): Verdict | Promise<Verdict> {
    const header = request.headers["authorization"] ?? "";
    if (!/^basic(\s|$)/i.test(header)) return { kind: "absent" };
    const credentials = this.#credentials();
    const key = digest(header).toString("base64");
    const place = `${request.remoteAddress} ${key}`;
    const underWay = this.#underWay.get(place);
    if (underWay?.credentials === credentials) return underWay.verdict;
    const retryAfterMs = this.#failures.waitMs(request.remoteAddress);
    if (retryAfterMs > 0) return { kind: "throttled", retryAfterMs };
    const given = decode(header);
    // Clients that were configured with nothing send an empty name and secret: none.
    if (given?.name === "" && given.secret === "") return { kind: "absent" };
    if (given === undefined) return this.#judge(request, undefined, false);
    if (this.#right.get(key) === credentials) return known(given.name);
    const outcome = check(credentials, given);
    if (typeof outcome === "boolean") return this.#judge(request, given.name, outcome);
    const verdict = this.#whenChecked(request, given.name, outcome).then((result) => {
      if (result.kind === "known") this.#right.set(key, credentials, REMEMBERED_MS);
      if (this.#underWay.get(place)?.verdict === verdict) this.#underWay.delete(place);
      return result;
    });
    this.#underWay.set(place, { credentials, verdict });
    return verdict;
  }

  /** Counts as a failure from the beginning: else all that is tried while the first is checked would be free. */
  async #whenChecked(
    { remoteAddress }: HttpRequest,
    name: string,
    outcome: Promise<boolean>,
  ): Promise<Verdict> {
    this.#failures.failed(remoteAddress);
    try {
      if (!(await outcome)) return { kind: "refused", name };
      this.#failures.succeeded(remoteAddress);
      return known(name);
    } catch {
      this.#failures.succeeded(remoteAddress);
      return { kind: "unavailable", retryAfterMs: 1000 };
    }
  }

  #judge(request: HttpRequest, name: string | undefined, isRight: boolean): Verdict {
    if (isRight && name !== undefined) return known(name);
    this.#failures.failed(request.remoteAddress);
    return { kind: "refused", ...(name === undefined ? {} : { name }) };
  }
}

/** A name that is not there costs as much as one that is, so that time does not tell names. */
function check(credentials: Credentials, { name, secret }: Given): boolean | Promise<boolean> {
  const stored = credentials.get(name);
  if (stored !== undefined) return isSecret(stored, secret);
  const [another] = credentials.values();
  if (another === undefined) return false;
  const wasted = isSecret(another, secret);
  return typeof wasted === "boolean" ? false : wasted.then(() => false);
}

function known(value: string): Verdict {
  const principal: Principal = { value, claims: {}, groups: [] };
  return { kind: "known", principal };
}

function decode(header: string): Given | undefined {
  const encoded = /^basic\s+([A-Za-z0-9+/=]+)\s*$/i.exec(header)?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon < 0 ? undefined : { name: text.slice(0, colon), secret: text.slice(colon + 1) };
}
