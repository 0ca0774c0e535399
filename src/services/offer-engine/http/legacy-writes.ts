import { decodeJson, type Decoded } from "../../../api/mesos/json-decode.ts";
import { MachineID } from "../../../api/mesos/common.ts";
import { Schedule } from "../../../api/mesos/maintenance.ts";
import { WeightInfo } from "../../../api/mesos/master-info.ts";
import { QuotaRequest } from "../../../api/mesos/quota.ts";
import type { MessageType } from "../../../api/mesos/schema.ts";
import { isAllowed } from "../../../domain/mesos/weight-requests.ts";
import type { HttpReply, HttpRequest } from "../../../runtime/ports/http-exchange.ts";
import type { EngineHost } from "../serve/engine-host.ts";
import { authenticate, type AuthenticationRules } from "./authentication.ts";
import type { Leadership } from "./leadership.ts";
import { startMaintenance, stopMaintenance, updateSchedule } from "./maintenance-calls.ts";
import { checkLeading } from "./pipeline.ts";
import type { ReadCache } from "./read-cache.ts";
import { removeQuota, setQuota, updateWeights } from "./role-writes.ts";
import { textReply } from "./replies.ts";

type Write = (
  host: EngineHost,
  request: HttpRequest,
  rest: string,
) => HttpReply | Promise<HttpReply>;

interface Writable {
  /** False: there is nothing to read, other methods are refused. */
  readonly isRead?: false;
  /** By method. */
  readonly writes: Readonly<Record<string, Write>>;
}

export interface LegacyWritesOptions {
  readonly leadership: () => Leadership;
  readonly authentication: AuthenticationRules;
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
  handle(request: HttpRequest, path: string): HttpReply | Promise<HttpReply> | undefined {
    const endpoint = Object.keys(WRITABLE).find((it) => path === it || path.startsWith(`${it}/`));
    const writable = endpoint === undefined ? undefined : WRITABLE[endpoint];
    if (endpoint === undefined || writable === undefined) return undefined;
    const { method } = request;
    const { leadership, authentication } = this.#options;
    if (writable.isRead !== false && (method === "GET" || method === "HEAD")) return undefined;
    const who = authenticate(request, "mesos-master-readwrite", authentication);
    if (!who.ok) return who.reply;
    const leading = checkLeading(request, leadership());
    if (!leading.ok) return leading.reply;
    const write = writable.writes[method];
    if (write === undefined) {
      const reads = writable.isRead === false ? [] : ["GET"];
      return methodNotAllowed(method, [...reads, ...Object.keys(writable.writes)]);
    }
    return this.#write(write(leading.value, request, path.slice(endpoint.length + 1)));
  }

  async #write(answer: HttpReply | Promise<HttpReply>): Promise<HttpReply> {
    const reply = await answer;
    this.#options.cache.clear();
    return reply;
  }
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
const putWeights: Write = (host, request) => {
  const text = textOf(request);
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
  return updateWeights(host, infos.value);
};

/** @see mesos@1.11 src/master/quota_handler.cpp `set` */
const postQuota: Write = (host, request) => {
  const text = textOf(request);
  const parsed = parseJson(text);
  if (!parsed.ok) {
    return textReply(400, `Failed to parse set quota request JSON '${text}': ${parsed.error}`);
  }
  const decoded = decodeJson(QuotaRequest, parsed.value);
  return decoded.ok
    ? setQuota(host, decoded.value)
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
const deleteQuota: Write = (host, { path }, rest) => {
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
  return removeQuota(host, role, ` for path '${path}'`);
};

const postSchedule: Write = (host, request) => {
  const read = readBody(request, Schedule);
  return read.ok ? updateSchedule(host, read.value) : textReply(400, read.error);
};

/** `/machine/down` and `/machine/up`: a JSON array of machines. */
function postMachines(
  change: (host: EngineHost, ids: readonly MachineID[]) => Promise<HttpReply>,
): Write {
  return (host, request) => {
    const parsed = parseJson(textOf(request));
    if (!parsed.ok) return textReply(400, `Failed to parse body into JSON: ${parsed.error}`);
    if (!Array.isArray(parsed.value)) return textReply(400, "Expecting a JSON array of machines");
    const ids = decodeAll(MachineID, parsed.value);
    return ids.ok ? change(host, ids.value) : textReply(400, ids.error);
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
  "/machine/down": { isRead: false, writes: { POST: postMachines(startMaintenance) } },
  "/machine/up": { isRead: false, writes: { POST: postMachines(stopMaintenance) } },
  "/quota": { writes: { POST: postQuota, DELETE: deleteQuota } },
};
