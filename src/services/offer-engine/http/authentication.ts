import type { HttpReply, HttpRequest } from "../../../runtime/ports/http-exchange.ts";
import { textReply } from "./replies.ts";

export type Realm = "mesos-master-readonly" | "mesos-master-readwrite" | "mesos-master-scheduler";

/** Basic authentication; each realm can be on or off (Mesos flags `authenticate_http_…`). */
export interface AuthenticationRules {
  readonly required: Readonly<Record<Realm, boolean>>;
  /** principal → secret */
  readonly credentials: ReadonlyMap<string, string>;
}

export const NO_AUTHENTICATION: AuthenticationRules = {
  required: {
    "mesos-master-readonly": false,
    "mesos-master-readwrite": false,
    "mesos-master-scheduler": false,
  },
  credentials: new Map(),
};

export type Authenticated =
  | { readonly ok: true; readonly principal: string | undefined }
  | { readonly ok: false; readonly reply: HttpReply };

/**
 * Who asks. Empty credentials count as none while the realm asks for none; wrong ones are refused wherever they are
 * required.
 */
export function authenticate(
  request: HttpRequest,
  realm: Realm,
  rules: AuthenticationRules,
): Authenticated {
  if (!rules.required[realm]) return { ok: true, principal: undefined };
  const given = basicCredentials(request.headers["authorization"]);
  const secret = given === undefined ? undefined : rules.credentials.get(given.principal);
  if (given !== undefined && secret !== undefined && equalText(secret, given.secret)) {
    return { ok: true, principal: given.principal };
  }
  return {
    ok: false,
    reply: textReply(401, "", { "WWW-Authenticate": `Basic realm="${realm}"` }),
  };
}

function basicCredentials(
  header: string | undefined,
): { readonly principal: string; readonly secret: string } | undefined {
  const encoded = /^Basic\s+([A-Za-z0-9+/=]+)$/i.exec(header ?? "")?.[1];
  if (encoded === undefined) return undefined;
  const text = new TextDecoder().decode(
    Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0)),
  );
  const colon = text.indexOf(":");
  if (colon < 0) return undefined;
  return { principal: text.slice(0, colon), secret: text.slice(colon + 1) };
}

/** Takes the same time wherever the texts differ. */
function equalText(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < b.length; i += 1) {
    difference |= a.charCodeAt(i % Math.max(1, a.length)) ^ b.charCodeAt(i);
  }
  return difference === 0;
}
