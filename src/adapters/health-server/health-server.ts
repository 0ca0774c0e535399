import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { reportHealth, type HealthCheck, type HealthChecks } from "../../runtime/manager/health.ts";
import type { Component } from "../../runtime/manager/manager.ts";

export interface HealthServerOptions {
  readonly address: string;
  /** 0: any free port. */
  readonly port: number;
  /** First asked when the first probe comes: what is checked may be made after the server. */
  readonly checks: () => HealthChecks;
  /** Given only on loopback: beyond it, metrics need the secure server. */
  readonly metrics?: Exposition;
}

/** The text a scraper reads. */
export type Exposition = () => Promise<{ readonly text: string; readonly contentType: string }>;

/** `/healthz`, `/readyz` (each with `?verbose`) and, on loopback, `/metrics`, over plain HTTP. */
export class HealthServer implements Component {
  readonly name = "health";
  readonly #options: HealthServerOptions;
  readonly #server: Server;

  constructor(options: HealthServerOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  /** The port it listens on, once started. */
  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : this.#options.port;
  }

  start(): Promise<void> {
    const { address, port } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, address, () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    const { checks, metrics } = this.#options;
    switch (pathname) {
      case "/healthz":
        sendReport(response, checks().liveness, searchParams.has("verbose"));
        return;
      case "/readyz":
        sendReport(response, checks().readiness, searchParams.has("verbose"));
        return;
      case "/metrics":
        if (metrics === undefined) break;
        await sendExposition(response, metrics);
        return;
    }
    response.writeHead(404).end();
  }
}

function sendReport(
  response: ServerResponse,
  checks: readonly HealthCheck[],
  verbose: boolean,
): void {
  const { healthy, checks: results } = reportHealth(checks);
  const lines = results.map(({ name, failure }) =>
    failure === undefined ? `[+]${name} ok` : `[-]${name}: ${failure}`,
  );
  const body = verbose || !healthy ? `${lines.join("\n")}\n` : "ok\n";
  response
    .writeHead(healthy ? 200 : 503, { "content-type": "text/plain; charset=utf-8" })
    .end(body);
}

/** Answers with the exposition; 500 when it cannot be made. */
export async function sendExposition(response: ServerResponse, metrics: Exposition): Promise<void> {
  try {
    const { text, contentType } = await metrics();
    response.writeHead(200, { "content-type": contentType }).end(text);
  } catch {
    response.writeHead(500).end();
  }
}
