import type {
  Authenticator,
  Principal,
  TokenReviews,
  Verdict,
} from "../../runtime/ports/authenticator.ts";
import { type Clock, deadline } from "../../runtime/ports/clock.ts";
import type { HttpRequest } from "../../runtime/ports/http-exchange.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import { Remembered } from "./remembered.ts";
import { digest } from "./secret-check.ts";

const KNOWN_MS = 60_000;
const UNKNOWN_MS = 10_000;
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

  constructor(reviews: TokenReviews, clock: Clock, logger: Logger) {
    this.#reviews = reviews;
    this.#clock = clock;
    this.#logger = logger;
    this.#verdicts = new Remembered(clock, REMEMBERED_MAX);
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
    if (remembered !== undefined) return remembered;
    const same = this.#underWay.get(key);
    if (same !== undefined) return same;
    if (this.#underWay.size >= REVIEWS_MAX) return UNAVAILABLE;
    const asked = this.#ask(token, key).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, asked);
    return asked;
  }

  async #ask(token: string, key: string): Promise<Verdict> {
    const limit = deadline(this.#clock, REVIEW_MAX_MS);
    try {
      const principal = await this.#reviews.review(token, limit.signal);
      const verdict = verdictOn(principal);
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
