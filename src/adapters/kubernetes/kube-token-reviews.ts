import { KINDS } from "../../runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../runtime/kube/kube-object.ts";
import type { Principal, TokenReviews } from "../../runtime/ports/authenticator.ts";
import type { KubeWriter } from "../../runtime/ports/kube-transport.ts";

interface TokenReview extends KubeObject {
  readonly spec: { readonly token: string; readonly audiences: readonly string[] };
  readonly status?: {
    readonly authenticated?: boolean;
    readonly audiences?: readonly string[];
    readonly user?: {
      readonly username?: string;
      readonly uid?: string;
      readonly groups?: readonly string[];
    };
  };
}

/** Asks the cluster whose a token is; it must have been issued for our audience. */
export class KubeTokenReviews implements TokenReviews {
  readonly #kube: Pick<KubeWriter, "create">;
  readonly #audience: string;

  constructor(kube: Pick<KubeWriter, "create">, audience: string) {
    this.#kube = kube;
    this.#audience = audience;
  }

  async review(token: string, signal: AbortSignal): Promise<Principal | undefined> {
    const { status = {} } = await this.#kube.create<TokenReview>(
      KINDS.TokenReview,
      { metadata: { name: "" }, spec: { token, audiences: [this.#audience] } },
      { signal },
    );
    // A server that does not know audiences answers without them: such a token may be meant for others.
    const isForUs = status.audiences?.includes(this.#audience) === true;
    if (status.authenticated !== true || !isForUs) return undefined;
    const { username = "", uid = "", groups = [] } = status.user ?? {};
    return { value: username === "" ? undefined : username, claims: { uid }, groups };
  }
}
