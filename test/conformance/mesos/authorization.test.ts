import { expect } from "chai";
import { aclsOf } from "../../support/mesos/acls.ts";
import { basic } from "../../support/http-request.ts";
import { knownCallers } from "../../support/mesos/known-callers.ts";
import { LinkAgent } from "../../support/mesos/link-agent.ts";
import { exchange, type HttpExchange } from "../../support/mesos/record-stream.ts";
import { SchedulerClient } from "../../support/mesos/scheduler-client.ts";
import { startTestMaster, type TestMaster } from "../../support/mesos/test-master.ts";
import { RecordingAuditLog } from "../../support/recording-audit-log.ts";

const ANY = { type: "ANY" };
const NONE = { type: "NONE" };
const some = (...values: string[]): object => ({ values });

/** Operators say who they are, frameworks by their FrameworkInfo. */
const OPERATORS = knownCallers("ops:secret\ndev:secret", {
  realms: ["mesos-master-readonly", "mesos-master-readwrite"],
});

describe("authorization (SEC-05, SEC-07, SEC-08)", () => {
  let master: TestMaster;
  let audit: RecordingAuditLog;
  const open: { close(): void }[] = [];

  const start = async (acls?: unknown): Promise<void> => {
    audit = new RecordingAuditLog();
    master = await startTestMaster({
      config: {
        roles: [
          { name: "web", weight: 2, guaranteesMilli: { cpus: 1000 }, limitsMilli: { cpus: 1000 } },
          { name: "ml", weight: 3, guaranteesMilli: { cpus: 1000 }, limitsMilli: { cpus: 1000 } },
        ],
        ...(acls === undefined ? {} : { acls: aclsOf(acls) }),
      },
      parts: { authentication: OPERATORS, audit },
    });
  };
  afterEach(async () => {
    for (const one of open.splice(0)) one.close();
    await master.stop();
  });

  const framework = async (
    info: Record<string, unknown>,
    subscribe: Record<string, unknown> = {},
  ): Promise<SchedulerClient> => {
    const client = await SchedulerClient.subscribe(master.port, info, subscribe);
    open.push(client);
    return client;
  };
  const agent = async (): Promise<LinkAgent> => {
    const link = await LinkAgent.subscribe(master.port);
    open.push(link);
    await link.agentId();
    return link;
  };
  const call = (who: string, body: Record<string, unknown>): Promise<HttpExchange> =>
    exchange(master.port, "/api/v1", {
      headers: { "Content-Type": "application/json", ...basic(who) },
      body: JSON.stringify(body),
    });
  const get = async (who: string, path: string): Promise<HttpExchange> =>
    exchange(master.port, path, { method: "GET", headers: basic(who) });
  const read = async (who: string, path: string): Promise<Record<string, unknown>> =>
    JSON.parse((await get(who, path)).body) as Record<string, unknown>;
  const task = (taskId: string, agentId: string, user?: string): Record<string, unknown> => ({
    name: taskId,
    task_id: { value: taskId },
    agent_id: { value: agentId },
    command: { value: "sleep 1", ...(user === undefined ? {} : { user }) },
    resources: [
      { name: "cpus", type: "SCALAR", scalar: { value: 0.1 } },
      { name: "mem", type: "SCALAR", scalar: { value: 32 } },
    ],
  });

  describe("of frameworks", () => {
    it("lets a framework subscribe to the roles of its principal alone (MES-17, MES-21)", async () => {
      await start({
        permissive: false,
        register_agents: [{ principals: ANY, agents: ANY }],
        register_frameworks: [{ principals: some("marathon"), roles: some("web", "eng/%") }],
      });
      const welcome = await framework({ principal: "marathon", roles: ["web", "eng/x"] });
      await welcome.frameworkId();
      const tooMuch = await framework({ principal: "marathon", roles: ["web", "ml"] });
      const refused = await tooMuch.event(({ type }) => type === "ERROR");
      expect(tooMuch.stream.status).to.equal(200);
      expect(refused.error?.message).to.equal(
        "Not authorized to register framework  with roles { web, ml }",
      );
      const stranger = await framework({ roles: ["web"] });
      await stranger.event(({ type }) => type === "ERROR");
      expect(audit.lines()).to.deep.equal([
        "- SUBSCRIBE frameworks?name=test 200 done",
        "- SUBSCRIBE frameworks?name=test 200 denied",
        "- SUBSCRIBE frameworks?name=test 200 denied",
      ]);
    });

    it("refuses an update to a role that the principal may not use, and changes nothing (MES-17)", async () => {
      await start({
        register_frameworks: [
          { principals: some("marathon"), roles: some("web") },
          { principals: NONE, roles: ANY },
        ],
      });
      const scheduler = await framework({ principal: "marathon", roles: ["web"] });
      const id = await scheduler.frameworkId();
      const answer = await scheduler.call({
        type: "UPDATE_FRAMEWORK",
        update_framework: {
          framework_info: {
            user: "nobody",
            name: "test",
            principal: "marathon",
            id: { value: id },
            roles: ["web", "ml"],
            capabilities: [{ type: "MULTI_ROLE" }, { type: "PARTITION_AWARE" }],
          },
        },
      });
      expect([answer.status, answer.body]).to.deep.equal([
        403,
        `Not authorized to register framework ${id} with roles { web, ml }`,
      ]);
      const { frameworks } = await read("ops", "/frameworks");
      expect((frameworks as { roles: unknown }[])[0]?.roles).to.deep.equal(["web"]);
    });

    it("answers a task that may not run as its user, and launches the others (SEC-07)", async () => {
      await start({ run_tasks: [{ principals: NONE, users: some("root") }] });
      const link = await agent();
      const scheduler = await framework({ principal: "marathon", user: "web" });
      const id = await scheduler.frameworkId();
      const offer = await scheduler.offer();
      const on = offer.agent_id.value;
      await scheduler.call({
        type: "ACCEPT",
        accept: {
          offer_ids: [offer.id],
          operations: [
            {
              type: "LAUNCH",
              launch: { task_infos: [task("evil", on, "root"), task("good", on)] },
            },
          ],
        },
      });
      const { update } = await scheduler.event((it) => it.update !== undefined);
      expect(update?.status).to.deep.include({
        task_id: { value: "evil" },
        state: "TASK_ERROR",
        source: "SOURCE_MASTER",
        reason: "REASON_TASK_UNAUTHORIZED",
        message: `Not authorized to launch task evil of framework ${id}`,
      });
      expect((await link.event("RUN_TASK")).task.task_id.value).to.equal("good");
      expect(audit.lines().at(-1)).to.equal(`- ACCEPT LAUNCH frameworks/${id} 202 done`);
    });

    it("launches a group as a whole or not at all (SEC-07)", async () => {
      await start({ run_tasks: [{ principals: NONE, users: some("root") }] });
      await agent();
      const scheduler = await framework({ principal: "marathon", user: "web" });
      const id = await scheduler.frameworkId();
      const offer = await scheduler.offer();
      const on = offer.agent_id.value;
      const executor = {
        type: "DEFAULT",
        executor_id: { value: "e" },
        framework_id: { value: id },
      };
      await scheduler.call({
        type: "ACCEPT",
        accept: {
          offer_ids: [offer.id],
          operations: [
            {
              type: "LAUNCH_GROUP",
              launch_group: {
                executor,
                task_group: { tasks: [task("good", on), task("evil", on, "root")] },
              },
            },
          ],
        },
      });
      for (const name of ["good", "evil"]) {
        const { update } = await scheduler.event((it) => it.update?.status.task_id.value === name);
        expect(update?.status.reason, name).to.equal("REASON_TASK_GROUP_UNAUTHORIZED");
        expect(update?.status.state, name).to.equal("TASK_ERROR");
      }
    });

    it("takes ACLs as they change, without a restart", async () => {
      await start();
      const first = await framework({ roles: ["web"] });
      await first.frameworkId();
      const acls = aclsOf({ register_frameworks: [{ principals: NONE, roles: ANY }] });
      master.config.set({ ...master.config.current(), acls });
      const second = await framework({ roles: ["web"] });
      await second.event(({ type }) => type === "ERROR");
      await first.call({ type: "SUPPRESS", suppress: {} });
    });
  });

  describe("of operators", () => {
    it("answers 403 without a body to changes, and says so in the audit log (SEC-08)", async () => {
      await start({
        mark_agents_gone: [
          { principals: some("ops"), agents: ANY },
          { principals: ANY, agents: NONE },
        ],
        deactivate_agents: [
          { principals: some("ops"), agents: ANY },
          { principals: ANY, agents: NONE },
        ],
        drain_agents: [{ principals: ANY, agents: NONE }],
      });
      const agentId = await (await agent()).agentId();
      const id = { agent_id: { value: agentId } };
      const deactivate = { type: "DEACTIVATE_AGENT", deactivate_agent: id };
      const refused = await call("dev", deactivate);
      expect([refused.status, refused.body]).to.deep.equal([403, ""]);
      expect((await call("ops", { type: "DRAIN_AGENT", drain_agent: id })).status).to.equal(403);
      expect((await call("ops", deactivate)).status).to.equal(200);
      expect(audit.lines().slice(1)).to.deep.equal([
        `dev DEACTIVATE_AGENT agents/${agentId} 403 denied`,
        `ops DRAIN_AGENT agents/${agentId} 403 denied`,
        `ops DEACTIVATE_AGENT agents/${agentId} 200 done`,
      ]);
    });

    it("lets frameworks be torn down by whom their principal is entrusted to, by either way", async () => {
      await start({
        teardown_frameworks: [
          { principals: some("ops"), framework_principals: some("marathon") },
          { principals: ANY, framework_principals: NONE },
        ],
      });
      const marathon = await (await framework({ principal: "marathon" })).frameworkId();
      const other = await (await framework({ principal: "other" })).frameworkId();
      const teardown = (id: string): Record<string, unknown> => ({
        type: "TEARDOWN",
        teardown: { framework_id: { value: id } },
      });
      const form = (who: string, id: string): Promise<HttpExchange> =>
        exchange(master.port, "/master/teardown", {
          headers: basic(who),
          body: `frameworkId=${id}`,
        });
      expect((await call("dev", teardown(marathon))).status).to.equal(403);
      expect((await form("dev", marathon)).status).to.equal(403);
      expect((await call("ops", teardown(other))).status).to.equal(403);
      expect((await form("ops", other)).status).to.equal(403);
      expect((await form("ops", marathon)).status).to.equal(200);
      const gone = await call("ops", teardown(marathon));
      expect([gone.status, gone.body]).to.deep.equal([400, "No framework found with specified ID"]);
    });

    it("asks wrong and absent credentials of reads and writes, but not of health and version", async () => {
      await start();
      for (const path of ["/state", "/slaves", "/flags", "/metrics/snapshot", "/master/roles"]) {
        const answer = await exchange(master.port, path, { method: "GET" });
        expect(answer.status, path).to.equal(401);
        expect(answer.headers["www-authenticate"]).to.match(/Basic realm="mesos-master-readonly"/);
        expect((await get("ops", path)).status, path).to.equal(200);
      }
      for (const path of ["/api/v1", "/teardown"]) {
        const answer = await exchange(master.port, path, {});
        expect(answer.headers["www-authenticate"]).to.match(/Basic realm="mesos-master-readwrite"/);
      }
      for (const path of ["/health", "/version"]) {
        expect((await exchange(master.port, path, { method: "GET" })).status, path).to.equal(200);
      }
    });
  });

  describe("of reads", () => {
    const ACLS = {
      view_frameworks: [
        { principals: some("dev"), users: some("web") },
        { principals: some("ops"), users: ANY },
        { principals: ANY, users: NONE },
      ],
      view_tasks: [
        { principals: some("dev"), users: some("web") },
        { principals: some("dev"), users: NONE },
      ],
      view_roles: [
        { principals: some("dev"), roles: some("web") },
        { principals: some("dev"), roles: NONE },
      ],
      get_quotas: [
        { principals: some("dev"), roles: some("ml") },
        { principals: some("dev"), roles: NONE },
      ],
      view_flags: [{ principals: some("dev"), flags: NONE }],
      get_endpoints: [{ principals: some("dev"), paths: NONE }],
    };
    let web: string;
    let ml: string;

    beforeEach(async () => {
      await start(ACLS);
      const link = await agent();
      const on = await link.agentId();
      const one = await framework({ user: "web", roles: ["web"] });
      web = await one.frameworkId();
      const offer = await one.offer();
      await one.call({
        type: "ACCEPT",
        accept: {
          offer_ids: [offer.id],
          operations: [
            { type: "LAUNCH", launch: { task_infos: [task("t1", on), task("t2", on, "root")] } },
          ],
        },
      });
      await link.event("RUN_TASK", ({ task: it }) => it.task_id.value === "t2");
      ml = await (await framework({ user: "ml", roles: ["ml"] })).frameworkId();
    });

    const idsIn = (list: unknown): string[] => (list as { id: string }[]).map(({ id }) => id);

    it("leaves frameworks and tasks of other users out of the legacy answers", async () => {
      const state = await read("dev", "/state");
      expect(idsIn(state["frameworks"])).to.deep.equal([web]);
      const [shown] = state["frameworks"] as { tasks: unknown }[];
      // t2 runs as root.
      expect(idsIn(shown?.tasks)).to.deep.equal(["t1"]);
      expect(state["flags"]).to.deep.equal({});
      expect(idsIn((await read("dev", "/frameworks"))["frameworks"])).to.deep.equal([web]);
      const summary = await read("dev", "/state-summary");
      expect(idsIn(summary["frameworks"])).to.deep.equal([web]);
      expect(idsIn((await read("ops", "/state"))["frameworks"])).to.have.members([web, ml]);
      expect(idsIn((await read("dev", "/tasks"))["tasks"])).to.deep.equal(["t1"]);
      expect(idsIn((await read("ops", "/tasks"))["tasks"])).to.have.members(["t1", "t2"]);
    });

    it("keeps what one sees from others who ask the same at once", async () => {
      const [dev, ops] = await Promise.all([
        read("dev", "/frameworks"),
        read("ops", "/frameworks"),
      ]);
      expect(idsIn(dev["frameworks"])).to.deep.equal([web]);
      expect(idsIn(ops["frameworks"])).to.have.members([web, ml]);
    });

    it("leaves roles, weights and quotas out", async () => {
      const names = (list: unknown): string[] =>
        (list as { name?: string; role?: string }[]).map(({ name, role }) => name ?? role ?? "");
      const { roles } = await read("dev", "/roles");
      expect(names(roles)).to.deep.equal(["web"]);
      expect((roles as { frameworks: unknown }[])[0]?.frameworks).to.deep.equal([web]);
      expect(names((await read("dev", "/quota"))["infos"])).to.deep.equal(["ml"]);
      const weights = JSON.parse((await get("dev", "/weights")).body) as unknown;
      expect(names(weights)).to.deep.equal(["web"]);
    });

    it("leaves the same out of the operator API, without a 403", async () => {
      const answer = async (type: string): Promise<Record<string, Record<string, unknown>>> => {
        const { status, body } = await call("dev", { type });
        expect(status, type).to.equal(200);
        return JSON.parse(body) as Record<string, Record<string, unknown>>;
      };
      const frameworks = (await answer("GET_FRAMEWORKS"))["get_frameworks"]?.["frameworks"];
      expect(frameworks).to.have.length(1);
      const { get_state } = await answer("GET_STATE");
      expect(
        (get_state?.["get_frameworks"] as { frameworks: unknown[] }).frameworks,
      ).to.have.length(1);
      expect((await answer("GET_FLAGS"))["get_flags"]).to.deep.equal({});
      expect((await answer("GET_WEIGHTS"))["get_weights"]).to.deep.equal({
        weight_infos: [{ weight: 2, role: "web" }],
      });
      const { get_roles } = await answer("GET_ROLES");
      expect((get_roles?.["roles"] as { name: string }[]).map(({ name }) => name)).to.deep.equal([
        "web",
      ]);
      const { get_quota } = await answer("GET_QUOTA");
      const { configs } = get_quota?.["status"] as { configs: { role: string }[] };
      expect(configs.map(({ role }) => role)).to.deep.equal(["ml"]);
    });

    it("refuses endpoints that cannot be shown in part", async () => {
      for (const path of ["/metrics/snapshot", "/orchestrator/agents"]) {
        const refused = await get("dev", path);
        expect([refused.status, refused.body], path).to.deep.equal([403, ""]);
        expect((await get("ops", path)).status, path).to.equal(200);
      }
    });
  });

  describe("of agents", () => {
    it("registers agents only of principals that may (register_agents)", async () => {
      await start({ register_agents: [{ principals: ANY, agents: NONE }] });
      const answer = await exchange(master.port, "/api/v1/agent", {
        headers: { "Content-Type": "application/json" },
        body: "{}",
      });
      expect([answer.status, answer.body]).to.deep.equal([
        403,
        "Not authorized to register agents as ''",
      ]);
      expect(audit.lines()).to.deep.equal(["- REGISTER_AGENT agents 403 denied"]);
    });
  });
});
