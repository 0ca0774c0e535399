import { createHash } from "node:crypto";
import { KINDS } from "../../runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../runtime/kube/kube-object.ts";
import type { Clock } from "../../runtime/ports/clock.ts";
import type { KubeWriter } from "../../runtime/ports/kube-transport.ts";

const REMEMBERED_MS = 60_000;
const REMEMBERED_MAX = 1_024;

type Verdict = "yes" | "forbidden" | "unknown";

interface TokenReview extends KubeObject {
  readonly spec: { readonly token: string };
  readonly status?: {
    readonly authenticated?: boolean;
    readonly user?: {
      readonly username?: string;
      readonly uid?: string;
      readonly groups?: readonly string[];
    };
  };
}
interface SubjectAccessReview extends KubeObject {
  readonly spec: object;
  readonly status?: { readonly allowed?: boolean };
}

/** Asks the cluster who the bearer of a token is and whether it may `get` a path; answers are kept for a minute. */
export class KubeTokenAuthorizer {
  readonly #kube: KubeWriter;
  readonly #clock: Clock;
  readonly #known = new Map<string, { readonly verdict: Verdict; readonly untilMs: number }>();

  constructor(kube: KubeWriter, clock: Clock) {
    this.#kube = kube;
    this.#clock = clock;
  }

  async isAllowed(token: string, path: string, signal: AbortSignal): Promise<Verdict> {
    // Tokens are secrets: only their digest stays in memory.
    const key = createHash("sha256").update(`${path} ${token}`).digest("base64");
    const known = this.#known.get(key);
    if (known !== undefined && known.untilMs > this.#clock.monotonicMs()) return known.verdict;
    const verdict = await this.#ask(token, path, signal);
    if (this.#known.size >= REMEMBERED_MAX) this.#known.clear();
    this.#known.set(key, { verdict, untilMs: this.#clock.monotonicMs() + REMEMBERED_MS });
    return verdict;
  }

  async #ask(token: string, path: string, signal: AbortSignal): Promise<Verdict> {
    const review = await this.#kube.create<TokenReview>(
      KINDS.TokenReview,
      { metadata: { name: "" }, spec: { token } },
      { signal },
    );
    const { authenticated, user = {} } = review.status ?? {};
    if (authenticated !== true) return "unknown";
    const { username = "", uid = "", groups = [] } = user;
    const access = await this.#kube.create<SubjectAccessReview>(
      KINDS.SubjectAccessReview,
      {
        metadata: { name: "" },
        spec: { user: username, uid, groups, nonResourceAttributes: { path, verb: "get" } },
      },
      { signal },
    );
    return access.status?.allowed === true ? "yes" : "forbidden";
  }
}
