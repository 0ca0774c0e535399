import { expect } from "chai";
import { HealthServer } from "../../../src/adapters/health-server/health-server.ts";

describe("HealthServer", () => {
  let sick: string | undefined;
  let server: HealthServer;
  const read = async (path: string): Promise<readonly [number, string]> => {
    const answer = await fetch(`http://127.0.0.1:${server.port}${path}`);
    return [answer.status, await answer.text()];
  };

  beforeEach(async () => {
    sick = undefined;
    server = new HealthServer({
      address: "127.0.0.1",
      port: 0,
      checks: () => ({
        liveness: [{ name: "event-loop", failure: () => undefined }],
        readiness: [
          { name: "started", failure: () => undefined },
          { name: "caches", failure: () => sick },
        ],
      }),
      metrics: () => Promise.resolve({ text: "up 1\n", contentType: "text/plain" }),
    });
    await server.start();
  });
  afterEach(() => server.stop());

  it("says ok in one word, and names every check when asked", async () => {
    expect(await read("/healthz")).to.deep.equal([200, "ok\n"]);
    expect(await read("/readyz?verbose")).to.deep.equal([200, "[+]started ok\n[+]caches ok\n"]);
  });

  it("answers 503 and says why when a check fails; liveness is another matter", async () => {
    sick = "not synced: v1/Pod";
    const [status, text] = await read("/readyz");
    expect(status).to.equal(503);
    expect(text).to.contain("[-]caches: not synced: v1/Pod");
    expect((await read("/healthz"))[0]).to.equal(200);
  });

  it("exposes metrics when it was given some, and nothing else", async () => {
    expect(await read("/metrics")).to.deep.equal([200, "up 1\n"]);
    expect((await read("/"))[0]).to.equal(404);
  });
});
