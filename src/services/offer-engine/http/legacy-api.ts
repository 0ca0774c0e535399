import { asId, type AgentId } from "../../../api/ids/ids.ts";
import { asciiJson } from "../../../api/mesos/json-encode.ts";
import { legacyAgentFull, legacyRecoveredAgent } from "../../../domain/mesos/views/legacy-agent.ts";
import { legacyFramework } from "../../../domain/mesos/views/legacy-framework.ts";
import { legacyRoles } from "../../../domain/mesos/views/legacy-roles.ts";
import {
  legacyCompleted,
  legacyState,
  legacySummary,
  legacyVersion,
} from "../../../domain/mesos/views/legacy-state.ts";
import {
  maintenanceSchedule,
  maintenanceStatus,
} from "../../../domain/mesos/views/maintenance-views.ts";
import { quotaStatus } from "../../../domain/mesos/views/quota-status.ts";
import { legacyTask } from "../../../domain/mesos/views/legacy-task.ts";
import { listedFrameworks } from "../../../domain/mesos/master-state.ts";
import type { MasterFacts } from "../../../domain/mesos/views/master-facts.ts";
import { toTearDown } from "../../../domain/authorization/call-permissions.ts";
import { type Sight, visibleState } from "../../../domain/authorization/sight.ts";
import type { HttpAnswer, HttpReply, HttpRequest } from "../../../runtime/ports/http-exchange.ts";
import type { EngineHost } from "../serve/engine-host.ts";
import type { Realm } from "./authentication.ts";
import { constraintsDebug } from "./constraints-debug.ts";
import type { Door } from "./door.ts";
import { EXPLAIN_PATH, explainOffers } from "./explain-offers.ts";
import type { Leadership } from "./leadership.ts";
import { isWrite, LegacyWrites } from "./legacy-writes.ts";
import { metricsSnapshot } from "./metrics-snapshot.ts";
import { teardown } from "./operator-api.ts";
import { checkLeading } from "./pipeline.ts";
import { ReadCache } from "./read-cache.ts";
import { isResourceForm, operateByForm } from "./resource-operator-calls.ts";
import { jsonReply, jsonTextReply, textReply } from "./replies.ts";
import type { Visit } from "./visit.ts";

export interface LegacyApiOptions {
  readonly leadership: () => Leadership;
  readonly door: Door;
  readonly facts: () => MasterFacts;
  readonly cache: ReadCache;
  readonly nowMs: () => number;
}

/** What is asked for: `rest` is the path below the endpoint. */
interface Question {
  readonly query: URLSearchParams;
  readonly rest: string;
  readonly sight: Sight;
}

type Read = (host: EngineHost, question: Question) => unknown;

const TASKS_LIMIT = 100;
const METRICS_PATH = "/metrics/snapshot";
/** Endpoints that Mesos does not have; asked about as Mesos asks about `/metrics/snapshot`. */
const OWN_PATHS = "/orchestrator/";

/** The endpoints before `/api/v1`, spec/mesos.md section 9: reads on any method, by the path without `/master`. */
export class LegacyApi {
  readonly #options: LegacyApiOptions;
  readonly #reads: Readonly<Record<string, Read>>;
  readonly #writes: LegacyWrites;

