import { BATCH_BYTES_MAX, SUBSCRIBE_BYTES_MAX } from "../../../api/agent-link/limits.ts";
import type { HttpAnswer, HttpHandler, HttpRequest } from "../../../runtime/ports/http-exchange.ts";
import type { AgentApi } from "./agent-api.ts";
import type { Door } from "./door.ts";
import type { LegacyApi } from "./legacy-api.ts";
import type { OperatorApi } from "./operator-api.ts";
import { textReply } from "./replies.ts";
import type { SchedulerApi } from "./scheduler-api.ts";
import type { Visit } from "./visit.ts";

const BODY_BYTES_MAX = 16 * 1024 * 1024;

/** Reads of our own below the master, by path: answered before the Mesos ones. */
export type ExtraRoutes = Readonly<
  Record<string, (visit: Visit) => HttpAnswer | Promise<HttpAnswer>>
>;

/** Routes by longest prefix as libprocess does; every path exists also below `/master`. */
export class MasterApi implements HttpHandler {
  readonly #scheduler: SchedulerApi;
  readonly #operator: OperatorApi;
  readonly #agents: AgentApi;
  readonly #legacy: LegacyApi;
  readonly #extra: ExtraRoutes;
  readonly #door: Door;

  constructor(parts: {
    readonly door: Door;
    readonly scheduler: SchedulerApi;
    readonly operator: OperatorApi;
    readonly agents: AgentApi;
    readonly legacy: LegacyApi;
    readonly extra: ExtraRoutes;
  }) {
    this.#door = parts.door;
    this.#scheduler = parts.scheduler;
    this.#operator = parts.operator;
    this.#agents = parts.agents;
    this.#legacy = parts.legacy;
    this.#extra = parts.extra;
  }

  bodyBytesMax(path: string): number {
    return isBelow(bare(path), "/api/v1/agent")
      ? Math.max(BATCH_BYTES_MAX, SUBSCRIBE_BYTES_MAX)
      : BODY_BYTES_MAX;
  }

  handle(request: HttpRequest): HttpAnswer | Promise<HttpAnswer> {
    const path = bare(request.path);
    if (Object.hasOwn(this.#extra, path)) return this.#serveExtra(request, path);
    if (isBelow(path, "/api/v1/scheduler")) return this.#scheduler.handle(request);
    if (isBelow(path, "/api/v1/agent")) return this.#agents.handle(request);
    if (isBelow(path, "/api/v1")) return this.#operator.handle(request);
    return this.#legacy.handle(request, path) ?? textReply(404, "");
  }

  #serveExtra(request: HttpRequest, path: string): HttpAnswer | Promise<HttpAnswer> {
    return this.#door.admit(request, "mesos-master-readonly", (visit) =>
      visit.mayDo("get_endpoints", path)
        ? (this.#extra[path]?.(visit) ?? textReply(404, ""))
        : textReply(403, ""),
    );
  }
}

function bare(path: string): string {
  return path.startsWith("/master/") ? path.slice("/master".length) : path;
}

function isBelow(path: string, endpoint: string): boolean {
  return path === endpoint || path.startsWith(`${endpoint}/`);
}
