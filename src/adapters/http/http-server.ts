import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";

import type { HttpAnswer, HttpHandler, HttpReply } from "../../runtime/ports/http-exchange.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import { readBody } from "./request-body.ts";
import { ResponseSink } from "./response-sink.ts";

export interface HttpServerOptions {
  readonly handler: HttpHandler;
  readonly logger: Logger;
  /** Address to listen on; default all. */
  readonly host?: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly tls?: { readonly cert: string; readonly key: string; readonly clientCa?: string };
}

export interface HttpServerHandle {
  readonly port: number;
  /** Stops listening, ends idle connections, then those that are left. */
  close(): Promise<void>;
}

/** Longest silence of a client that is sending a request. */
const READ_IDLE_MS = 30_000;
/** Longer than clients keep idle connections, so that they, not we, end them: no request meets a closing socket. */
const KEEP_ALIVE_MS = 90_000;

const TIMES = { headersTimeout: READ_IDLE_MS, keepAliveTimeout: KEEP_ALIVE_MS, noDelay: true };

/** Serves the handler on a port; resolves when it listens. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServerHandle> {
  const { handler, logger, tls } = options;
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    serve(handler, request, response).catch((error: unknown) => {
      logger.error("a request failed", {
        error,
        method: request.method ?? "",
        path: request.url ?? "",
      });
      fail(response);
    });
  };
  const server =
    tls === undefined
      ? createServer(TIMES, onRequest)
      : createTlsServer(
          {
            ...TIMES,
            minVersion: "TLSv1.2",
            cert: tls.cert,
            key: tls.key,
            ...(tls.clientCa === undefined
              ? {}
              : { ca: tls.clientCa, requestCert: true, rejectUnauthorized: true }),
          },
          onRequest,
        );
  server.on("clientError", (_error, socket) => {
    if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
    else socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function serve(
  handler: HttpHandler,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const target = request.url ?? "/";
  const question = target.indexOf("?");
  const path = question < 0 ? target : target.slice(0, question);
  const query = question < 0 ? "" : target.slice(question + 1);
  const body = await readBody(request, handler.bodyBytesMax(path), READ_IDLE_MS);
  if (body === "tooLarge") {
    send(response, { kind: "reply", status: 413, headers: { Connection: "close" }, body: "" });
    return;
  }
  if (body === "aborted") return;
  const answer = await handler.handle({
    method: request.method ?? "GET",
    path,
    query,
    headers: plainHeaders(request),
    body,
    remoteAddress: (request.socket.remoteAddress ?? "").replace(/^::ffff:/, ""),
  });
  send(response, answer);
}

function plainHeaders(request: IncomingMessage): Record<string, string | undefined> {
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return headers;
}

function send(response: ServerResponse, answer: HttpAnswer): void {
  if (answer.kind === "reply") {
    sendReply(response, answer);
    return;
  }
  if (response.destroyed) return;
  response.writeHead(answer.status, answer.headers);
  response.flushHeaders();
  const sink = new ResponseSink(response);
  const { onClosed } = answer.open(sink);
  sink.onceClosed(onClosed);
}

function sendReply(response: ServerResponse, { status, headers, body }: HttpReply): void {
  const length = typeof body === "string" ? Buffer.byteLength(body) : body.length;
  response.writeHead(status, {
    ...(headers as Record<string, string | string[]>),
    "Content-Length": String(length),
  });
  response.end(body);
}

function fail(response: ServerResponse): void {
  if (response.headersSent) response.destroy();
  else sendReply(response, { kind: "reply", status: 500, headers: {}, body: "" });
}
