import { expect } from "chai";
import type { Authenticator } from "../../../src/runtime/ports/authenticator.ts";
import { basic } from "../../support/http-request.ts";
import { knownCallers } from "../../support/mesos/known-callers.ts";
import { exchange, RecordStream } from "../../support/mesos/record-stream.ts";
import { SchedulerClient } from "../../support/mesos/scheduler-client.ts";
import { startTestMaster, type TestMaster } from "../../support/mesos/test-master.ts";

const JSON_TYPE = { "Content-Type": "application/json" };
const SUBSCRIBE = {
  type: "SUBSCRIBE",
  subscribe: { framework_info: { user: "u", name: "n", role: "*" } },
};

interface Row {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly want: readonly [number, string];
}

const leaderRows: Record<string, Row> = {
  "refuses other methods and names the right one": {
    method: "GET",
    want: [405, "405 Method Not Allowed. Expecting one of { 'POST' }, but received 'GET'."],
  },
  "asks for a content type": { body: "{}", want: [400, "Expecting 'Content-Type' to be present"] },
  "knows two content types": {
    headers: { "Content-Type": "text/plain" },
    body: "{}",
    want: [415, "Expecting 'Content-Type' of application/json or application/x-protobuf"],
  },
  "compares the content type as text": {
    headers: { "Content-Type": "application/json; charset=utf-8" },
    body: "{}",
    want: [415, "Expecting 'Content-Type' of application/json or application/x-protobuf"],
  },
  "refuses a body that is no protobuf": {
    headers: { "Content-Type": "application/x-protobuf" },
    body: "\u0001",
    want: [400, "Failed to parse body into Call protobuf"],
  },
  "refuses a body that is no JSON": {
    headers: JSON_TYPE,
    body: "not JSON",
    want: [
      400,
      "Failed to parse body into JSON: Unexpected token 'o', \"not JSON\" is not valid JSON",
    ],
  },
  "names missing fields by their path": {
    headers: JSON_TYPE,
    body: JSON.stringify({ type: "SUBSCRIBE", subscribe: { framework_info: { user: "u" } } }),
    want: [
      400,
      "Failed to convert JSON into Call protobuf: Missing required fields: subscribe.framework_info.name",
    ],
  },
  "asks for a type": {
    headers: JSON_TYPE,
    body: "{}",
    want: [400, "Failed to validate scheduler::Call: Expecting 'type' to be present"],
  },
  "takes an unknown type as none": {
    headers: JSON_TYPE,
    body: JSON.stringify({ type: "NOPE" }),
    want: [400, "Failed to validate scheduler::Call: Expecting 'type' to be present"],
  },
  "asks for the body of the call": {
    headers: JSON_TYPE,
    body: JSON.stringify({ type: "ACCEPT", framework_id: { value: "f" } }),
    want: [400, "Failed to validate scheduler::Call: Expecting 'accept' to be present"],
  },
  "asks for the framework id": {
    headers: JSON_TYPE,
    body: JSON.stringify({ type: "REVIVE" }),
    want: [400, "Failed to validate scheduler::Call: Expecting 'framework_id' to be present"],
  },
  "compares the ids of SUBSCRIBE": {
    headers: JSON_TYPE,
    body: JSON.stringify({
      type: "SUBSCRIBE",
      framework_id: { value: "a" },
      subscribe: { framework_info: { user: "u", name: "n", id: { value: "b" } } },
    }),
    want: [
      400,
      "Failed to validate scheduler::Call: 'framework_id' differs from 'subscribe.framework_info.id'",
    ],
  },
  "compares the ids of UPDATE_FRAMEWORK": {
    headers: JSON_TYPE,
    body: JSON.stringify({
      type: "UPDATE_FRAMEWORK",
      framework_id: { value: "a" },
      update_framework: { framework_info: { user: "u", name: "n", id: { value: "b" } } },
    }),
    want: [
      400,
      "Failed to validate scheduler::Call: 'framework_id' differs from 'update_framework.framework_info.id'",
    ],
  },
  "asks for a uuid of 16 bytes": {
    headers: JSON_TYPE,
    body: JSON.stringify({
      type: "ACKNOWLEDGE",
      framework_id: { value: "f" },
      acknowledge: { agent_id: { value: "a" }, task_id: { value: "t" }, uuid: "eA==" },
    }),
    want: [400, "Failed to validate scheduler::Call: Not a valid UUID: expected 16 bytes, got 1"],
  },
  "asks for the agent of an operation's acknowledgement": {
    headers: JSON_TYPE,
    body: JSON.stringify({
      type: "ACKNOWLEDGE_OPERATION_STATUS",
      framework_id: { value: "f" },
      acknowledge_operation_status: {
        operation_id: { value: "o" },
        uuid: "MDEyMzQ1Njc4OWFiY2RlZg==",
      },
    }),
    want: [400, "Failed to validate scheduler::Call: Expecting 'agent_id' to be present"],
  },
  "answers in JSON or protobuf only": {
    headers: { ...JSON_TYPE, Accept: "text/html" },
    body: JSON.stringify(SUBSCRIBE),
    want: [406, "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'"],
  },
  "takes no stream id with SUBSCRIBE": {
    headers: { ...JSON_TYPE, "Mesos-Stream-Id": "x" },
    body: JSON.stringify(SUBSCRIBE),
    want: [400, "Subscribe calls should not include the 'Mesos-Stream-Id' header"],
  },
  "does not know every framework": {
    headers: JSON_TYPE,
    body: JSON.stringify({ type: "REVIVE", framework_id: { value: "nobody" } }),
    want: [400, "Framework cannot be found"],
  },
};

