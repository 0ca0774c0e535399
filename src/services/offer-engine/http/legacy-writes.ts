import { decodeJson, type Decoded } from "../../../api/mesos/json-decode.ts";
import { MachineID } from "../../../api/mesos/common.ts";
import { Schedule } from "../../../api/mesos/maintenance.ts";
import type { MasterCall } from "../../../api/mesos/operator-call.ts";
import { WeightInfo } from "../../../api/mesos/master-info.ts";
import { QuotaRequest } from "../../../api/mesos/quota.ts";
import type { MessageType } from "../../../api/mesos/schema.ts";
import { isAllowed } from "../../../domain/mesos/weight-requests.ts";
import type { HttpReply, HttpRequest } from "../../../runtime/ports/http-exchange.ts";
import type { EngineHost } from "../serve/engine-host.ts";
import type { Leadership } from "./leadership.ts";
import { startMaintenance, stopMaintenance, updateSchedule } from "./maintenance-calls.ts";
import { checkLeading } from "./pipeline.ts";
import type { ReadCache } from "./read-cache.ts";
import { removeQuota, setQuota, updateWeights } from "./role-writes.ts";
import { textReply } from "./replies.ts";
import type { Visit } from "./visit.ts";

type Write = (host: EngineHost, visit: Visit, rest: string) => HttpReply | Promise<HttpReply>;

interface Writable {
  /** False: there is nothing to read, other methods are refused. */
  readonly isRead?: false;
  /** By method. */
  readonly writes: Readonly<Record<string, Write>>;
}

export interface LegacyWritesOptions {
  readonly leadership: () => Leadership;
  /** Emptied by every write. */
  readonly cache: Pick<ReadCache, "clear">;
}

/** What Mesos changes through its endpoints before `/api/v1` (spec/mesos.md section 9). */
export class LegacyWrites {
  readonly #options: LegacyWritesOptions;

  constructor(options: LegacyWritesOptions) {
    this.#options = options;
  }

  /** Undefined for endpoints that are only read, and for reads of the others. */
  handle(visit: Visit, path: string): HttpReply | Promise<HttpReply> | undefined {
    const { request } = visit;
    const { method } = request;
    const { leadership } = this.#options;
    const endpoint = endpointOf(path);
    const writable = endpoint === undefined ? undefined : WRITABLE[endpoint];
    if (endpoint === undefined || writable === undefined) return undefined;
    if (!isWrite(method, path)) return undefined;
    const leading = checkLeading(request, leadership());
    if (!leading.ok) return leading.reply;
    const write = writable.writes[method];
    if (write === undefined) {
      const reads = writable.isRead === false ? [] : ["GET"];
      return methodNotAllowed(method, [...reads, ...Object.keys(writable.writes)]);
    }
    return this.#write(write(leading.value, visit, path.slice(endpoint.length + 1)));
  }

  async #write(answer: HttpReply | Promise<HttpReply>): Promise<HttpReply> {
    const reply = await answer;
    this.#options.cache.clear();
    return reply;
  }
}

function endpointOf(path: string): string | undefined {
  return Object.keys(WRITABLE).find((it) => path === it || path.startsWith(`${it}/`));
}

/** Whether a request asks for a change: everything but reads of what can be read. */
export function isWrite(method: string, path: string): boolean {
  const writable = WRITABLE[endpointOf(path) ?? ""];
  if (writable === undefined) return false;
  return writable.isRead === false || (method !== "GET" && method !== "HEAD");
}

function methodNotAllowed(method: string, allowed: readonly string[]): HttpReply {
  const list = allowed.map((it) => `'${it}'`).join(", ");
  return textReply(
    405,
    `405 Method Not Allowed. Expecting one of { ${list} }, but received '${method}'.`,
    { Allow: allowed.join(", ") },
  );
}

const textOf = ({ body }: HttpRequest): string => new TextDecoder().decode(body);

type Parsed =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: string };

function parseJson(text: string): Parsed {
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error.message : String(error) };
  }
}

function decodeAll<T>(type: MessageType<T>, raw: readonly unknown[]): Decoded<T[]> {
  const items: T[] = [];
  for (const one of raw) {
    const decoded = decodeJson(type, one);
    if (!decoded.ok) return decoded;
    items.push(decoded.value);
  }
  return { ok: true, value: items };
}

