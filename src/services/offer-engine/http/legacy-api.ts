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
import type { HttpReply, HttpRequest } from "../../../runtime/ports/http-exchange.ts";
import type { EngineHost } from "../serve/engine-host.ts";
import { authenticate, type AuthenticationRules } from "./authentication.ts";
import type { Leadership } from "./leadership.ts";
import { LegacyWrites } from "./legacy-writes.ts";
import { metricsSnapshot } from "./metrics-snapshot.ts";
import { teardown } from "./operator-api.ts";
import { checkLeading } from "./pipeline.ts";
import { ReadCache } from "./read-cache.ts";
import { isResourceForm, operateByForm } from "./resource-operator-calls.ts";
import { jsonReply, jsonTextReply, textReply } from "./replies.ts";

export interface LegacyApiOptions {
  readonly leadership: () => Leadership;
  readonly authentication: AuthenticationRules;
  readonly facts: () => MasterFacts;
  readonly cache: ReadCache;
  readonly nowMs: () => number;
}

type Read = (host: EngineHost, query: URLSearchParams, rest: string) => unknown;

const TASKS_LIMIT = 100;

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
      "/state": (host) => legacyState(host.engine.state, facts()),
      "/state-summary": (host) => legacySummary(host.engine.state, facts()),
      "/slaves": readAgents,
      "/frameworks": readFrameworks,
      "/tasks": readTasks,
      "/roles": (host) => legacyRoles(host.engine.state, host.engine.config.roles),
      "/weights": readWeights,
      "/quota": readQuota,
      "/maintenance/schedule": (host) => maintenanceSchedule(host.engine.state),
      "/maintenance/status": (host) => maintenanceStatus(host.engine.state),
      "/orchestrator/agents": readAgentAddresses,
    };
  }

  /** Undefined when `path` is none of these endpoints. */
  handle(request: HttpRequest, path: string): HttpReply | Promise<HttpReply> | undefined {
    return (
      this.#open(request, path) ??
      this.#write(request, path) ??
      this.#writes.handle(request, path) ??
      this.#read(request, path)
    );
  }

  /** Endpoints that answer on standbys too; health and version never ask who is there. */
  #open(request: HttpRequest, path: string): HttpReply | undefined {
    const { facts, leadership, nowMs } = this.#options;
    const jsonp = jsonpOf(request);
    switch (path) {
      case "/health":
        return textReply(200, "");
      case "/version":
        return jsonReply(legacyVersion(facts()), jsonp);
      case "/flags":
        return this.#guarded(request) ?? jsonReply({ flags: facts().flags }, jsonp);
      case "/metrics/snapshot": {
        const now = leadership();
        const host = now.kind === "leading" ? now.host : undefined;
        const snapshot = metricsSnapshot(host, nowMs(), facts().startedMs);
        return this.#guarded(request) ?? jsonReply(snapshot, jsonp);
      }
      case "/redirect":
        return this.#redirect();
      default:
        return undefined;
    }
  }

  #guarded(request: HttpRequest): HttpReply | undefined {
    const who = authenticate(request, "mesos-master-readonly", this.#options.authentication);
    return who.ok ? undefined : who.reply;
  }

  #redirect(): HttpReply {
    const now = this.#options.leadership();
    const leader = now.kind === "standby" ? now.leader : leaderOf(this.#options.facts());
    if (leader === undefined) return textReply(503, "No leader elected");
    return textReply(307, "", { Location: `//${leader.hostname}:${leader.port}` });
  }

  /** Endpoints that take a form. */
  #write(request: HttpRequest, path: string): HttpReply | Promise<HttpReply> | undefined {
    if (path !== "/teardown" && !isResourceForm(path)) return undefined;
    const who = authenticate(request, "mesos-master-readwrite", this.#options.authentication);
    if (!who.ok) return who.reply;
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
    if (path !== "/teardown") return operateByForm(leading.value, path, form, who.principal);
    const id = form.get("frameworkId");
    if (id === null) {
      return textReply(400, "Missing 'frameworkId' query parameter in the request body");
    }
    return teardown(leading.value, id);
  }

  #read(request: HttpRequest, path: string): HttpReply | undefined {
    const endpoint = this.#endpointOf(path);
    if (endpoint === undefined) return undefined;
    const guarded = this.#guarded(request);
    if (guarded !== undefined) return guarded;
    const leading = checkLeading(request, this.#options.leadership());
    if (!leading.ok) return leading.reply;
    const query = new URLSearchParams(request.query);
    const jsonp = query.get("jsonp") ?? undefined;
    query.delete("jsonp");
    const rest = path.slice(endpoint.length + 1);
    const read = this.#reads[endpoint];
    const text = this.#options.cache.get(`${path}?${query.toString()}`, () =>
      asciiJson(read?.(leading.value, query, rest)),
    );
    return jsonTextReply(text, jsonp);
  }

  /** The longest endpoint that is the path or an ancestor of it, as libprocess routes. */
  #endpointOf(path: string): string | undefined {
    const bare = path.endsWith(".json") ? path.slice(0, -".json".length) : path;
    for (let at = bare.length; at > 0; at = bare.lastIndexOf("/", at - 1)) {
      const candidate = bare.slice(0, at);
      if (Object.hasOwn(this.#reads, candidate)) return candidate;
    }
    return undefined;
  }
}

function jsonpOf(request: HttpRequest): string | undefined {
  return new URLSearchParams(request.query).get("jsonp") ?? undefined;
}

function leaderOf(facts: MasterFacts): { readonly hostname: string; readonly port: number } {
  const { address, hostname, port } = facts.masterInfo;
  return { hostname: address?.hostname ?? hostname ?? "localhost", port: address?.port ?? port };
}

const readAgents: Read = (host, query, rest) => {
  const { state } = host.engine;
  const id = rest === "" ? query.get("slave_id") : decodeURIComponent(rest);
  const agents = [...state.agents.values()].filter((agent) => id === null || agent.id === id);
  const recovered = [...state.recovered.values()].filter(
    (agent) => id === null || agent.id === asId<AgentId>(id),
  );
  return {
    slaves: agents.map((agent) => legacyAgentFull(state, agent)),
    recovered_slaves: recovered.map(legacyRecoveredAgent),
  };
};

const readFrameworks: Read = (host, query) => {
  const { state } = host.engine;
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

const readTasks: Read = (host, query) => {
  const { state } = host.engine;
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

const readWeights: Read = (host) =>
  host.engine.config.roles.map(({ name, weight }) => ({ role: name, weight }));

const readQuota: Read = (host) => quotaStatus(host.engine.config.roles);

const readAgentAddresses: Read = (host) =>
  Object.fromEntries(
    [...host.engine.state.agents.values()].map(({ id, address, info }) => [
      id,
      `${address}:${info.port ?? 5051}`,
    ]),
  );
