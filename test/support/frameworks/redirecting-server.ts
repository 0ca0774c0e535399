import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

export interface RedirectingServer {
  readonly port: number;
  /** Headers of each request, in order. */
  readonly seen: readonly IncomingHttpHeaders[];
  stop(): Promise<void>;
}

/** A master that does not lead: it sends every request on, as Mesos does, without a scheme. */
export function startRedirectingServer(leaderPort: () => number): Promise<RedirectingServer> {
  const seen: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers);
    request.resume();
    response.writeHead(307, { Location: `//127.0.0.1:${leaderPort()}${request.url ?? ""}` }).end();
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () =>
      resolve({
        port: (server.address() as AddressInfo).port,
        seen,
        stop: () =>
          new Promise((done) => {
            server.closeAllConnections();
            server.close(() => done());
          }),
      }),
    );
  });
}
