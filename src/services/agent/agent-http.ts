import type {
  HttpAnswer,
  HttpHandler,
  HttpReply,
  HttpRequest,
} from "../../runtime/ports/http-exchange.ts";

/** What the HTTP face reads from the agent. */
export interface AgentFace {
  readonly isRecovered: () => boolean;
  readonly isReady: () => boolean;
  readonly state: () => object;
  readonly flags: () => Readonly<Record<string, string>>;
  readonly version: string;
  readonly metrics: () => Promise<{ readonly text: string; readonly contentType: string }>;
}

const BODY_BYTES_MAX = 16 * 1024 * 1024;
const PREFIX = /^\/slave\(1\)(?=\/)/;

/**
 * The agent's HTTP face: health, metrics and reads in Mesos' shapes. Executors' and operators' calls are not served by
 * this version and say so.
 */
export class AgentHttp implements HttpHandler {
  readonly #face: AgentFace;

  constructor(face: AgentFace) {
    this.#face = face;
  }

  bodyBytesMax(): number {
    return BODY_BYTES_MAX;
  }

  async handle(request: HttpRequest): Promise<HttpAnswer> {
    const path = decodeURIComponent(request.path).replace(PREFIX, "");
    switch (path) {
      case "/health":
        return text(200, "");
      case "/healthz":
        return text(200, "ok\n");
      case "/readyz":
        return this.#face.isReady()
          ? text(200, "ok\n")
          : text(503, this.#face.isRecovered() ? "not registered\n" : "recovering\n");
      case "/metrics": {
        const { text: body, contentType } = await this.#face.metrics();
        return { kind: "reply", status: 200, headers: { "Content-Type": contentType }, body };
      }
      case "/version":
        return json(200, { version: this.#face.version });
      case "/api/v1":
      case "/api/v1/executor":
        return this.#api(request);
    }
    if (!this.#face.isRecovered()) return text(503, "Agent has not finished recovery");
    switch (path) {
      case "/state":
      case "/state.json":
        return json(200, this.#face.state());
      case "/flags":
        return json(200, { flags: this.#face.flags() });
      default:
        return text(404, "");
    }
  }

  #api(request: HttpRequest): HttpReply {
    if (!this.#face.isRecovered()) return text(503, "Agent has not finished recovery");
    if (request.method !== "POST") {
      return {
        ...text(
          405,
          `405 Method Not Allowed. Expecting one of { 'POST' }, but received '${request.method}'.`,
        ),
        headers: { Allow: "POST", "Content-Type": "text/plain" },
      };
    }
    return text(501, "this version of the agent serves no executor or operator calls");
  }
}

function text(status: number, body: string): HttpReply {
  return { kind: "reply", status, headers: { "Content-Type": "text/plain" }, body };
}

function json(status: number, body: object): HttpReply {
  const headers = { "Content-Type": "application/json" };
  return { kind: "reply", status, headers, body: JSON.stringify(body) };
}