  constructor(options: LegacyApiOptions) {
    this.#options = options;
    this.#writes = new LegacyWrites(options);
    const { facts } = options;
    this.#reads = {
      "/state": (host, { sight }) => legacyState(host.engine.state, facts(), sight),
      "/state-summary": (host, { sight }) => legacySummary(host.engine.state, facts(), sight),
      "/slaves": readAgents,
      "/frameworks": readFrameworks,
      "/tasks": readTasks,
      "/roles": (host, { sight }) =>
        legacyRoles(host.engine.state, host.engine.config.roles, sight),
      "/weights": readWeights,
      "/quota": readQuota,
      "/maintenance/schedule": (host, { sight }) =>
        sight.maintenanceSchedule ? maintenanceSchedule(host.engine.state) : {},
      "/maintenance/status": (host, { sight }) =>
        sight.maintenanceStatus ? maintenanceStatus(host.engine.state) : {},
      "/allocator/offer_constraints_debug": (host, { sight }) =>
        constraintsDebug(host.engine.state, sight),
      "/orchestrator/agents": readAgentAddresses,
    };
  }

  /** Undefined when `path` is none of these endpoints. */
  handle(request: HttpRequest, path: string): HttpAnswer | Promise<HttpAnswer> | undefined {
    const open = this.#open(request, path);
    if (open !== undefined) return open;
    const realm = this.#realmOf(request, path);
    if (realm === undefined) return undefined;
    const { door } = this.#options;
    return door.admit(request, realm, (visit) => this.#serve(visit, path));
  }

  /** Endpoints that never ask who is there. */
  #open(request: HttpRequest, path: string): HttpReply | undefined {
    switch (path) {
      case "/health":
        return textReply(200, "");
      case "/version":
        return jsonReply(legacyVersion(this.#options.facts()), jsonpOf(request));
      case "/redirect":
        return this.#redirect();
      default:
        return undefined;
    }
  }

  #realmOf({ method }: HttpRequest, path: string): Realm | undefined {
    if (path === "/flags" || path === METRICS_PATH) return "mesos-master-readonly";
    if (isForm(path) || isWrite(method, path)) return "mesos-master-readwrite";
    return this.#endpointOf(path) === undefined ? undefined : "mesos-master-readonly";
  }

  #serve(visit: Visit, path: string): HttpReply | Promise<HttpReply> {
    return (
      this.#standbyRead(visit, path) ??
      this.#write(visit, path) ??
      this.#writes.handle(visit, path) ??
      this.#read(visit, path)
    );
  }

  /** What standbys answer too. */
  #standbyRead(visit: Visit, path: string): HttpReply | undefined {
    const { facts, leadership, nowMs } = this.#options;
    const jsonp = jsonpOf(visit.request);
    switch (path) {
      case "/flags":
        return jsonReply({ flags: visit.sight.flags ? facts().flags : {} }, jsonp);
      case METRICS_PATH: {
        if (!visit.mayDo("get_endpoints", METRICS_PATH)) return textReply(403, "");
        const now = leadership();
        const host = now.kind === "leading" ? now.host : undefined;
        return jsonReply(metricsSnapshot(host, nowMs(), facts().startedMs), jsonp);
      }
      default:
        return undefined;
    }
  }

  #redirect(): HttpReply {
    const now = this.#options.leadership();
    const leader = now.kind === "standby" ? now.leader : leaderOf(this.#options.facts());
    if (leader === undefined) return textReply(503, "No leader elected");
    return textReply(307, "", { Location: `//${leader.hostname}:${leader.port}` });
  }

  /** Endpoints that take a form. */
  #write(visit: Visit, path: string): HttpReply | Promise<HttpReply> | undefined {
    if (!isForm(path)) return undefined;
    const { request } = visit;
    const leading = checkLeading(request, this.#options.leadership());
    if (!leading.ok) return leading.reply;
    if (request.method !== "POST") {
      return textReply(
        405,
        `405 Method Not Allowed. Expecting one of { 'POST' }, but received '${request.method}'.`,
        { Allow: "POST" },
      );
    }
    const form = new URLSearchParams(new TextDecoder().decode(request.body));
    if (path !== "/teardown") return operateByForm(leading.value, path, form, visit);
    const id = form.get("frameworkId");
    if (id === null) {
      return textReply(400, "Missing 'frameworkId' query parameter in the request body");
    }
    visit.changes("TEARDOWN", `frameworks/${id}`);
    const host = leading.value;
    return visit.refusal(toTearDown(id, host.engine.state)) ?? teardown(host, id);
  }

  #read(visit: Visit, path: string): HttpReply {
    const { request, sight } = visit;
    const endpoint = this.#endpointOf(path) ?? "";
    if (endpoint.startsWith(OWN_PATHS) && !visit.mayDo("get_endpoints", endpoint)) {
      return textReply(403, "");
    }
    const leading = checkLeading(request, this.#options.leadership());
    if (!leading.ok) return leading.reply;
    const query = new URLSearchParams(request.query);
    const jsonp = query.get("jsonp") ?? undefined;
    query.delete("jsonp");
    // Who sees everything shares one answer.
    const viewer = sight.isWhole ? "" : `as ${JSON.stringify(visit.principal ?? null)} `;
    const encoded = (encode: () => string): string =>
      this.#options.cache.get(`${viewer}${path}?${query.toString()}`, encode);
    if (endpoint === EXPLAIN_PATH) {
      return explainOffers(leading.value.engine, query, sight, encoded);
    }
    const rest = path.slice(endpoint.length + 1);
    const read = this.#reads[endpoint];
    const text = encoded(() => asciiJson(read?.(leading.value, { query, rest, sight })));
    return jsonTextReply(text, jsonp);
  }

  /** The longest endpoint that is the path or an ancestor of it, as libprocess routes. */
  #endpointOf(path: string): string | undefined {
    const bare = path.endsWith(".json") ? path.slice(0, -".json".length) : path;
    for (let at = bare.length; at > 0; at = bare.lastIndexOf("/", at - 1)) {
      const candidate = bare.slice(0, at);
      if (candidate === EXPLAIN_PATH || Object.hasOwn(this.#reads, candidate)) return candidate;
    }
    return undefined;
  }
}

