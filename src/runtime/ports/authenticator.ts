import type { HttpRequest } from "./http-exchange.ts";

/** Who asks, as an authenticator found out. A name, claims about them, or both. */
export interface Principal {
  readonly value: string | undefined;
  readonly claims: Readonly<Record<string, string>>;
  readonly groups: readonly string[];
}

/** What an authenticator says of a request. */
export type Verdict =
  /** The request carries no credentials of this method. */
  | { readonly kind: "absent" }
  | {
      readonly kind: "known";
      readonly principal: Principal;
      /** Headers that the answer must carry, whatever it is. */
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Wrong credentials. `name`: who it claimed to be, where that can be read. */
  | { readonly kind: "refused"; readonly name?: string }
  /** One more step: the value of WWW-Authenticate that asks for it. */
  | { readonly kind: "challenged"; readonly challenge: string }
  /** Too many wrong ones from this address. */
  | { readonly kind: "throttled"; readonly retryAfterMs: number }
  /** Who could tell does not answer. */
  | { readonly kind: "unavailable"; readonly retryAfterMs: number };

/** One method of telling who asks. */
export interface Authenticator {
  /** The value of WWW-Authenticate that offers this method. */
  challenge(realm: string): string;
  /** Answers at once where nothing must be asked or computed at length. Never rejects. */
  verify(request: HttpRequest, realm: string): Verdict | Promise<Verdict>;
}

/** Tells whose a bearer token is; undefined: nobody's. */
export interface TokenReviews {
  /** @throws {OperatingError} when it cannot be found out now. */
  review(token: string, signal: AbortSignal): Promise<Principal | undefined>;
}
