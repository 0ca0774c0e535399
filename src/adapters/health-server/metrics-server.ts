import { watch, type FSWatcher } from "node:fs";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { Component } from "../../runtime/manager/manager.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import type { Counter, Meter } from "../../runtime/ports/meter.ts";
import { sendExposition, type Exposition } from "./health-server.ts";

/** Decides whether the bearer of a token may read a path that is no resource. */
export interface TokenAuthorizer {
  isAllowed(
    token: string,
    path: string,
    signal: AbortSignal,
  ): Promise<"yes" | "forbidden" | "unknown">;
}

export interface MetricsServerOptions {
  readonly address: string;
  readonly port: number;
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly metrics: Exposition;
  readonly authorizer: TokenAuthorizer;
  readonly logger: Logger;
  readonly meter: Meter;
}

/** `/metrics` over HTTPS for bearers whom the cluster lets read it. Follows its certificate when the files change. */
export class MetricsServer implements Component {
  readonly name = "metrics";
  readonly #options: MetricsServerOptions;
  readonly #reads: Counter;
  readonly #readErrors: Counter;
  readonly #ended = new AbortController();
  #server: Server | undefined;
  #watcher: FSWatcher | undefined;

  constructor(options: MetricsServerOptions) {
    this.#options = options;
    this.#reads = options.meter.counter({
      name: "certwatcher_read_certificate_total",
      help: "Total number of certificate reads.",
      stability: "stable",
    });
    this.#readErrors = options.meter.counter({
      name: "certwatcher_read_certificate_errors_total",
      help: "Total number of certificate read errors.",
      stability: "stable",
    });
  }

  get port(): number {
    const address = this.#server?.address();
    return typeof address === "object" && address !== null ? address.port : this.#options.port;
  }

  async start(): Promise<void> {
    const { address, port, certificateFile } = this.#options;
    const server = createServer(await this.#readCertificate(), (request, response) => {
      void this.#answer(request, response);
    });
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, address, resolve);
    });
    this.#watcher = watch(certificateFile, { persistent: false }, () => void this.#renew());
  }

  async stop(): Promise<void> {
    this.#ended.abort();
    this.#watcher?.close();
    const server = this.#server;
    if (server === undefined) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  async #readCertificate(): Promise<{ readonly cert: string; readonly key: string }> {
    const { certificateFile, keyFile } = this.#options;
    this.#reads.add();
    const [cert, key] = await Promise.all([
      readFile(certificateFile, "utf8"),
      readFile(keyFile, "utf8"),
    ]);
    return { cert, key };
  }

  /** A half-written pair is refused by TLS; the old one stays until both files are there. */
  async #renew(): Promise<void> {
    try {
      this.#server?.setSecureContext(await this.#readCertificate());
    } catch (error) {
      this.#readErrors.add();
      this.#options.logger.warn("The metrics certificate could not be read.", { error });
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? "/", "https://localhost");
    if (pathname !== "/metrics") {
      response.writeHead(404).end();
      return;
    }
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1];
    const verdict = token === undefined ? "unknown" : await this.#judge(token, pathname);
    if (verdict === "yes") await sendExposition(response, this.#options.metrics);
    else response.writeHead(verdict === "forbidden" ? 403 : 401).end();
  }

  async #judge(token: string, path: string): Promise<"yes" | "forbidden" | "unknown"> {
    try {
      return await this.#options.authorizer.isAllowed(token, path, this.#ended.signal);
    } catch (error) {
      this.#options.logger.warn("A reader of metrics could not be checked.", { error });
      return "forbidden";
    }
  }
}