/** Endpoints that change something by a form. */
function isForm(path: string): boolean {
  return path === "/teardown" || isResourceForm(path);
}

function jsonpOf(request: HttpRequest): string | undefined {
  return new URLSearchParams(request.query).get("jsonp") ?? undefined;
}

function leaderOf(facts: MasterFacts): { readonly hostname: string; readonly port: number } {
  const { address, hostname, port } = facts.masterInfo;
  return { hostname: address?.hostname ?? hostname ?? "localhost", port: address?.port ?? port };
}

const readAgents: Read = (host, { query, rest, sight }) => {
  const { state } = host.engine;
  const id = rest === "" ? query.get("slave_id") : decodeURIComponent(rest);
  const agents = [...state.agents.values()].filter((agent) => id === null || agent.id === id);
  const recovered = [...state.recovered.values()].filter(
    (agent) => id === null || agent.id === asId<AgentId>(id),
  );
  return {
    slaves: agents.map((agent) => legacyAgentFull(state, agent, sight)),
    recovered_slaves: recovered.map(legacyRecoveredAgent),
  };
};

const readFrameworks: Read = (host, { query, sight }) => {
  const state = visibleState(host.engine.state, sight);
  const id = query.get("framework_id");
  const wanted = (it: { readonly id?: unknown }): boolean => id === null || it.id === id;
  return {
    frameworks: listedFrameworks(state)
      .filter(wanted)
      .map((it) => legacyFramework(it)),
    completed_frameworks: legacyCompleted(state).filter((it) => id === null || it["id"] === id),
    unregistered_frameworks: [],
  };
};

const readTasks: Read = (host, { query, sight }) => {
  const state = visibleState(host.engine.state, sight);
  const frameworkId = query.get("framework_id");
  const taskId = query.get("task_id");
  const frameworks = [
    ...state.frameworks.values(),
    ...[...state.completed.values()].map(({ framework }) => framework),
  ].filter(({ id }) => frameworkId === null || id === frameworkId);
  const tasks = frameworks.flatMap((framework) =>
    [
      ...framework.tasks.values(),
      ...framework.unreachableTasks.values(),
      ...framework.completedTasks,
    ]
      .filter(({ id }) => taskId === null || id === taskId)
      .map((task) => ({
        startedMs: (task.statuses[0]?.timestamp ?? 0) * 1000,
        shown: legacyTask(framework, task),
      })),
  );
  const direction = query.get("order") === "asc" ? 1 : -1;
  tasks.sort((a, b) => direction * (a.startedMs - b.startedMs));
  const limit = wholeNumber(query.get("limit"), TASKS_LIMIT);
  const offset = wholeNumber(query.get("offset"), 0);
  return { tasks: tasks.slice(offset, offset + limit).map(({ shown }) => shown) };
};

function wholeNumber(text: string | null, fallback: number): number {
  const value = text === null || text === "" ? NaN : Number(text);
  return Number.isInteger(value) && value >= 0 ? value : fallback;
}

const readWeights: Read = (host, { sight }) =>
  host.engine.config.roles
    .filter(({ name }) => sight.role(name))
    .map(({ name, weight }) => ({ role: name, weight }));

const readQuota: Read = (host, { sight }) =>
  quotaStatus(host.engine.config.roles.filter(({ name }) => sight.quota(name)));

const readAgentAddresses: Read = (host) =>
  Object.fromEntries(
    [...host.engine.state.agents.values()].map(({ id, address, info }) => [
      id,
      `${address}:${info.port ?? 5051}`,
    ]),
  );
