import type { Authenticator, Principal, Verdict } from "../../../runtime/ports/authenticator.ts";
import type { HttpReply, HttpRequest } from "../../../runtime/ports/http-exchange.ts";
import type { Authentication, Realm } from "./authentication.ts";
import { textReply } from "./replies.ts";

export type Identified =
  | {
      readonly ok: true;
      /** undefined: the realm asks nobody. */
      readonly principal: Principal | undefined;
      readonly headers: Readonly<Record<string, string>>;
    }
  | {
      readonly ok: false;
      readonly reply: HttpReply;
      /** Whether credentials were given, and wrong. */
      readonly isWrong: boolean;
      readonly name: string | undefined;
    };

const NOBODY: Identified = { ok: true, principal: undefined, headers: {} };

const CLAIMS_ONLY =
  "The request's authenticated principal contains claims, but no value string. " +
  "The master currently requires that principals have a value";

/** Rows 0 and 1 of spec/mesos.md section 3: who asks, by the first method whose credentials the request carries. */
export function identify(
  request: HttpRequest,
  realm: Realm,
  authentication: Authentication,
): Identified | Promise<Identified> {
  if (!authentication.isRequired(realm)) return NOBODY;
  const methods = authentication.methods();
  const judged = (verdict: Verdict): Identified => judge(verdict, realm, methods);
  for (const method of methods) {
    const verdict = method.verify(request, realm);
    if (verdict instanceof Promise) return verdict.then(judged);
    if (verdict.kind !== "absent") return judged(verdict);
  }
  return judged({ kind: "absent" });
}

function judge(verdict: Verdict, realm: Realm, methods: readonly Authenticator[]): Identified {
  switch (verdict.kind) {
    case "known": {
      const { principal, headers = {} } = verdict;
      return principal.value === undefined
        ? refusal(textReply(403, CLAIMS_ONLY))
        : { ok: true, principal, headers };
    }
    case "absent":
      return refusal(unauthorized(methods.map((method) => method.challenge(realm))));
    case "refused":
      return {
        ...refusal(unauthorized(methods.map((method) => method.challenge(realm)))),
        isWrong: true,
        name: verdict.name,
      };
    case "challenged":
      return refusal(unauthorized([verdict.challenge]));
    case "throttled":
      return refusal(textReply(429, "", retryAfter(verdict.retryAfterMs)));
    case "unavailable":
      return refusal(
        textReply(503, "It cannot be found out now who asks", retryAfter(verdict.retryAfterMs)),
      );
  }
}

function refusal(reply: HttpReply): Identified & { readonly ok: false } {
  return { ok: false, reply, isWrong: false, name: undefined };
}

function unauthorized(challenges: readonly string[]): HttpReply {
  return textReply(401, "", { "WWW-Authenticate": challenges });
}

/** In whole seconds, at least one. */
export function retryAfter(waitMs: number): { readonly "Retry-After": string } {
  return { "Retry-After": String(Math.max(1, Math.ceil(waitMs / 1000))) };
}
