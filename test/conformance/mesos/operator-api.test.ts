import { expect } from "chai";
import { asId, type AgentId } from "../../../src/api/ids/ids.ts";
import type { RecordVersion } from "../../../src/services/offer-engine/ports.ts";
import type { EngineHost } from "../../../src/services/offer-engine/serve/engine-host.ts";
import { until } from "../../cluster/host/until.ts";
import { LinkAgent } from "../../support/mesos/link-agent.ts";
import { MemoryRegistry } from "../../support/mesos/memory-registry.ts";
import { exchange, type HttpExchange } from "../../support/mesos/record-stream.ts";
import { SchedulerClient } from "../../support/mesos/scheduler-client.ts";
import { startTestMaster, type TestMaster } from "../../support/mesos/test-master.ts";
import { MasterInUse } from "../../support/mesos/use-master.ts";

describe("POST /api/v1 (NFR-17)", () => {
  let master: TestMaster;
  let agent: LinkAgent;
  let agentId: string;
  const open: { close(): void }[] = [];

  beforeEach(async () => {
    master = await startTestMaster({ config: { roles: [{ name: "web", weight: 2 }] } });
    agent = await LinkAgent.subscribe(master.port);
    open.push(agent);
    agentId = await agent.agentId();
  });
  afterEach(async () => {
    for (const one of open.splice(0)) one.close();
    await master.stop();
  });

  const call = (body: Record<string, unknown>): Promise<HttpExchange> =>
    exchange(master.port, "/api/v1", {
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  const host = (): EngineHost => {
    const leadership = master.service.leadership();
    if (leadership.kind !== "leading") throw new Error("nobody leads");
    return leadership.host;
  };
  const read = async (type: string): Promise<Record<string, unknown>> =>
    JSON.parse((await call({ type })).body) as Record<string, unknown>;

  const reads = [
    "GET_HEALTH",
    "GET_FLAGS",
    "GET_VERSION",
    "GET_METRICS",
    "GET_LOGGING_LEVEL",
    "GET_STATE",
    "GET_AGENTS",
    "GET_FRAMEWORKS",
    "GET_EXECUTORS",
    "GET_OPERATIONS",
    "GET_TASKS",
    "GET_ROLES",
    "GET_WEIGHTS",
    "GET_MASTER",
    "GET_MAINTENANCE_STATUS",
    "GET_MAINTENANCE_SCHEDULE",
    "GET_QUOTA",
  ];
  for (const type of reads) {
    it(`answers ${type} with its type and its part`, async () => {
      const answer = await call({ type, ...(type === "GET_METRICS" ? { get_metrics: {} } : {}) });
      expect(answer.status).to.equal(200);
      expect(answer.headers["content-type"]).to.equal("application/json");
      const body = JSON.parse(answer.body) as Record<string, unknown>;
      expect(Object.keys(body)).to.deep.equal(["type", type.toLowerCase()]);
    });
  }

  it("shows agents and weights", async () => {
    const { get_agents } = (await read("GET_AGENTS")) as {
      get_agents: { agents: { agent_info: { hostname: string }; active: boolean }[] };
    };
    expect(
      get_agents.agents.map(({ agent_info, active }) => [agent_info.hostname, active]),
    ).to.deep.equal([["agent-1", true]]);
    expect((await read("GET_WEIGHTS"))["get_weights"]).to.deep.equal({
      weight_infos: [{ weight: 2, role: "web" }],
    });
  });

  const refusals: Record<string, readonly [Record<string, unknown>, number, string]> = {
    "a call without type": [
      {},
      400,
      "Failed to validate master::Call: Expecting 'type' to be present",
    ],
    "a call without its body": [
      { type: "TEARDOWN" },
      400,
      "Failed to validate master::Call: Expecting 'teardown' to be present",
    ],
    "an unknown framework": [
      { type: "TEARDOWN", teardown: { framework_id: { value: "x" } } },
      400,
      "No framework found with specified ID",
    ],
    "an unknown agent to be marked gone": [
      { type: "MARK_AGENT_GONE", mark_agent_gone: { agent_id: { value: "x" } } },
      404,
      "Agent 'x' not found",
    ],
    "an unknown type": [
      { type: "NOPE" },
      400,
      "Failed to validate master::Call: Expecting 'type' to be present",
    ],
    "an unknown agent to be deactivated": [
      { type: "DEACTIVATE_AGENT", deactivate_agent: { agent_id: { value: "x" } } },
      400,
      "Unknown agent",
    ],
    "an unknown agent to be reactivated": [
      { type: "REACTIVATE_AGENT", reactivate_agent: { agent_id: { value: "x" } } },
      400,
      "Unknown agent",
    ],
    "an unknown agent to be drained": [
      { type: "DRAIN_AGENT", drain_agent: { agent_id: { value: "x" } } },
      400,
      "Unknown agent",
    ],
    "what it does not serve": [
      { type: "LIST_FILES", list_files: { path: "/" } },
      501,
      "LIST_FILES is not served by this master",
    ],
  };
  for (const [name, [body, status, text]] of Object.entries(refusals)) {
    it(`refuses ${name}`, async () => {
      const answer = await call(body);
      expect([answer.status, answer.body]).to.deep.equal([status, text]);
    });
  }

  it("refuses an agent that cannot drain to be drained (HA-16)", async () => {
    const answer = await call({
      type: "DRAIN_AGENT",
      drain_agent: { agent_id: { value: agentId } },
    });
    expect([answer.status, answer.body]).to.deep.equal([
      400,
      `Agent ${agentId} is not capable of draining`,
    ]);
  });

  it("drains an agent that can: it is told, and takes no more tasks (HA-16)", async () => {
    const able = await LinkAgent.subscribe(master.port, {
      hostname: "agent-2",
      capabilities: ["MULTI_ROLE", "AGENT_DRAINING"],
    });
    open.push(able);
    const agent_id = { value: await able.agentId() };
    const drain_agent = { agent_id, max_grace_period: { seconds: 5 }, mark_gone: true };
    const answer = await call({ type: "DRAIN_AGENT", drain_agent });
    expect([answer.status, answer.body]).to.deep.equal([200, ""]);
    expect(await able.event("DRAIN")).to.include({ max_grace_period_ms: 5000, mark_gone: true });
    const reactivate = { type: "REACTIVATE_AGENT", reactivate_agent: { agent_id } };
    expect((await call(reactivate)).body).to.equal("Agent is still in the DRAINING state");
  });

  it("tells an agent that it may work again (HA-16)", async () => {
    const agent_id = { value: agentId };
    await call({ type: "DEACTIVATE_AGENT", deactivate_agent: { agent_id } });
    const answer = await call({ type: "REACTIVATE_AGENT", reactivate_agent: { agent_id } });
    expect([answer.status, answer.body]).to.deep.equal([200, ""]);
    // It is told so when it subscribes, too.
    const told = (): number => agent.events().filter((it) => it.type === "REACTIVATE").length;
    await agent.stream.until(() => told() === 2 || undefined, "REACTIVATE after the order");
  });

  it("ends a framework by TEARDOWN (MES-18)", async () => {
    const scheduler = await SchedulerClient.subscribe(master.port, { failover_timeout: 60 });
    open.push(scheduler);
    const framework_id = { value: await scheduler.frameworkId() };
    const answer = await call({ type: "TEARDOWN", teardown: { framework_id } });
    expect([answer.status, answer.body]).to.deep.equal([200, ""]);
    await scheduler.stream.until(() => scheduler.stream.isEnded || undefined, "end");
  });

  it("asks for POST, a content type, a body and an Accept as the scheduler API does", async () => {
    const json = { "Content-Type": "application/json" };
    const ask = async (
      headers: Record<string, string>,
      body = "{}",
      method = "POST",
    ): Promise<[number, string]> => {
      const answer = await exchange(master.port, "/api/v1", { method, headers, body });
      return [answer.status, answer.body];
    };
    expect(await ask({}, "", "PUT")).to.deep.equal([
      405,
      "405 Method Not Allowed. Expecting one of { 'POST' }, but received 'PUT'.",
    ]);
    expect(await ask({})).to.deep.equal([400, "Expecting 'Content-Type' to be present"]);
    expect((await ask({ "Content-Type": "text/plain" }))[0]).to.equal(415);
    expect((await ask(json, "["))[1]).to.match(/^Failed to parse body into JSON: /);
    expect(await ask(json, '{"type":"TEARDOWN","teardown":{}}')).to.deep.equal([
      400,
      "Failed to convert JSON into Call protobuf: Missing required fields: teardown.framework_id",
    ]);
    expect(await ask({ ...json, Accept: "text/html" }, '{"type":"GET_HEALTH"}')).to.deep.equal([
      406,
      "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'",
    ]);
  });

  it("takes an agent out of the offers and back in (MES-03)", async () => {
    const id = { agent_id: { value: agentId } };
    expect((await call({ type: "REACTIVATE_AGENT", reactivate_agent: id })).body).to.equal(
      "Agent is not deactivated",
    );
    expect((await call({ type: "DEACTIVATE_AGENT", deactivate_agent: id })).status).to.equal(200);
    const scheduler = await SchedulerClient.subscribe(master.port);
    open.push(scheduler);
    await scheduler.frameworkId();
    expect(scheduler.events().some(({ type }) => type === "OFFERS")).to.equal(false);
    expect((await call({ type: "REACTIVATE_AGENT", reactivate_agent: id })).status).to.equal(200);
    await scheduler.offer();
  });

  it("takes orders for an agent that is unreachable, as for one that is there (HA-16)", async () => {
    const lost = "old-S0";
    const { state } = host().engine;
    state.unreachable.set(asId<AgentId>(lost), {
      id: asId(lost),
      info: { hostname: "lost" },
      nodeUid: undefined,
      deactivatedByOperator: false,
      draining: undefined,
      sinceMs: 1,
    });
    const agent_id = { value: lost };
    const deactivate = { type: "DEACTIVATE_AGENT", deactivate_agent: { agent_id } };
    const reactivate = { type: "REACTIVATE_AGENT", reactivate_agent: { agent_id } };
    const drain = {
      type: "DRAIN_AGENT",
      drain_agent: { agent_id, max_grace_period: { seconds: 5 } },
    };
    const answers = [];
    for (const body of [reactivate, deactivate, reactivate, drain, reactivate]) {
      const { status, body: text } = await call(body);
      answers.push([status, text]);
    }
    expect(answers).to.deep.equal([
      [400, "Agent is not deactivated"],
      [200, ""],
      [200, ""],
      [200, ""],
      [400, "Agent is still in the DRAINING state"],
    ]);
    expect([...master.registry.records.keys()].filter((key) => key.endsWith(lost))).to.deep.equal([
      `unreachable/${lost}`,
      `drain/${lost}`,
    ]);
  });

  it("marks an agent gone for good: it is shut down, its tasks are told (MES-29)", async () => {
    const scheduler = await SchedulerClient.subscribe(master.port);
    open.push(scheduler);
    const offer = await scheduler.offer();
    const resources = [{ name: "cpus", type: "SCALAR", scalar: { value: 1 } }];
    const task = {
      name: "t",
      task_id: { value: "t" },
      agent_id: offer.agent_id,
      command: { value: "x" },
      resources,
    };
    await scheduler.call({
      type: "ACCEPT",
      accept: {
        offer_ids: [offer.id],
        operations: [{ type: "LAUNCH", launch: { task_infos: [task] } }],
      },
    });
    await agent.event("RUN_TASK");
    const gone = { type: "MARK_AGENT_GONE", mark_agent_gone: { agent_id: { value: agentId } } };
    expect((await call(gone)).status).to.equal(200);
    expect((await call(gone)).status).to.equal(200);
    await agent.event("SHUTDOWN");
    const told = await scheduler.event(({ update }) => update !== undefined);
    expect(told.update?.status).to.include({
      state: "TASK_GONE_BY_OPERATOR",
      reason: "REASON_AGENT_REMOVED_BY_OPERATOR",
    });
    const again = await LinkAgent.subscribe(master.port, { agentId });
    open.push(again);
    await again.event("SHUTDOWN");
  });
});

describe("POST /api/v1 (NFR-17) while an agent is being written down as gone (HA-16)", () => {
  let registry: HeldRegistry;
  let world: MasterInUse;
  let agent_id: { readonly value: string };
  let first: Promise<HttpExchange>;

  beforeEach(async () => {
    registry = new HeldRegistry();
    world = await MasterInUse.of(startTestMaster({ registry }));
    const agent = await world.agent({ capabilities: ["MULTI_ROLE", "AGENT_DRAINING"] });
    agent_id = { value: await agent.agentId() };
    registry.hold();
    first = world.call({ type: "MARK_AGENT_GONE", mark_agent_gone: { agent_id } });
    const id = asId<AgentId>(agent_id.value);
    await until("the first order", () => world.engine.beingRecorded(id) !== undefined, {
      timeoutMs: 8_000,
    });
  });
  afterEach(() => world.end());

  it("answers 503 to another MARK_AGENT_GONE", async () => {
    const answer = await world.call({ type: "MARK_AGENT_GONE", mark_agent_gone: { agent_id } });
    expect(answer.status).to.equal(503);
    registry.release();
    expect((await first).status).to.equal(200);
  });

  it("answers 409 to DRAIN_AGENT", async () => {
    const answer = await world.call({ type: "DRAIN_AGENT", drain_agent: { agent_id } });
    expect([answer.status, answer.body]).to.deep.equal([
      409,
      "Agent is currently being marked gone",
    ]);
    registry.release();
    await first;
  });

  it("answers 409 to DEACTIVATE_AGENT once the agent is gone", async () => {
    const order = world.call({ type: "DEACTIVATE_AGENT", deactivate_agent: { agent_id } });
    // Answered after it: the order is in.
    await world.call({ type: "GET_HEALTH" });
    registry.release();
    await first;
    const answer = await order;
    expect([answer.status, answer.body]).to.deep.equal([
      409,
      "Agent removed while processing the call",
    ]);
  });
});

/** A Registry whose writes wait while it is held. */
class HeldRegistry extends MemoryRegistry {
  #held = Promise.withResolvers<undefined>();

  constructor() {
    super();
    this.#held.resolve(undefined);
  }

  hold(): void {
    this.#held = Promise.withResolvers();
  }

  release(): void {
    this.#held.resolve(undefined);
  }

  override async put(...args: Parameters<MemoryRegistry["put"]>): Promise<RecordVersion> {
    await this.#held.promise;
    return super.put(...args);
  }
}

describe("the endpoints before /api/v1 (API-03)", () => {
  let master: TestMaster;
  let agent: LinkAgent;
  before(async () => {
    master = await startTestMaster();
    agent = await LinkAgent.subscribe(master.port, {
      attributes: [{ name: "rack", type: "TEXT", text: { value: "r1" } }],
    });
    await agent.agentId();
  });
  after(async () => {
    agent.close();
    await master.stop();
  });

  const get = async (path: string): Promise<Record<string, unknown>> => {
    const answer = await exchange(master.port, path, {
      method: "GET",
      headers: { "Content-Type": "application/json" },
    });
    expect(answer.status, path).to.equal(200);
    return JSON.parse(answer.body) as Record<string, unknown>;
  };

  it("shows the state as tools of Mesos read it", async () => {
    const state = await get("/master/state");
    expect(state["leader"]).to.match(/^master@127\.0\.0\.1:\d+$/);
    expect(state).to.include({ activated_slaves: 1, deactivated_slaves: 0, cluster: "test" });
    expect(state["orphan_tasks"]).to.deep.equal([]);
    const [slave] = state["slaves"] as Record<string, unknown>[];
    expect(slave?.["attributes"]).to.deep.equal({ rack: "r1" });
    expect(slave?.["resources"]).to.deep.equal({
      cpus: 4,
      gpus: 0,
      mem: 4096,
      disk: 1000,
      ports: "[31000-32000]",
    });
    expect(slave?.["pid"]).to.equal("slave(1)@127.0.0.1:5051");
  });

  it("answers below /master, with .json, and to any method", async () => {
    for (const path of [
      "/state.json",
      "/state-summary",
      "/slaves",
      "/frameworks",
      "/tasks",
      "/roles",
    ]) {
      await get(path);
      await get(`/master${path}`);
    }
    const posted = await exchange(master.port, "/tasks/?task_id=x&framework_id=y", { body: "" });
    expect([posted.status, posted.body]).to.deep.equal([200, '{"tasks":[]}']);
  });

  const parts: Record<string, string> = {
    "/state":
      "activated_slaves build_date build_time build_user capabilities cluster completed_frameworks " +
      "deactivated_slaves elected_time flags frameworks hostname id leader leader_info log_dir " +
      "orphan_tasks pid recovered_slaves slaves start_time unreachable_slaves " +
      "unregistered_frameworks version",
    "/state-summary": "cluster frameworks hostname slaves",
    "/slaves": "recovered_slaves slaves",
    "/frameworks": "completed_frameworks frameworks unregistered_frameworks",
    "/tasks": "tasks",
    "/roles": "roles",
    "/weights": "",
    "/quota": "configs infos",
    "/maintenance/schedule": "",
    "/maintenance/status": "",
    "/version": "build_date build_time build_user version",
    "/flags": "flags",
  };
  for (const [path, keys] of Object.entries(parts)) {
    it(`${path} has its parts`, async () => {
      expect(
        Object.keys(await get(path))
          .toSorted()
          .join(" "),
      ).to.equal(keys);
    });
  }

  it("/health is empty", async () => {
    const { status, body } = await exchange(master.port, "/health", { method: "GET" });
    expect([status, body]).to.deep.equal([200, ""]);
  });

  it("sends /redirect to itself", async () => {
    const { status, headers } = await exchange(master.port, "/redirect", { method: "GET" });
    expect([status, headers.location]).to.deep.equal([307, `//localhost:${master.port}`]);
    expect((await exchange(master.port, "/redirect/x", { method: "GET" })).status).to.equal(404);
  });

  it("routes what is below an endpoint to it", async () => {
    expect(await get("/roles/x")).to.have.keys("roles");
    const posted = await exchange(master.port, "/api/v1/operator", {
      headers: { "Content-Type": "application/json" },
      body: '{"type":"GET_HEALTH"}',
    });
    expect(JSON.parse(posted.body)).to.have.property("type", "GET_HEALTH");
  });

  it("finds one agent by its path", async () => {
    const { slaves } = (await get(`/slaves/${await agent.agentId()}`)) as { slaves: unknown[] };
    expect(slaves).to.have.length(1);
    const none = (await get("/slaves/nobody")) as { slaves: unknown[] };
    expect(none.slaves).to.have.length(0);
  });

  it("wraps answers for jsonp", async () => {
    const { body, headers } = await exchange(master.port, "/version?jsonp=cb", { method: "GET" });
    expect(body).to.match(/^cb\(\{.*\}\);$/);
    expect(headers["content-type"]).to.equal("text/javascript");
  });

  it("has every metric from the start, as a number", async () => {
    const snapshot = await get("/metrics/snapshot");
    for (const value of Object.values(snapshot)) expect(value).to.be.a("number");
    for (const name of ["master/elected", "master/tasks_lost", "master/cpus_percent"]) {
      expect(snapshot).to.have.property(name);
    }
    expect(snapshot["master/slaves_active"]).to.equal(1);
  });

  it("tears a framework down by its form", async () => {
    const post = (body: string): Promise<HttpExchange> =>
      exchange(master.port, "/teardown", { body });
    expect((await post("x=1")).status).to.equal(400);
    expect((await post("frameworkId=nobody")).body).to.equal(
      "No framework found with specified ID",
    );
    const scheduler = await SchedulerClient.subscribe(master.port, { failover_timeout: 60 });
    const id = await scheduler.frameworkId();
    expect((await post(`frameworkId=${id}`)).status).to.equal(200);
    await scheduler.stream.until(() => scheduler.stream.isEnded || undefined, "end");
  });

  it("tells from which agents a framework keeps itself by its offer constraints (MES-11)", async () => {
    const attribute_constraints = [
      { selector: { attribute_name: "rack" }, predicate: { text_equals: { value: "r2" } } },
    ];
    const role_constraints = { a: { groups: [{ attribute_constraints }] } };
    const scheduler = await SchedulerClient.subscribe(
      master.port,
      { roles: ["a", "b"] },
      { suppressed_roles: ["b"], offer_constraints: { role_constraints } },
    );
    const id = await scheduler.frameworkId();
    const { frameworks } = await get("/allocator/offer_constraints_debug");
    expect((frameworks as Record<string, unknown>)[id]).to.deep.equal({
      suppressed_roles: ["b"],
      excluded_by_attribute_constraints: { a: [await agent.agentId()] },
    });
    scheduler.close();
  });

  it("knows where agents serve their API", async () => {
    expect(await get("/orchestrator/agents")).to.deep.equal({
      [await agent.agentId()]: "127.0.0.1:5051",
    });
  });

  it("answers 404 to what is not there", async () => {
    expect((await exchange(master.port, "/nothing", { method: "GET" })).status).to.equal(404);
  });
});
