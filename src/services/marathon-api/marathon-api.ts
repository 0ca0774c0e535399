import { isOperatingError } from "../../api/errors/operating-error.ts";
import { resolvePath } from "../../domain/marathon/app/app-path.ts";
import { groupInfo } from "../../domain/marathon/view/group-view.ts";
import { appInfo } from "../../domain/marathon/view/app-view.ts";
import { readEmbeds } from "../../domain/marathon/view/embeds.ts";
import type { Clock } from "../../runtime/ports/clock.ts";
import type { HttpHandler, HttpReply, HttpRequest } from "../../runtime/ports/http-exchange.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import type { Random } from "../../runtime/ports/random.ts";
import { message, notFound, notYet, ok, toReply, type ApiAnswer } from "./api-answer.ts";
import { readRequest, values, type ApiRequest } from "./api-request.ts";
import { AppChanges } from "./app-changes.ts";
import type { AppDirectory } from "./app-directory.ts";
import { AppRoutes } from "./app-routes.ts";
import { DeploymentRoutes } from "./deployment-routes.ts";
import { infoBody } from "./info-view.ts";
import type { AppStore } from "./ports.ts";
import { endDelay, queueAnswer } from "./queue-view.ts";
import type { ApiSettings } from "./settings.ts";
import { TaskRoutes } from "./task-routes.ts";
import { WriteQueue } from "./write-queue.ts";

const BODY_BYTES_MAX = 4 * 1024 * 1024;

export interface MarathonApiParts {
  readonly directory: AppDirectory;
  readonly store: AppStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly settings: ApiSettings;
}

const NOT_FOUND = notFound("URI not found");
/** Marathon's calls that a later release brings. */
const LATER: ReadonlySet<string> = new Set(["pods", "events", "eventSubscriptions"]);
/** Last segments that name a part of an app and never an app. */
const PARTS: ReadonlySet<string> = new Set(["restart", "tasks", "versions"]);

/** Marathon's v2 API over MarathonApps. Reads answer from caches; writes go one after another. */
export class MarathonApi implements HttpHandler {
  readonly #parts: MarathonApiParts;
  readonly #apps: AppRoutes;
  readonly #tasks: TaskRoutes;
  readonly #deployments: DeploymentRoutes;
  readonly #writes = new WriteQueue();
  #inFlight = 0;

  constructor(parts: MarathonApiParts) {
    this.#parts = parts;
    const changes = new AppChanges(parts);
    this.#apps = new AppRoutes({ ...parts, changes });
    this.#tasks = new TaskRoutes({ ...parts, apps: this.#apps });
    this.#deployments = new DeploymentRoutes({ ...parts, changes });
  }

  bodyBytesMax(): number {
    return BODY_BYTES_MAX;
  }

