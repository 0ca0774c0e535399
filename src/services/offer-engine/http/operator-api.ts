import { asId, type FrameworkId } from "../../../api/ids/ids.ts";
import { encodeJson } from "../../../api/mesos/json-encode.ts";
import { MasterCall, type MasterCallType } from "../../../api/mesos/operator-call.ts";
import { MasterResponse } from "../../../api/mesos/operator-response.ts";
import type { Role } from "../../../api/mesos/master-info.ts";
import { encodeProtobuf } from "../../../api/mesos/protobuf-encode.ts";
import { permissionsOfCall } from "../../../domain/authorization/call-permissions.ts";
import { type Sight, visibleState } from "../../../domain/authorization/sight.ts";
import type { MasterFacts } from "../../../domain/mesos/views/master-facts.ts";
import { knownRoles, allocatedTo } from "../../../domain/mesos/views/legacy-roles.ts";
import {
  getAgents,
  getExecutors,
  getFrameworks,
  getOperations,
  getState,
  getTasks,
} from "../../../domain/mesos/views/operator-reads.ts";
import {
  maintenanceSchedule,
  maintenanceStatus,
} from "../../../domain/mesos/views/maintenance-views.ts";
import { quotaStatus } from "../../../domain/mesos/views/quota-status.ts";
import { writeResources } from "../../../domain/mesos/wire-resources.ts";
import type { HttpAnswer, HttpReply, HttpRequest } from "../../../runtime/ports/http-exchange.ts";
import type { EngineHost } from "../serve/engine-host.ts";
import type { StreamFormat } from "../serve/framework-stream.ts";
import type { MasterLog } from "../serve/master-log.ts";
import { changeAgent } from "./agent-operator-calls.ts";
import type { Door } from "./door.ts";
import type { Leadership } from "./leadership.ts";
import { changeLog, readLog } from "./log-calls.ts";
import { changeMaintenance } from "./maintenance-calls.ts";
import { metricsSnapshot } from "./metrics-snapshot.ts";
import { changeOfCall } from "./operator-audit.ts";
import { acceptedFormat, checkLeading, checkPost, contentTypeOf, readCall } from "./pipeline.ts";
import { operateResources } from "./resource-operator-calls.ts";
import { textReply } from "./replies.ts";
import { changeRoles } from "./role-writes.ts";
import { eventsShownTo } from "./visible-events.ts";
import type { Visit } from "./visit.ts";

export interface OperatorApiOptions {
  readonly leadership: () => Leadership;
  readonly door: Door;
  readonly lenientInput: boolean;
  readonly facts: () => MasterFacts;
  readonly nowMs: () => number;
  /** Undefined: the log is neither read nor set through this API. */
  readonly log: MasterLog | undefined;
}

/** `POST /api/v1`: reads, TEARDOWN, and changes of agents, their resources, roles and the maintenance schedule. What is not served answers 501 with its name. */
export class OperatorApi {
  readonly #options: OperatorApiOptions;

  constructor(options: OperatorApiOptions) {
    this.#options = options;
  }

  handle(request: HttpRequest): HttpAnswer | Promise<HttpAnswer> {
    const { door } = this.#options;
    return door.admit(request, "mesos-master-readwrite", (visit) => this.#serve(visit));
  }

  #serve(visit: Visit): HttpAnswer | Promise<HttpAnswer> {
    const { leadership, lenientInput } = this.#options;
    const { request } = visit;
    const leading = checkLeading(request, leadership());
    if (!leading.ok) return leading.reply;
    const post = checkPost(request);
    if (!post.ok) return post.reply;
    const read = readCall(request, MasterCall, lenientInput);
    if (!read.ok) return read.reply;
    const { call } = read.value;
    const fault = callFault(call);
    const change = changeOfCall(call);
    if (change !== undefined) visit.changes(change.verb, change.resource);
    if (fault !== undefined) return textReply(400, `Failed to validate master::Call: ${fault}`);
    const format = acceptedFormat(request);
    if (!format.ok) return format.reply;
    const host = leading.value;
    const refusal = visit.refusal(permissionsOfCall(call, host.engine.state));
    if (refusal !== undefined) return refusal;
    return call.type === "SUBSCRIBE"
      ? openEvents(visit, host, format.value)
      : this.#answer(visit, host, call, format.value);
  }

