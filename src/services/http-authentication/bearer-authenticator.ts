import type {
  Authenticator,
  Principal,
  TokenReviews,
  Verdict,
} from "../../runtime/ports/authenticator.ts";
import { type Clock, deadline } from "../../runtime/ports/clock.ts";
import type { HttpRequest } from "../../runtime/ports/http-exchange.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import { FailureLimit } from "./failure-limit.ts";
import { Remembered } from "./remembered.ts";
import { digest } from "./secret-check.ts";

const KNOWN_MS = 60_000;
const UNKNOWN_MS = 10_000;
/** A token that was right once is not made up: it is reviewed again whatever others at its address try. */
const GENUINE_MS = 24 * 3600_000;
const REMEMBERED_MAX = 10_000;
const REVIEW_MAX_MS = 5_000;
/** Reviews under way; more would be a flood of made-up tokens on whoever reviews them. */
const REVIEWS_MAX = 64;
const RETRY_AFTER_MS = 1_000;

const REFUSED: Verdict = { kind: "refused" };
const UNAVAILABLE: Verdict = { kind: "unavailable", retryAfterMs: RETRY_AFTER_MS };

/** A token with every request, `Bearer <token>` or DC/OS' `token=<token>`. Tokens are kept as digests only. */
export class BearerAuthenticator implements Authenticator {
  readonly #reviews: TokenReviews;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #verdicts: Remembered<Verdict>;
  readonly #underWay = new Map<string, Promise<Verdict>>();
  readonly #genuine: Remembered<true>;
  /** Made-up tokens; apart from wrong secrets, which others at the same address may give. */
  readonly #failures: FailureLimit;

  constructor(reviews: TokenReviews, clock: Clock, logger: Logger) {
    this.#reviews = reviews;
    this.#clock = clock;
    this.#logger = logger;
    this.#verdicts = new Remembered(clock, REMEMBERED_MAX);
    this.#genuine = new Remembered(clock, REMEMBERED_MAX);
    this.#failures = new FailureLimit(clock);
  }

  challenge(realm: string): string {
    return `Bearer realm="${realm}"`;
  }

  verify(request: HttpRequest): Verdict | Promise<Verdict> {
    const header = request.headers["authorization"] ?? "";
    const token = /^(?:bearer\s+|token=)"?([^\s"]+)"?\s*$/i.exec(header)?.[1];
    if (token === undefined) return { kind: "absent" };
    const key = digest(token).toString("base64");
    const remembered = this.#verdicts.get(key);
    if (remembered?.kind === "known") return remembered;
    const { remoteAddress } = request;
    const retryAfterMs = this.#failures.waitMs(remoteAddress);
    if (retryAfterMs > 0 && this.#genuine.get(key) === undefined) {
      return { kind: "throttled", retryAfterMs };
    }
    if (remembered !== undefined) return this.#counted(remembered, remoteAddress);
    const same = this.#underWay.get(key);
    if (same !== undefined) return same;
    if (this.#underWay.size >= REVIEWS_MAX) return UNAVAILABLE;
    const asked = this.#ask(token, key)
      .then((verdict) => this.#counted(verdict, remoteAddress))
      .finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, asked);
    return asked;
  }

  #counted(verdict: Verdict, remoteAddress: string): Verdict {
    if (verdict.kind === "refused") this.#failures.failed(remoteAddress);
    return verdict;
  }

  async #ask(token: string, key: string): Promise<Verdict> {
    const limit = deadline(this.#clock, REVIEW_MAX_MS);
    try {
      const principal = await this.#reviews.review(token, limit.signal);
      const verdict = verdictOn(principal);
      if (principal !== undefined) this.#genuine.set(key, true, GENUINE_MS);
      this.#verdicts.set(key, verdict, principal === undefined ? UNKNOWN_MS : KNOWN_MS);
      return verdict;
    } catch (error) {
      this.#logger.warn("A token could not be reviewed.", { errMessage: String(error) });
      return UNAVAILABLE;
    } finally {
      limit.done();
    }
  }
}

function verdictOn(principal: Principal | undefined): Verdict {
  return principal === undefined ? REFUSED : { kind: "known", principal };
}