  async handle(request: HttpRequest): Promise<HttpReply> {
    const { settings, logger } = this.#parts;
    const reply = (answer: ApiAnswer): HttpReply => toReply(answer, settings.address);
    if (!this.#mayEnter(request)) {
      const headers = { "WWW-Authenticate": 'Basic realm="Marathon"' };
      return reply({ ...message(401, "Invalid username or password."), headers });
    }
    if (this.#inFlight >= settings.requestsMax) return reply(message(503, "Too many requests."));
    this.#inFlight += 1;
    try {
      const read = readRequest(request, settings.basePath);
      return reply(read ? await this.#route(read) : NOT_FOUND);
    } catch (error) {
      if (!isOperatingError(error)) throw error;
      logger.warn("A call of the Marathon API failed.", { error, path: request.path });
      return reply(failure(error));
    } finally {
      this.#inFlight -= 1;
    }
  }

  #mayEnter({ headers }: HttpRequest): boolean {
    const { credentials } = this.#parts.settings;
    if (credentials === undefined) return true;
    const given = /^Basic\s+(.+)$/i.exec(headers["authorization"] ?? "")?.[1];
    return given !== undefined && Buffer.from(given, "base64").toString("utf8") === credentials;
  }

  #route(request: ApiRequest): ApiAnswer | Promise<ApiAnswer> {
    const [first, second = "", ...rest] = request.segments;
    if (first === "ping" && rest.length === 0) return this.#ping(request);
    if (first !== "v2") return NOT_FOUND;
    switch (second) {
      case "apps":
        return this.#routeApps(request, rest);
      case "tasks":
        return this.#routeTasks(request, rest);
      case "deployments":
        return this.#routeDeployments(request, rest);
      case "queue":
        return this.#routeQueue(request, rest);
      case "groups":
        return this.#routeGroups(request, rest);
      case "info":
        return ok(infoBody(this.#parts.settings));
      case "leader":
        return request.method === "GET"
          ? ok({ leader: this.#parts.settings.address.replace(/^https?:\/\//, "") })
          : notYet("Giving up leadership");
      case "plugins":
        return ok({ plugins: [] });
      default:
        return LATER.has(second) ? notYet(`/v2/${second}`) : NOT_FOUND;
    }
  }

  #ping(request: ApiRequest): ApiAnswer {
    return request.wantsText ? { status: 200, text: "pong" } : { status: 200, text: "pong" };
  }

  #write(change: () => Promise<ApiAnswer>): Promise<ApiAnswer> {
    if (this.#writes.isFull) return Promise.resolve(message(503, "Too many changes wait."));
    return this.#writes.run(change);
  }

  #routeApps(request: ApiRequest, rest: readonly string[]): ApiAnswer | Promise<ApiAnswer> {
    const { method } = request;
    if (rest.length === 0) return this.#routeAllApps(request);
    const partAt = rest.findIndex((segment, i) => i > 0 && PARTS.has(segment));
    const id = resolvePath(`/${(partAt < 0 ? rest : rest.slice(0, partAt)).join("/")}`);
    if (partAt >= 0) return this.#routePart(request, id, rest.slice(partAt));
    if (rest.at(-1) === "*" && method === "GET") {
      return this.#apps.list(request, resolvePath(`/${rest.slice(0, -1).join("/")}`));
    }
    switch (method) {
      case "GET":
        return this.#apps.get(id);
      case "PUT":
      case "PATCH":
        return this.#write(() => this.#apps.update(request, id, method === "PUT"));
      case "DELETE":
        return this.#write(() => this.#apps.remove(request, id));
      default:
        return methodNotAllowed();
    }
  }

  #routeAllApps(request: ApiRequest): ApiAnswer | Promise<ApiAnswer> {
    switch (request.method) {
      case "GET":
        return this.#apps.list(request);
      case "POST":
        return this.#write(() => this.#apps.create(request));
      case "PUT":
      case "PATCH":
        return this.#write(() => this.#apps.updateMany(request, request.method === "PUT"));
      default:
        return methodNotAllowed();
    }
  }

  #routePart(
    request: ApiRequest,
    id: string,
    [part, detail]: readonly string[],
  ): ApiAnswer | Promise<ApiAnswer> {
    const { method } = request;
    if (part === "restart" && method === "POST") {
      return this.#write(() => this.#apps.restart(request, id));
    }
    if (part === "versions" && method === "GET") {
      return detail === undefined ? this.#apps.versions(id) : this.#apps.version(id, detail);
    }
    if (part !== "tasks") return methodNotAllowed();
    if (method === "GET") {
      return id.endsWith("/*")
        ? this.#tasks.ofGroup(request, id.slice(0, -2))
        : this.#tasks.ofApp(request, id);
    }
    if (method !== "DELETE") return methodNotAllowed();
    return this.#write(() =>
      detail === undefined
        ? this.#tasks.killOfApp(request, id)
        : this.#tasks.killOne(request, id, detail),
    );
  }

  #routeTasks(request: ApiRequest, [action]: readonly string[]): ApiAnswer | Promise<ApiAnswer> {
    if (action === "delete" && request.method === "POST") {
      return this.#write(() => this.#tasks.killByIds(request));
    }
    if (action !== undefined) return NOT_FOUND;
    return request.method === "GET" ? this.#tasks.all(request) : methodNotAllowed();
  }

  #routeDeployments(request: ApiRequest, [id, action]: readonly string[]) {
    if (id === undefined) return this.#deployments.list();
    if (action !== undefined) return notYet("Pausing a deployment through the API");
    return request.method === "DELETE"
      ? this.#write(() => this.#deployments.rollback(request, id))
      : methodNotAllowed();
  }

  #routeQueue(request: ApiRequest, rest: readonly string[]): ApiAnswer {
    const { directory, clock } = this.#parts;
    if (rest.length === 0) return queueAnswer(directory, clock.nowMs());
    if (rest.at(-1) !== "delay" || request.method !== "DELETE") return NOT_FOUND;
    return endDelay(directory, resolvePath(`/${rest.slice(0, -1).join("/")}`));
  }

  #routeGroups(request: ApiRequest, rest: readonly string[]): ApiAnswer {
    if (request.method !== "GET") return notYet("Changing groups");
    if (rest.includes("versions")) return notYet("Versions of groups");
    const { directory } = this.#parts;
    const embeds = readEmbeds(values(request, "embed"));
    const apps = directory.all().map((known) => appInfo(known, directory.pods(known), embeds));
    const id = resolvePath(`/${rest.join("/")}`);
    const group = groupInfo(id, apps);
    return group ? ok(group) : notFound(`Group '${id}' does not exist`);
  }
}

function methodNotAllowed(): ApiAnswer {
  return message(405, "HTTP method not allowed");
}

/** What the API server refused for the user is the user's; what it could not do is ours. */
function failure({
  code,
  message: text,
}: {
  readonly code: string;
  readonly message: string;
}): ApiAnswer {
  if (code === "KUBE_INVALID") return message(422, text);
  if (code === "KUBE_FORBIDDEN") {
    return message(403, "Not Authorized to perform this action!");
  }
  return message(503, `The API server did not take the change (${code}): ${text}`);
}
