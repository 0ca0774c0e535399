import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import {
  connectKubernetes,
  type KubeConnection,
} from "../../../src/adapters/kubernetes/connect.ts";
import type { ConnectOptions } from "../../../src/adapters/kubernetes/connect.ts";
import type { ClusterAccess } from "../../../src/adapters/kubernetes/access.ts";
import { SystemClock } from "../../../src/adapters/system-clock/system-clock.ts";
import { RecordingLogger } from "../recording-logger.ts";
import { RecordingMeter } from "../recording-meter.ts";
import { SeededRandom } from "../seeded-random.ts";

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}
export type Answer = (response: ServerResponse, request: SeenRequest) => void;

/** An HTTP server that answers request by request as the test says; the last answer repeats. */
export class ScriptedServer {
  readonly requests: SeenRequest[] = [];
  readonly logger = new RecordingLogger();
  readonly meter = new RecordingMeter();
  tokens = 0;
  #answers: Answer[] = [];
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly #connections: KubeConnection[] = [];

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  /** The script; forgets what was seen before. */
  answers(...answers: Answer[]): void {
    this.#answers = answers;
    this.requests.length = 0;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  /** A transport to this server; its token is `token-N`, N growing with each refresh. */
  connect(options: Partial<ConnectOptions> = {}): KubeConnection {
    const access: ClusterAccess = {
      server: `http://127.0.0.1:${this.port}`,
      namespace: "default",
      credentials: () => ({ authorization: `Bearer token-${this.tokens}`, tls: {} }),
      refresh: () => {
        this.tokens += 1;
        return Promise.resolve();
      },
    };
    const connection = connectKubernetes({
      access,
      clock: new SystemClock(),
      random: new SeededRandom(1),
      logger: this.logger,
      meter: this.meter,
      process: "test",
      version: "1.2.3",
      ...options,
    });
    this.#connections.push(connection);
    return connection;
  }

  async stop(): Promise<void> {
    for (const connection of this.#connections) await connection.close();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const url = new URL(request.url ?? "/", "http://localhost");
    const seen: SeenRequest = {
      method: request.method ?? "",
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body,
    };
    this.requests.push(seen);
    const answer = this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0];
    answer?.(response, seen);
  }
}

export function sendJson(value: object, headers: Record<string, string> = {}): Answer {
  return (response) => response.writeHead(200, headers).end(JSON.stringify(value));
}

/** An error as the API server words it. */
export function refuse(
  code: number,
  reason: string,
  options: { readonly headers?: Record<string, string>; readonly details?: object } = {},
): Answer {
  const status = {
    kind: "Status",
    apiVersion: "v1",
    status: "Failure",
    code,
    reason,
    message: `${reason} (by the test)`,
    details: options.details ?? {},
  };
  return (response) => response.writeHead(code, options.headers ?? {}).end(JSON.stringify(status));
}

/** Breaks the connection without an answer. */
export const reset: Answer = (response) => response.socket?.destroy();

/** Never answers. */
export const hang: Answer = () => undefined;
