import type { Acls } from "../../../domain/authorization/acls.ts";
import type { AuditLog } from "../../../runtime/ports/audit-log.ts";
import type { HttpAnswer, HttpRequest } from "../../../runtime/ports/http-exchange.ts";
import type { Authentication, Realm } from "./authentication.ts";
import { type Identified, identify, retryAfter } from "./identify.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import { textReply } from "./replies.ts";
import { StreamTurns } from "./stream-turns.ts";
import { Visit } from "./visit.ts";

export interface DoorParts {
  readonly authentication: Authentication;
  /** Those that hold now; undefined: everybody may do everything. */
  readonly acls: () => Acls | undefined;
  readonly limiter: RateLimiter;
  readonly audit: AuditLog;
}

export type Serve = (visit: Visit) => HttpAnswer | Promise<HttpAnswer>;

/** What every request passes before it is served: who asks, how often; and after: the audit log. */
export class Door {
  readonly #parts: DoorParts;
  readonly #turns = new StreamTurns();

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  admit(request: HttpRequest, realm: Realm, serve: Serve): HttpAnswer | Promise<HttpAnswer> {
    return this.#turns.inTurn(
      request.headers["mesos-stream-id"],
      identify(request, realm, this.#parts.authentication),
      (who) => this.#serve(request, realm, who, serve),
    );
  }

  #serve(
    request: HttpRequest,
    realm: Realm,
    who: Identified,
    serve: Serve,
  ): HttpAnswer | Promise<HttpAnswer> {
    const { acls, limiter } = this.#parts;
    if (!who.ok) {
      if (who.isWrong) this.#noteIntruder(request, who.name, who.reply.status);
      return who.reply;
    }
    const visit = new Visit(request, who.principal, acls());
    // Agents must be heard whatever else is asked of the master: silence costs them their lease.
    const waitMs = realm === "mesos-master-agent" ? 0 : limiter.waitMs(visit.principal);
    if (waitMs > 0) return textReply(429, "", retryAfter(waitMs));
    const finish = (ready: HttpAnswer): HttpAnswer => {
      this.#note(visit, ready.status);
      return withHeaders(ready, who.headers);
    };
    const fail = (error: unknown): never => {
      this.#note(visit, 500);
      throw error;
    };
    let answer: HttpAnswer | Promise<HttpAnswer>;
    try {
      answer = serve(visit);
    } catch (error) {
      return fail(error);
    }
    return answer instanceof Promise ? answer.then(finish, fail) : finish(answer);
  }

  #note({ request, principal, groups, change, isDenied }: Visit, code: number): void {
    if (change === undefined) return;
    const sourceIp = request.remoteAddress;
    const outcome = isDenied ? "denied" : outcomeOf(code);
    this.#parts.audit.write({ ...change, principal, groups, sourceIp, code, outcome });
  }

  /** Wrong credentials are worth a line whatever was asked for. The name is the one it claimed. */
  #noteIntruder(request: HttpRequest, name: string | undefined, code: number): void {
    this.#parts.audit.write({
      principal: name,
      groups: [],
      sourceIp: request.remoteAddress,
      verb: "AUTHENTICATE",
      resource: request.path,
      code,
      outcome: "denied",
    });
  }
}

function outcomeOf(code: number): "done" | "denied" | "failed" {
  if (code < 300) return "done";
  return code === 401 || code === 403 ? "denied" : "failed";
}

function withHeaders(answer: HttpAnswer, headers: Readonly<Record<string, string>>): HttpAnswer {
  if (Object.keys(headers).length === 0) return answer;
  return answer.kind === "reply"
    ? { ...answer, headers: { ...answer.headers, ...headers } }
    : { ...answer, headers: { ...answer.headers, ...headers } };
}
