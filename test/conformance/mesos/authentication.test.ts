import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import { connect } from "node:net";
import { expect } from "chai";
import type { Authenticator, Verdict } from "../../../src/runtime/ports/authenticator.ts";
import { NO_RATE_LIMITS, type RateLimits } from "../../../src/domain/rate-limits/rate-limits.ts";
import { basic } from "../../support/http-request.ts";
import { knownCallers } from "../../support/mesos/known-callers.ts";
import { LinkAgent } from "../../support/mesos/link-agent.ts";
import { exchange, type HttpExchange } from "../../support/mesos/record-stream.ts";
import { SchedulerClient } from "../../support/mesos/scheduler-client.ts";
import { startTestMaster, type TestMaster } from "../../support/mesos/test-master.ts";

const JSON_TYPE = { "Content-Type": "application/json" };

describe("authentication over HTTP (SEC-01, MES-21)", () => {
  let master: TestMaster;
  let limits: RateLimits;

  beforeEach(async () => {
    limits = NO_RATE_LIMITS;
    master = await startTestMaster({
      parts: {
        authentication: knownCallers("marathon:secret\nother:secret"),
        rateLimits: () => limits,
        agentGate: (principal) => principal === undefined,
      },
    });
  });
  afterEach(() => master.stop());

  it("gives a framework without principal that of its credentials, and keeps others from its calls", async () => {
    const scheduler = await SchedulerClient.subscribe(master.port, {}, {}, basic("marathon"));
    const id = await scheduler.frameworkId();
    const { frameworks } = JSON.parse(
      (await exchange(master.port, "/frameworks", { method: "GET", headers: basic("other") })).body,
    ) as { frameworks: { principal: string }[] };
    expect(frameworks[0]?.principal).to.equal("marathon");
    const text =
      "Authenticated principal 'other' does not match principal 'marathon' set in `FrameworkInfo`";
    const stolen = await scheduler.call({ type: "REVIVE" }, basic("other"));
    expect([stolen.status, stolen.body]).to.deep.equal([400, text]);
    const framework_info = { user: "nobody", name: "renamed", id: { value: id } };
    const update = (principal?: string): Promise<HttpExchange> =>
      scheduler.call({
        type: "UPDATE_FRAMEWORK",
        update_framework: {
          framework_info: {
            ...framework_info,
            roles: ["*"],
            capabilities: [{ type: "MULTI_ROLE" }, { type: "PARTITION_AWARE" }],
            ...(principal === undefined ? {} : { principal }),
          },
        },
      });
    const mine = await update();
    expect([mine.status, mine.body]).to.deep.equal([200, ""]);
    const foreign = await update("other");
    expect([foreign.status, foreign.body]).to.deep.equal([
      400,
      "Failed to validate scheduler::Call: Authenticated principal 'marathon' does not match " +
        "principal 'other' set in `FrameworkInfo`",
    ]);
    scheduler.close();
  });

  it("subscribes a framework that proves its secret in two steps, and proves itself back", async () => {
    const bare = "n=marathon,r=fyko+d2lbbFgONRv9qkxdawL";
    const post = (authorization: string): Promise<HttpExchange> =>
      exchange(master.port, "/api/v1", {
        headers: { ...JSON_TYPE, Authorization: authorization },
        body: JSON.stringify({ type: "GET_HEALTH" }),
      });
    const data = (text: string): string => Buffer.from(text).toString("base64");
    const first = await post(
      `SCRAM-SHA-256 realm="mesos-master-readwrite", data=${data(`n,,${bare}`)}`,
    );
    expect(first.status).to.equal(401);
    const challenge = String(first.headers["www-authenticate"]);
    const [, sid = "", server = ""] = /^SCRAM-SHA-256 sid=(\S+),data=(\S+)$/.exec(challenge) ?? [];
    const serverFirst = Buffer.from(server, "base64").toString("utf8");
    const [nonce = "", salt = "", rounds = ""] = serverFirst.split(",").map((it) => it.slice(2));
    const salted = pbkdf2Sync("secret", Buffer.from(salt, "base64"), Number(rounds), 32, "sha256");
    const hmac = (key: Buffer, text: string): Buffer =>
      createHmac("sha256", key).update(text).digest();
    const clientKey = hmac(salted, "Client Key");
    const signed = `${bare},${serverFirst},c=biws,r=${nonce}`;
    const signature = hmac(createHash("sha256").update(clientKey).digest(), signed);
    const proof = Buffer.from(clientKey.map((byte, i) => byte ^ signature[i]!)).toString("base64");
    const second = await post(
      `SCRAM-SHA-256 sid=${sid}, data=${data(`c=biws,r=${nonce},p=${proof}`)}`,
    );
    expect(second.status).to.equal(200);
    const verifier = hmac(hmac(salted, "Server Key"), signed).toString("base64");
    expect(second.headers["authentication-info"]).to.equal(
      `sid=${sid},data=${data(`v=${verifier}`)}`,
    );
  });

  it("refuses to go on guessing after five wrong secrets", async () => {
    const ask = (secret: string): Promise<HttpExchange> =>
      exchange(master.port, "/state", { method: "GET", headers: basic("marathon", secret) });
    for (let i = 0; i < 5; i += 1) expect((await ask("guess")).status).to.equal(401);
    const held = await ask("secret");
    expect(held.status).to.equal(429);
    expect(Number(held.headers["retry-after"])).to.be.within(1, 12);
  });

  it("answers 429 with Retry-After to a principal that calls too often, to nobody else", async () => {
    limits = {
      principals: { marathon: { qps: 0.01, capacity: 2 } },
      aggregateDefault: undefined,
    };
    const ask = (who: string): Promise<HttpExchange> =>
      exchange(master.port, "/state", { method: "GET", headers: basic(who) });
    expect((await ask("marathon")).status).to.equal(200);
    expect((await ask("marathon")).status).to.equal(200);
    const slowDown = await ask("marathon");
    expect([slowDown.status, slowDown.body]).to.deep.equal([429, ""]);
    expect(Number(slowDown.headers["retry-after"])).to.be.within(98, 100);
    expect((await ask("other")).status).to.equal(200);
    const link = await LinkAgent.subscribe(master.port);
    await link.agentId();
    link.close();
  });

  it("applies the calls of a stream in their order, however long it takes to know each caller (MESOS-10023)", async () => {
    await master.stop();
    const waits: (() => void)[] = [];
    let isSlow = false;
    const known: Verdict = { kind: "known", principal: { value: "p", claims: {}, groups: [] } };
    const method: Authenticator = {
      challenge: () => "Slow",
      verify: () => (isSlow ? new Promise((resolve) => waits.push(() => resolve(known))) : known),
    };
    master = await startTestMaster({
      parts: { authentication: { isRequired: () => true, methods: () => [method] } },
    });
    const scheduler = await SchedulerClient.subscribe(master.port);
    const id = { value: await scheduler.frameworkId() };
    isSlow = true;
    const call = (name: string): string => {
      const framework_info = {
        user: "nobody",
        name,
        id,
        roles: ["*"],
        capabilities: [{ type: "MULTI_ROLE" }, { type: "PARTITION_AWARE" }],
      };
      const body = JSON.stringify({
        type: "UPDATE_FRAMEWORK",
        framework_id: id,
        update_framework: { framework_info },
      });
      return (
        `POST /api/v1/scheduler HTTP/1.1\r\nHost: m\r\nContent-Type: application/json\r\n` +
        `Mesos-Stream-Id: ${scheduler.streamId}\r\nContent-Length: ${body.length}\r\n\r\n${body}`
      );
    };
    const names = Array.from({ length: 20 }, (_, i) => `name-${i}`);
    // All on one connection at once, so that they arrive in this order.
    const socket = connect(master.port, "127.0.0.1", () => socket.write(names.map(call).join("")));
    let answers = "";
    const answered = new Promise<void>((resolve) => {
      socket.on("data", (data) => {
        answers += data.toString("latin1");
        if (answers.split("HTTP/1.1 200").length > names.length) resolve();
      });
    });
    while (waits.length < names.length) await new Promise((resolve) => setImmediate(resolve));
    const leadership = master.service.leadership();
    if (leadership.kind !== "leading") throw new Error("nobody leads");
    const seen: string[] = [];
    const nameNow = (): string | undefined =>
      [...leadership.host.engine.state.frameworks.values()][0]?.info.name;
    for (const wake of waits.toReversed()) {
      wake();
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(nameNow() ?? "");
    }
    await answered;
    // The first caller was known last: nothing was applied before it.
    expect(new Set(seen.slice(0, -1))).to.deep.equal(new Set(["test"]));
    expect(nameNow()).to.equal("name-19");
    socket.destroy();
    scheduler.close();
  });
});