describe("POST /api/v1/scheduler on the leader (API-01)", () => {
  let master: TestMaster;
  before(async () => {
    master = await startTestMaster();
  });
  after(() => master.stop());

  for (const [name, row] of Object.entries(leaderRows)) {
    it(name, async () => {
      const { status, body } = await exchange(master.port, "/api/v1/scheduler", {
        method: row.method ?? "POST",
        headers: row.headers ?? {},
        ...(row.body === undefined ? {} : { body: row.body }),
      });
      expect([status, body]).to.deep.equal(row.want);
    });
  }

  it("allows POST alone", async () => {
    const { headers } = await exchange(master.port, "/api/v1/scheduler", { method: "PUT" });
    expect(headers["allow"]).to.equal("POST");
  });

  it("serves the path below /master too", async () => {
    const { status } = await exchange(master.port, "/master/api/v1/scheduler", {
      headers: JSON_TYPE,
      body: "{}",
    });
    expect(status).to.equal(400);
  });

  it("refuses a body above 16 MiB", async () => {
    const { status } = await exchange(master.port, "/api/v1/scheduler", {
      headers: { ...JSON_TYPE, "Content-Length": String(17 * 1024 * 1024) },
      body: "",
    }).catch(() => ({ status: 413 }));
    expect(status).to.equal(413);
  });

  it("ties calls to the stream of the framework", async () => {
    const scheduler = await SchedulerClient.subscribe(master.port);
    const id = { value: await scheduler.frameworkId() };
    const call = (headers: Record<string, string>): ReturnType<typeof exchange> =>
      exchange(master.port, "/api/v1/scheduler", {
        headers: { ...JSON_TYPE, ...headers },
        body: JSON.stringify({ type: "REVIVE", framework_id: id }),
      });
    const without = await call({});
    expect([without.status, without.body]).to.deep.equal([
      400,
      "All non-subscribe calls should include the 'Mesos-Stream-Id' header",
    ]);
    const wrong = await call({ "Mesos-Stream-Id": "x" });
    expect([wrong.status, wrong.body]).to.deep.equal([
      400,
      "The stream ID 'x' included in this request didn't match the stream ID currently associated " +
        `with framework ID ${id.value}`,
    ]);
    const right = await call({ "Mesos-Stream-Id": scheduler.streamId });
    expect([right.status, right.body]).to.deep.equal([202, ""]);
    scheduler.close();
  });

  it("answers 403 to a framework whose stream is closed", async () => {
    const scheduler = await SchedulerClient.subscribe(master.port, { failover_timeout: 60 });
    await scheduler.frameworkId();
    scheduler.close();
    await scheduler.stream.until(() => scheduler.stream.isEnded || undefined, "end");
    let answer = await scheduler.call({ type: "REVIVE" });
    while (answer.status === 202) answer = await scheduler.call({ type: "REVIVE" });
    expect([answer.status, answer.body]).to.deep.equal([403, "Framework is not subscribed"]);
  });

  it("reads the lenient forms: ids as text, resources as text, no user (C15)", async () => {
    const stream = await RecordStream.open(
      master.port,
      "/api/v1/scheduler",
      JSON_TYPE,
      JSON.stringify({
        type: "SUBSCRIBE",
        framework_id: "my-own-id",
        subscribe: { framework_info: { name: "lenient", id: "my-own-id", user: null } },
      }),
    );
    const first = await stream.until(() => stream.events()[0], "first record");
    expect(first["subscribed"]).to.have.deep.property("framework_id", { value: "my-own-id" });
    stream.close();
  });
});

