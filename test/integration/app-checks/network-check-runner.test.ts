import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { NetworkCheckRunner } from "../../../src/adapters/app-checks/network-check-runner.ts";
import { SystemClock } from "../../../src/adapters/system-clock/system-clock.ts";

describe("NetworkCheckRunner", () => {
  const runner = new NetworkCheckRunner(new SystemClock());
  let server: Server;
  let port: number;

  before(async () => {
    server = createServer((request, response) => {
      if (request.url === "/never") return;
      const status = Number(request.url?.slice(1) ?? 200);
      response.writeHead(status, status === 302 ? { location: "/500" } : {}).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    port = (server.address() as AddressInfo).port;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const check = (path: string, extra: object = {}) =>
    runner.run(
      { protocol: "HTTP", host: "127.0.0.1", port, path, timeoutMs: 500, ...extra },
      new AbortController().signal,
    );

  it("passes for 200 to 399 and does not follow redirects", async () => {
    expect(await check("/200")).to.deep.equal({ passed: true });
    expect(await check("/302")).to.deep.equal({ passed: true });
    expect(await check("/500")).to.deep.equal({ passed: false, cause: "HTTP 500" });
  });

  it("passes only for the codes that are asked for", async () => {
    expect(await check("/204", { statuses: [200] })).to.include({ passed: false });
    expect(await check("/503", { statuses: [503] })).to.include({ passed: true });
  });

  it("fails when nobody answers in time, and when nobody listens", async () => {
    expect(await check("/never", { timeoutMs: 50 })).to.deep.equal({
      passed: false,
      cause: "no answer within 50 ms",
    });
    expect(await check("/200", { port: 1 })).to.include({ passed: false });
  });

  it("connects for TCP", async () => {
    expect(await check("", { protocol: "TCP" })).to.deep.equal({ passed: true });
    expect(await check("", { protocol: "TCP", port: 1 })).to.include({ passed: false });
  });
});
