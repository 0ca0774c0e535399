import { expect } from "chai";
import { startTestMaster } from "../../support/mesos/test-master.ts";
import { useMaster } from "../../support/mesos/use-master.ts";

describe("GET /orchestrator/explain (MES-15)", () => {
  const world = useMaster(startTestMaster);
  const ask = async (query: Record<string, string>): Promise<readonly [number, unknown]> => {
    const { status, body } = await world.get(
      `/orchestrator/explain?${new URLSearchParams(query).toString()}`,
    );
    return [status, status === 200 ? JSON.parse(body) : body];
  };

  it("says of each agent why a framework has no offer of it, or that it has", async () => {
    const agent = await world.agent();
    const agent_id = await agent.agentId();
    const scheduler = await world.framework({ roles: ["a", "b"] }, { suppressed_roles: ["b"] });
    await scheduler.offer();
    const framework_id = await scheduler.frameworkId();
    expect(await ask({ framework_id, role: "a" })).to.deep.equal([
      200,
      { agents: [{ agent_id, granted: true }] },
    ]);
    expect(await ask({ framework_id, role: "b", agent_id })).to.deep.equal([
      200,
      { agents: [{ agent_id, granted: false, reason: "role_suppressed" }] },
    ]);
  });

  it("tells how long a filter of the framework lasts", async () => {
    await world.agent();
    const scheduler = await world.framework({ roles: ["a"] });
    const { id } = await scheduler.offer();
    const filters = { refuse_seconds: 3600 };
    await scheduler.call({ type: "DECLINE", decline: { offer_ids: [id], filters } });
    const [, body] = await ask({ framework_id: await scheduler.frameworkId(), role: "a" });
    const [explained] = (body as { agents: { reason: string; detail: string }[] }).agents;
    expect(explained?.reason).to.equal("filtered");
    expect(explained?.detail).to.match(/^3[56]\d\d(\.\d+)? s left$/);
  });

  it("asks for what is missing, and knows nothing of others", async () => {
    const scheduler = await world.framework({ roles: ["a"] });
    const framework_id = await scheduler.frameworkId();
    expect(await ask({ framework_id })).to.deep.equal([
      400,
      "give framework_id=<id>&role=<role>, and agent_id=<id> for one agent",
    ]);
    expect((await ask({ framework_id: "nobody", role: "a" }))[0]).to.equal(404);
    expect((await ask({ framework_id, role: "nobody" }))[0]).to.equal(404);
    expect((await ask({ framework_id, role: "a", agent_id: "nobody" }))[0]).to.equal(404);
  });
});
