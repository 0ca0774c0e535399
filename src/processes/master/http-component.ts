import { startHttpServer, type HttpServerHandle } from "../../adapters/http/http-server.ts";
import type { Component } from "../../runtime/manager/manager.ts";
import type { HttpHandler } from "../../runtime/ports/http-exchange.ts";
import type { Logger } from "../../runtime/ports/logger.ts";

/** The master's HTTP interface: up before it leads, so that standbys redirect. */
export class HttpComponent implements Component {
  readonly name = "mesos-api";
  readonly #logger: Logger;
  readonly #host: string | undefined;
  readonly #port: number;
  #handler: HttpHandler | undefined;
  #handle: HttpServerHandle | undefined;

  constructor(options: {
    readonly logger: Logger;
    readonly host: string | undefined;
    readonly port: number;
  }) {
    this.#logger = options.logger;
    this.#host = options.host;
    this.#port = options.port;
  }

  /** The port it listens on, once started. */
  get port(): number {
    return this.#handle?.port ?? this.#port;
  }

  /** Given before the first request can come: what it serves knows the port. */
  serve(handler: HttpHandler): void {
    this.#handler = handler;
  }

  /** Listens; before `serve` every request is answered 503. Starting twice does nothing. */
  async start(): Promise<void> {
    this.#handle ??= await startHttpServer({
      handler: {
        bodyBytesMax: (path) => this.#handler?.bodyBytesMax(path) ?? 0,
        handle: (request) =>
          this.#handler?.handle(request) ?? { kind: "reply", status: 503, headers: {}, body: "" },
      },
      logger: this.#logger,
      port: this.#port,
      ...(this.#host === undefined ? {} : { host: this.#host }),
    });
  }

  async stop(): Promise<void> {
    await this.#handle?.close();
  }
}
