import { expect } from "chai";
import { asId, type AgentId } from "../../../src/api/ids/ids.ts";
import type { EngineHost } from "../../../src/services/offer-engine/serve/engine-host.ts";
import type { LinkAgent } from "../../support/mesos/link-agent.ts";
import { exchange, type HttpExchange } from "../../support/mesos/record-stream.ts";
import { startTestMaster } from "../../support/mesos/test-master.ts";
import { useMaster } from "../../support/mesos/use-master.ts";

describe("POST /api/v1 (API-03)", () => {
  const world = useMaster(() =>
    startTestMaster({ config: { roles: [{ name: "web", weight: 2 }] } }),
  );
  let agent: LinkAgent;
  let agentId: string;

  beforeEach(async () => {
    agent = await world.agent();
    agentId = await agent.agentId();
  });

  const host = (): EngineHost => {
    const leadership = world.master.service.leadership();
    if (leadership.kind !== "leading") throw new Error("nobody leads");
    return leadership.host;
  };
  const read = async (type: string): Promise<Record<string, unknown>> =>
    JSON.parse((await world.call({ type })).body) as Record<string, unknown>;

  it("answers every read with its type and its part", async () => {
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
      const answer = await world.call({
        type,
        ...(type === "GET_METRICS" ? { get_metrics: {} } : {}),
      });
      expect(answer.status, type).to.equal(200);
      expect(answer.headers["content-type"]).to.equal("application/json");
      const body = JSON.parse(answer.body) as Record<string, unknown>;
      expect(Object.keys(body), type).to.deep.equal(["type", type.toLowerCase()]);
    }
  });

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
      const answer = await world.call(body);
      expect([answer.status, answer.body]).to.deep.equal([status, text]);
    });
  }

  it("takes an agent out of the offers and back in", async () => {
    const id = { agent_id: { value: agentId } };
    expect((await world.call({ type: "REACTIVATE_AGENT", reactivate_agent: id })).body).to.equal(
      "Agent is not deactivated",
    );
    expect((await world.call({ type: "DEACTIVATE_AGENT", deactivate_agent: id })).status).to.equal(
      200,
    );
    const scheduler = await world.framework();
    await scheduler.frameworkId();
    expect(scheduler.events().some(({ type }) => type === "OFFERS")).to.equal(false);
    expect((await world.call({ type: "REACTIVATE_AGENT", reactivate_agent: id })).status).to.equal(
      200,
    );
    await scheduler.offer();
  });

  it("takes orders for an agent that is unreachable, as for one that is there", async () => {
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
      const { status, body: text } = await world.call(body);
      answers.push([status, text]);
    }
    expect(answers).to.deep.equal([
      [400, "Agent is not deactivated"],
      [200, ""],
      [200, ""],
      [200, ""],
      [400, "Agent is still in the DRAINING state"],
    ]);
    expect(
      [...world.master.registry.records.keys()].filter((key) => key.endsWith(lost)),
    ).to.deep.equal([`unreachable/${lost}`, `drain/${lost}`]);
  });

  it("marks an agent gone for good: it is shut down, its tasks are told (MES-29)", async () => {
    const scheduler = await world.framework();
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
    expect((await world.call(gone)).status).to.equal(200);
    expect((await world.call(gone)).status).to.equal(200);
    await agent.event("SHUTDOWN");
    const told = await scheduler.event(({ update }) => update !== undefined);
    expect(told.update?.status).to.include({
      state: "TASK_GONE_BY_OPERATOR",
      reason: "REASON_AGENT_REMOVED_BY_OPERATOR",
    });
    const again = await world.agent({ agentId });
    await again.event("SHUTDOWN");
  });
});

describe("the endpoints before /api/v1 (API-04)", () => {
  const world = useMaster(startTestMaster);
  let agent: LinkAgent;

  beforeEach(async () => {
    agent = await world.agent({
      attributes: [{ name: "rack", type: "TEXT", text: { value: "r1" } }],
    });
    await agent.agentId();
  });

  const get = async (path: string): Promise<Record<string, unknown>> => {
    const answer = await exchange(world.port, path, {
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
    const posted = await exchange(world.port, "/tasks/?task_id=x&framework_id=y", { body: "" });
    expect([posted.status, posted.body]).to.deep.equal([200, '{"tasks":[]}']);
  });

  it("finds one agent by its path", async () => {
    const { slaves } = (await get(`/slaves/${await agent.agentId()}`)) as { slaves: unknown[] };
    expect(slaves).to.have.length(1);
    const none = (await get("/slaves/nobody")) as { slaves: unknown[] };
    expect(none.slaves).to.have.length(0);
  });

  it("wraps answers for jsonp", async () => {
    const { body, headers } = await exchange(world.port, "/version?jsonp=cb", { method: "GET" });
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
      exchange(world.port, "/teardown", { body });
    expect((await post("x=1")).status).to.equal(400);
    expect((await post("frameworkId=nobody")).body).to.equal(
      "No framework found with specified ID",
    );
    const scheduler = await world.framework({ failover_timeout: 60 });
    const id = await scheduler.frameworkId();
    expect((await post(`frameworkId=${id}`)).status).to.equal(200);
    await scheduler.stream.until(() => scheduler.stream.isEnded || undefined, "end");
  });

  it("knows where agents serve their API", async () => {
    expect(await get("/orchestrator/agents")).to.deep.equal({
      [await agent.agentId()]: "127.0.0.1:5051",
    });
  });

  it("answers 404 to what is not there", async () => {
    expect((await exchange(world.port, "/nothing", { method: "GET" })).status).to.equal(404);
  });
});
