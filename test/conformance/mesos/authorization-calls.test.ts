import { expect } from "chai";
import { basic } from "../../support/http-request.ts";
import {
  ANY,
  NONE,
  some,
  startGuardedMaster,
  type GuardedMaster,
} from "../../support/mesos/guarded-master.ts";
import { exchange, type HttpExchange } from "../../support/mesos/record-stream.ts";
import { useMaster } from "../../support/mesos/use-master.ts";

describe("authorization of operators (SEC-05, SEC-08)", () => {
  const world = useMaster<GuardedMaster>();
  const start = (acls?: unknown): Promise<void> => world.begin(startGuardedMaster({ acls }));

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
    const agentId = await (await world.agent()).agentId();
    const id = { agent_id: { value: agentId } };
    const deactivate = { type: "DEACTIVATE_AGENT", deactivate_agent: id };
    const refused = await world.call(deactivate, "dev");
    expect([refused.status, refused.body]).to.deep.equal([403, ""]);
    expect((await world.call({ type: "DRAIN_AGENT", drain_agent: id }, "ops")).status).to.equal(
      403,
    );
    expect((await world.call(deactivate, "ops")).status).to.equal(200);
    expect(world.master.audit.lines().slice(1)).to.deep.equal([
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
    const marathon = await (await world.framework({ principal: "marathon" })).frameworkId();
    const other = await (await world.framework({ principal: "other" })).frameworkId();
    const teardown = (id: string): Record<string, unknown> => ({
      type: "TEARDOWN",
      teardown: { framework_id: { value: id } },
    });
    const form = (who: string, id: string): Promise<HttpExchange> =>
      exchange(world.port, "/master/teardown", {
        headers: basic(who),
        body: `frameworkId=${id}`,
      });
    expect((await world.call(teardown(marathon), "dev")).status).to.equal(403);
    expect((await form("dev", marathon)).status).to.equal(403);
    expect((await world.call(teardown(other), "ops")).status).to.equal(403);
    expect((await form("ops", other)).status).to.equal(403);
    expect((await form("ops", marathon)).status).to.equal(200);
    const gone = await world.call(teardown(marathon), "ops");
    expect([gone.status, gone.body]).to.deep.equal([400, "No framework found with specified ID"]);
  });

  it("asks wrong and absent credentials of reads and writes, but not of health and version", async () => {
    await start();
    for (const path of ["/state", "/slaves", "/flags", "/metrics/snapshot", "/master/roles"]) {
      const answer = await exchange(world.port, path, { method: "GET" });
      expect(answer.status, path).to.equal(401);
      expect(answer.headers["www-authenticate"]).to.match(/Basic realm="mesos-master-readonly"/);
      expect((await world.get(path, "ops")).status, path).to.equal(200);
    }
    for (const path of ["/api/v1", "/teardown"]) {
      const answer = await exchange(world.port, path, {});
      expect(answer.headers["www-authenticate"]).to.match(/Basic realm="mesos-master-readwrite"/);
    }
    for (const path of ["/health", "/version"]) {
      expect((await exchange(world.port, path, { method: "GET" })).status, path).to.equal(200);
    }
  });
});