describe("POST /api/v1/scheduler elsewhere (MES-01)", () => {
  const standby = async (leader: string): Promise<TestMaster> =>
    startTestMaster({ leads: false, parts: { election: { leader: () => leader } } });

  it("redirects to the leader with port, path and query", async () => {
    const master = await standby("leader.example:5050_uuid");
    const answer = await exchange(master.port, "/api/v1/scheduler?a=b", { headers: JSON_TYPE });
    expect([answer.status, answer.headers.location]).to.deep.equal([
      307,
      "//leader.example:5050/api/v1/scheduler?a=b",
    ]);
    await master.stop();
  });

  it("answers 503 while nobody leads", async () => {
    const master = await standby("");
    const answer = await exchange(master.port, "/api/v1/scheduler", { headers: JSON_TYPE });
    expect([answer.status, answer.body]).to.deep.equal([503, "No leader elected"]);
    await master.stop();
  });

  it("answers 503 to /redirect while nobody leads", async () => {
    const master = await standby("");
    const answer = await exchange(master.port, "/redirect", { method: "GET" });
    expect([answer.status, answer.body]).to.deep.equal([503, "No leader elected"]);
    await master.stop();
  });

  it("answers 503 while it is elected and reads its registry", async () => {
    const master = await startTestMaster({ leads: false });
    const { port } = master;
    const elected = await startTestMaster({
      leads: false,
      parts: {
        advertised: { hostname: "localhost", ip: "127.0.0.1", port },
        election: { leader: () => `localhost:${port}_uuid` },
      },
    });
    const answer = await exchange(elected.port, "/api/v1/scheduler", { headers: JSON_TYPE });
    expect([answer.status, answer.body]).to.deep.equal([503, "Master has not finished recovery"]);
    await master.stop();
    await elected.stop();
  });

  it("answers health, version and flags itself, and redirects with /redirect", async () => {
    const master = await standby("leader.example:5050_uuid");
    for (const path of ["/health", "/version", "/flags", "/metrics/snapshot", "/master/health"]) {
      expect((await exchange(master.port, path, { method: "GET" })).status, path).to.equal(200);
    }
    const redirect = await exchange(master.port, "/redirect", { method: "GET" });
    expect([redirect.status, redirect.headers.location]).to.deep.equal([
      307,
      "//leader.example:5050",
    ]);
    expect((await exchange(master.port, "/redirect/x", { method: "GET" })).status).to.equal(404);
    expect((await exchange(master.port, "/state", { method: "GET" })).status).to.equal(307);
    await master.stop();
  });
});

describe("authentication of frameworks (SEC-01, MES-21)", () => {
  let master: TestMaster;
  before(async () => {
    master = await startTestMaster({
      parts: {
        authentication: knownCallers("alice:secret", { realms: ["mesos-master-scheduler"] }),
      },
    });
  });
  after(() => master.stop());

  it("asks for credentials first", async () => {
    for (const headers of [{}, basic("alice", "wrong"), basic("", "")]) {
      const answer = await exchange(master.port, "/api/v1/scheduler", { method: "GET", headers });
      expect(answer.status).to.equal(401);
      expect(answer.headers["www-authenticate"]).to.equal(
        'Basic realm="mesos-master-scheduler", SCRAM-SHA-256 realm="mesos-master-scheduler"',
      );
    }
  });

  it("refuses a FrameworkInfo of another principal", async () => {
    const answer = await exchange(master.port, "/api/v1/scheduler", {
      headers: { ...JSON_TYPE, ...basic("alice") },
      body: JSON.stringify({
        type: "SUBSCRIBE",
        subscribe: { framework_info: { user: "u", name: "n", principal: "bob" } },
      }),
    });
    expect([answer.status, answer.body]).to.deep.equal([
      400,
      "Failed to validate scheduler::Call: Authenticated principal 'alice' does not match principal " +
        "'bob' set in `FrameworkInfo`",
    ]);
  });

  it("answers 403 to claims without a value", async () => {
    const nameless: Authenticator = {
      challenge: () => "Claims",
      verify: () => ({
        kind: "known",
        principal: { value: undefined, claims: { sub: "x" }, groups: [] },
      }),
    };
    const claiming = await startTestMaster({
      parts: { authentication: { isRequired: () => true, methods: () => [nameless] } },
    });
    const answer = await exchange(claiming.port, "/api/v1/scheduler", { headers: JSON_TYPE });
    expect([answer.status, answer.body]).to.deep.equal([
      403,
      "The request's authenticated principal contains claims, but no value string. " +
        "The master currently requires that principals have a value",
    ]);
    await claiming.stop();
  });
});
