import { startHttpServer, type HttpServerHandle } from "../adapters/http/http-server.ts";
import type { Component } from "../runtime/manager/manager.ts";
import type { HttpHandler } from "../runtime/ports/http-exchange.ts";
import type { Logger } from "../runtime/ports/logger.ts";

/** The HTTP interface of a process. It may be up before there is anything to serve, so that its port is known. */
export class HttpComponent implements Component {
  readonly name: string;
  readonly #logger: Logger;
  readonly #host: string | undefined;
  readonly #port: number;
  #handler: HttpHandler | undefined;
  #handle: HttpServerHandle | undefined;

  constructor(options: {
    readonly name: string;
    readonly logger: Logger;
    /** Absent: all addresses. */
    readonly host: string | undefined;
    /** 0: any free port. */
    readonly port: number;
  }) {
    this.name = options.name;
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
    if (this.#handle !== undefined) return;
    this.#handle = await startHttpServer({
      handler: {
        bodyBytesMax: (path) => this.#handler?.bodyBytesMax(path) ?? 0,
        handle: (request) =>
          this.#handler?.handle(request) ?? { kind: "reply", status: 503, headers: {}, body: "" },
      },
      logger: this.#logger,
      port: this.#port,
      ...(this.#host === undefined ? {} : { host: this.#host }),
    });
    this.#logger.info("The API is served.", { name: this.name, port: this.port });
  }

  async stop(): Promise<void> {
    await this.#handle?.close();
  }
}
