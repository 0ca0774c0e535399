import type { Dispatcher } from "undici";
import { isOperatingError, type OperatingError } from "../../api/errors/operating-error.ts";
import { deadline, sleep, type Clock } from "../../runtime/ports/clock.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import type { Random } from "../../runtime/ports/random.ts";
import type { ClusterAccess } from "./access.ts";
import type { ClientMetrics } from "./client-metrics.ts";
import type { Connections } from "./connections.ts";
import { fromKubernetes, fromStatus, type KubeStatus } from "./errors.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import { parseRetryAfter, retryDelayMs, type Repeatable } from "./retry.ts";
import { WarningLog } from "./warning-log.ts";

const HEADERS_TIMEOUT_MS = 10_000;
const LIST_HEADERS_TIMEOUT_MS = 60_000;

export type Verb = "get" | "list" | "watch" | "create" | "apply" | "patch" | "delete" | "log";

export interface ApiCall {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly verb: Verb;
  /** With query. */
  readonly path: string;
  readonly accept?: string;
  readonly contentType?: string;
  readonly body?: string;
  readonly repeatable: Repeatable;
  /** Each try ends after this time; writes have it so that none outlives the leader's fence. */
  readonly timeoutMs?: number;
  /** A stream: its own socket, and silence is not an error. */
  readonly stream?: boolean;
  readonly signal: AbortSignal;
}

export interface ApiClientParts {
  readonly access: ClusterAccess;
  readonly connections: Connections;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: ClientMetrics;
  readonly userAgent: string;
  readonly limiter?: RateLimiter;
}

/** One HTTP exchange with the API server by the rules of the house: credentials, timeouts, retries, errors, metrics. */
export class ApiClient {
  readonly #parts: ApiClientParts;
  readonly #warnings: WarningLog;
  readonly #pathPrefix: string;

  constructor(parts: ApiClientParts) {
    this.#parts = parts;
    this.#warnings = new WarningLog(parts.logger, parts.metrics);
    this.#pathPrefix = new URL(parts.access.server).pathname.replace(/\/$/, "");
  }

  /** The answer's JSON. @throws {OperatingError} KUBE_…; the signal's reason when it aborted. */
  async json<T>(call: ApiCall): Promise<T> {
    return this.#repeat(call, async (signal) => {
      const answer = await this.#exchange(call, signal);
      const text = await answer.body.text();
      return JSON.parse(text) as T;
    });
  }

  /** The answer's bytes as they come, after a successful status. */
  async stream(call: ApiCall): Promise<AsyncIterable<Uint8Array>> {
    return this.#repeat(call, async (signal) => (await this.#exchange(call, signal)).body);
  }

  async #repeat<R>(call: ApiCall, once: (signal: AbortSignal) => Promise<R>): Promise<R> {
    const { clock, random, metrics, access, limiter } = this.#parts;
    let refreshed = false;
    for (let retries = 0; ;) {
      call.signal.throwIfAborted();
      const waitedMs = (await limiter?.pass(call.signal)) ?? 0;
      if (waitedMs > 0) metrics.waitedForRate(call.verb, waitedMs / 1_000);
      const startedMs = clock.monotonicMs();
      let failure: OperatingError;
      try {
        const result = await this.#once(call, once);
        metrics.took(call.verb, (clock.monotonicMs() - startedMs) / 1_000);
        return result;
      } catch (error) {
        call.signal.throwIfAborted();
        failure = fromKubernetes(call, error);
      }
      if (failure.code === "KUBE_UNAUTHORIZED" && !refreshed) {
        refreshed = true;
        await access.refresh();
        continue;
      }
      const delayMs = retryDelayOf(failure, call, retries, random.next());
      if (delayMs === undefined) throw failure;
      retries += 1;
      metrics.retried(statusLabel(failure), call.verb);
      await sleep(clock, delayMs, call.signal);
    }
  }

  async #once<R>(call: ApiCall, once: (signal: AbortSignal) => Promise<R>): Promise<R> {
    if (call.timeoutMs === undefined) return once(call.signal);
    const limit = deadline(this.#parts.clock, call.timeoutMs, call.signal);
    try {
      return await once(limit.signal);
    } finally {
      limit.done();
    }
  }

  async #exchange(call: ApiCall, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const { connections, metrics, access, clock, userAgent } = this.#parts;
    const { authorization } = access.credentials();
    const headers: Record<string, string> = {
      "user-agent": userAgent,
      accept: call.accept ?? "application/json",
    };
    if (authorization !== undefined) headers["authorization"] = authorization;
    if (call.body !== undefined) headers["content-type"] = call.contentType ?? "application/json";
    const dispatcher = call.stream === true ? connections.watches() : connections.calls();
    let answer: Dispatcher.ResponseData;
    try {
      answer = await dispatcher.request({
        origin: originOf(access.server),
        method: call.method,
        path: this.#pathPrefix + call.path,
        headers,
        body: call.body ?? null,
        signal,
        headersTimeout: call.verb === "list" ? LIST_HEADERS_TIMEOUT_MS : HEADERS_TIMEOUT_MS,
        ...(call.stream === true ? { bodyTimeout: 0 } : {}),
      });
    } catch (error) {
      metrics.answered("<error>", call.method);
      throw error;
    }
    metrics.answered(String(answer.statusCode), call.method);
    const warning = answer.headers["warning"];
    if (warning !== undefined) this.#warnings.note(warning);
    if (answer.statusCode < 300) return answer;
    const retryAfterMs = parseRetryAfter(oneHeader(answer.headers["retry-after"]), clock.nowMs());
    const status = await readStatus(answer);
    throw fromStatus(call, answer.statusCode, status, retryAfterMs);
  }
}

const origins = new Map<string, string>();
function originOf(server: string): string {
  let origin = origins.get(server);
  if (origin === undefined) {
    origin = new URL(server).origin;
    origins.set(server, origin);
  }
  return origin;
}

function oneHeader(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

async function readStatus(answer: Dispatcher.ResponseData): Promise<KubeStatus> {
  const text = await answer.body.text();
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    // Proxies and the server's own mux answer in plain text.
    return { message: text.trim().slice(0, 200) };
  }
}

function statusLabel(failure: OperatingError): string {
  const { statusCode } = failure.details;
  return typeof statusCode === "number" ? String(statusCode) : "<error>";
}

function retryDelayOf(
  failure: OperatingError,
  call: ApiCall,
  retries: number,
  chance: number,
): number | undefined {
  const { statusCode, retryAfterMs } = failure.details;
  if ((statusCode === 429 || statusCode === 503) && typeof retryAfterMs === "number") {
    return retryDelayMs({ kind: "throttled", retryAfterMs }, call.repeatable, retries, chance);
  }
  if (isOperatingError(failure, "KUBE_UNAVAILABLE") && statusCode === undefined) {
    return retryDelayMs({ kind: "reset" }, call.repeatable, retries, chance);
  }
  return undefined;
}