  #answer(
    { principal, sight }: Visit,
    host: EngineHost,
    call: MasterCall,
    format: StreamFormat,
  ): HttpReply | Promise<HttpReply> {
    const change =
      changeAgent(host, call) ??
      operateResources(host, call, principal) ??
      changeRoles(host, call) ??
      changeMaintenance(host, call);
    if (change !== undefined) return change;
    const refusal = changeLog(this.#options.log, call);
    if (refusal !== undefined) return refusal;
    if (call.type === "TEARDOWN") return teardown(host, call.teardown?.framework_id.value ?? "");
    const response = this.#read(host, call, sight);
    if (response === undefined) {
      return textReply(501, `${call.type ?? "UNKNOWN"} is not served by this master`);
    }
    return {
      kind: "reply",
      status: 200,
      headers: { "Content-Type": contentTypeOf(format) },
      body:
        format === "json"
          ? encodeJson(MasterResponse, response)
          : encodeProtobuf(MasterResponse, response),
    };
  }

  #read(host: EngineHost, call: MasterCall, sight: Sight): MasterResponse | undefined {
    const { state } = host.engine;
    const shown = visibleState(state, sight);
    const facts = this.#options.facts();
    switch (call.type) {
      case "GET_HEALTH":
        return { type: "GET_HEALTH", get_health: { healthy: true } };
      case "GET_FLAGS":
        return { type: "GET_FLAGS", get_flags: { flags: sight.flags ? flagsOf(facts) : [] } };
      case "GET_VERSION":
        return { type: "GET_VERSION", get_version: { version_info: versionOf(facts) } };
      case "GET_METRICS":
        return {
          type: "GET_METRICS",
          get_metrics: { metrics: this.#metrics(host) },
        };
      case "GET_LOGGING_LEVEL":
        return {
          type: "GET_LOGGING_LEVEL",
          get_logging_level: { level: this.#options.log?.level ?? 0 },
        };
      case "GET_STATE":
        return { type: "GET_STATE", get_state: getState(state, sight) };
      case "GET_AGENTS":
        return { type: "GET_AGENTS", get_agents: getAgents(state, sight) };
      case "GET_FRAMEWORKS":
        return { type: "GET_FRAMEWORKS", get_frameworks: getFrameworks(shown) };
      case "GET_EXECUTORS":
        return { type: "GET_EXECUTORS", get_executors: getExecutors(shown) };
      case "GET_TASKS":
        return { type: "GET_TASKS", get_tasks: getTasks(shown) };
      case "GET_OPERATIONS":
        return { type: "GET_OPERATIONS", get_operations: getOperations(state, sight) };
      case "GET_ROLES":
        return { type: "GET_ROLES", get_roles: { roles: rolesOf(host, sight) } };
      case "GET_WEIGHTS":
        return { type: "GET_WEIGHTS", get_weights: { weight_infos: weightsOf(host, sight) } };
      case "GET_QUOTA":
        return { type: "GET_QUOTA", get_quota: { status: quotasOf(host, sight) } };
      case "GET_MAINTENANCE_STATUS":
        return {
          type: "GET_MAINTENANCE_STATUS",
          get_maintenance_status: {
            status: sight.maintenanceStatus ? maintenanceStatus(state) : {},
          },
        };
      case "GET_MAINTENANCE_SCHEDULE":
        return {
          type: "GET_MAINTENANCE_SCHEDULE",
          get_maintenance_schedule: {
            schedule: sight.maintenanceSchedule ? maintenanceSchedule(state) : {},
          },
        };
      case "GET_MASTER":
        return {
          type: "GET_MASTER",
          get_master: {
            master_info: facts.masterInfo,
            start_time: facts.startedMs / 1000,
            elected_time: facts.electedMs / 1000,
          },
        };
      default:
        return readLog(this.#options.log, call);
    }
  }

  #metrics(host: EngineHost): { readonly name: string; readonly value: number }[] {
    const facts = this.#options.facts();
    const snapshot = metricsSnapshot(host, this.#options.nowMs(), facts.startedMs);
    return Object.entries(snapshot).map(([name, value]) => ({ name, value }));
  }
}

const BODIES: Partial<Record<MasterCallType, keyof MasterCall>> = {
  GET_METRICS: "get_metrics",
  SET_LOGGING_LEVEL: "set_logging_level",
  LIST_FILES: "list_files",
  READ_FILE: "read_file",
  UPDATE_WEIGHTS: "update_weights",
  RESERVE_RESOURCES: "reserve_resources",
  UNRESERVE_RESOURCES: "unreserve_resources",
  CREATE_VOLUMES: "create_volumes",
  DESTROY_VOLUMES: "destroy_volumes",
  GROW_VOLUME: "grow_volume",
  SHRINK_VOLUME: "shrink_volume",
  UPDATE_MAINTENANCE_SCHEDULE: "update_maintenance_schedule",
  START_MAINTENANCE: "start_maintenance",
  STOP_MAINTENANCE: "stop_maintenance",
  SET_QUOTA: "set_quota",
  UPDATE_QUOTA: "update_quota",
  REMOVE_QUOTA: "remove_quota",
  TEARDOWN: "teardown",
  MARK_AGENT_GONE: "mark_agent_gone",
  DRAIN_AGENT: "drain_agent",
  DEACTIVATE_AGENT: "deactivate_agent",
  REACTIVATE_AGENT: "reactivate_agent",
};

function callFault(call: MasterCall): string | undefined {
  if (call.type === undefined) return "Expecting 'type' to be present";
  const body = BODIES[call.type];
  return body === undefined || call[body] !== undefined
    ? undefined
    : `Expecting '${body}' to be present`;
}

/** SUBSCRIBE: the operator event stream. */
function openEvents({ principal }: Visit, host: EngineHost, format: StreamFormat): HttpAnswer {
  return {
    kind: "stream",
    status: 200,
    headers: { "Content-Type": contentTypeOf(format) },
    open: (sink) => host.openOperatorStream(sink, format, eventsShownTo(host, principal)),
  };
}

export function teardown(host: EngineHost, id: string): HttpReply {
  const frameworkId = asId<FrameworkId>(id);
  if (!host.engine.state.frameworks.has(frameworkId)) {
    return textReply(400, "No framework found with specified ID");
  }
  host.advance({ kind: "teardown", frameworkId });
  return textReply(200, "");
}

function flagsOf(facts: MasterFacts): { readonly name: string; readonly value: string }[] {
  return Object.entries(facts.flags).map(([name, value]) => ({ name, value }));
}

function versionOf(facts: MasterFacts): NonNullable<MasterResponse["get_version"]>["version_info"] {
  return {
    version: facts.version,
    build_date: facts.buildDate,
    build_time: facts.buildTimeMs / 1000,
    build_user: facts.buildUser,
  };
}

function rolesOf(host: EngineHost, sight: Sight): Role[] {
  const { state, config } = host.engine;
  const shown = visibleState(state, sight);
  const weights = new Map(config.roles.map(({ name, weight }) => [name, weight]));
  const names = knownRoles(state, config.roles).filter((name) => sight.role(name));
  return names.map((name) => ({
    name,
    weight: weights.get(name) ?? 1,
    frameworks: [...shown.frameworks.values()]
      .filter((framework) => framework.roles.includes(name))
      .map(({ id }) => ({ value: id })),
    resources: writeResources(allocatedTo(state, name), { refined: true }),
  }));
}

function weightsOf(
  host: EngineHost,
  sight: Sight,
): { readonly weight: number; readonly role: string }[] {
  return host.engine.config.roles
    .filter(({ name }) => sight.role(name))
    .map(({ name, weight }) => ({ weight, role: name }));
}

function quotasOf(host: EngineHost, sight: Sight): ReturnType<typeof quotaStatus> {
  return quotaStatus(host.engine.config.roles.filter(({ name }) => sight.quota(name)));
}