/** @see mesos@1.11 src/master/weights_handler.cpp `update` */
const putWeights: Write = (host, visit) => {
  const text = textOf(visit.request);
  const parsed = parseJson(text);
  if (!parsed.ok || !Array.isArray(parsed.value)) {
    const why = parsed.ok ? "expected an array" : parsed.error;
    return textReply(400, `Failed to parse update weights request JSON ('${text}'): ${why}`);
  }
  const infos = decodeAll(WeightInfo, parsed.value);
  if (!infos.ok) {
    return textReply(
      400,
      `Failed to convert weights JSON array to protobuf ('${text}'): ${infos.error}`,
    );
  }
  return (
    visit.refusalOf(
      { type: "UPDATE_WEIGHTS", update_weights: { weight_infos: infos.value } },
      host,
    ) ?? updateWeights(host, infos.value)
  );
};

/** @see mesos@1.11 src/master/quota_handler.cpp `set` */
const postQuota: Write = (host, visit) => {
  const text = textOf(visit.request);
  const parsed = parseJson(text);
  if (!parsed.ok) {
    return textReply(400, `Failed to parse set quota request JSON '${text}': ${parsed.error}`);
  }
  const decoded = decodeJson(QuotaRequest, parsed.value);
  return decoded.ok
    ? (visit.refusalOf({ type: "SET_QUOTA", set_quota: { quota_request: decoded.value } }, host) ??
        setQuota(host, decoded.value))
    : textReply(400, `Failed to validate set quota request JSON '${text}': ${decoded.error}`);
};

/** The text itself when it is not percent-encoded as it should be. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The role is the rest of the path, slashes and all. @see mesos@1.11 src/master/quota_handler.cpp `remove` */
const deleteQuota: Write = (host, visit, rest) => {
  const { path } = visit.request;
  const role = decoded(rest);
  if (role === "") {
    return textReply(
      400,
      `Failed to parse remove quota request for path '${path}': expected 3 tokens, found 2 tokens`,
    );
  }
  if (!isAllowed(role, host.engine.config.rolesAllowed)) {
    return textReply(
      400,
      `Failed to validate remove quota request for path '${path}': Unknown role '${role}'`,
    );
  }
  return (
    visit.refusalOf({ type: "REMOVE_QUOTA", remove_quota: { role } }, host) ??
    removeQuota(host, role, ` for path '${path}'`)
  );
};

const postSchedule: Write = (host, visit) => {
  const read = readBody(visit.request, Schedule);
  if (!read.ok) return textReply(400, read.error);
  const schedule = read.value;
  return (
    visit.refusalOf(
      { type: "UPDATE_MAINTENANCE_SCHEDULE", update_maintenance_schedule: { schedule } },
      host,
    ) ?? updateSchedule(host, schedule)
  );
};

/** `/machine/down` and `/machine/up`: a JSON array of machines. */
function postMachines(
  change: (host: EngineHost, ids: readonly MachineID[]) => Promise<HttpReply>,
  callOf: (machines: MachineID[]) => MasterCall,
): Write {
  return (host, visit) => {
    const parsed = parseJson(textOf(visit.request));
    if (!parsed.ok) return textReply(400, `Failed to parse body into JSON: ${parsed.error}`);
    if (!Array.isArray(parsed.value)) return textReply(400, "Expecting a JSON array of machines");
    const ids = decodeAll(MachineID, parsed.value);
    if (!ids.ok) return textReply(400, ids.error);
    return visit.refusalOf(callOf(ids.value), host) ?? change(host, ids.value);
  };
}

function readBody<T>(request: HttpRequest, type: MessageType<T>): Decoded<T> {
  const parsed = parseJson(textOf(request));
  return parsed.ok
    ? decodeJson(type, parsed.value)
    : { ok: false, error: `Failed to parse body into JSON: ${parsed.error}` };
}

const WRITABLE: Readonly<Record<string, Writable>> = {
  "/weights": { writes: { PUT: putWeights } },
  "/maintenance/schedule": { writes: { POST: postSchedule } },
  "/machine/down": {
    isRead: false,
    writes: {
      POST: postMachines(startMaintenance, (machines) => ({
        type: "START_MAINTENANCE",
        start_maintenance: { machines },
      })),
    },
  },
  "/machine/up": {
    isRead: false,
    writes: {
      POST: postMachines(stopMaintenance, (machines) => ({
        type: "STOP_MAINTENANCE",
        stop_maintenance: { machines },
      })),
    },
  },
  "/quota": { writes: { POST: postQuota, DELETE: deleteQuota } },
};
