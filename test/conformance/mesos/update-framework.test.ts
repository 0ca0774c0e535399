import { expect } from "chai";
import { LinkAgent } from "../../support/mesos/link-agent.ts";
import type { HttpExchange } from "../../support/mesos/record-stream.ts";
import { SchedulerClient } from "../../support/mesos/scheduler-client.ts";
import { launchOn } from "../../support/mesos/launching.ts";
import { startTestMaster, type TestMaster } from "../../support/mesos/test-master.ts";

describe("UPDATE_FRAMEWORK and operations of a framework (MES-18)", () => {
  let master: TestMaster;
  let agent: LinkAgent;
  let scheduler: SchedulerClient;
  beforeEach(async () => {
    master = await startTestMaster();
    scheduler = await SchedulerClient.subscribe(master.port, { roles: ["a", "b"] });
    await scheduler.frameworkId();
  });
  afterEach(async () => {
    scheduler.close();
    agent.close();
    await master.stop();
  });

  const update = async (
    info: Record<string, unknown>,
    rest: Record<string, unknown> = {},
  ): Promise<HttpExchange> => {
    const framework_info = {
      user: "nobody",
      name: "test",
      id: { value: await scheduler.frameworkId() },
      roles: ["a", "b"],
      capabilities: [{ type: "MULTI_ROLE" }, { type: "PARTITION_AWARE" }],
      ...info,
    };
    return scheduler.call({
      type: "UPDATE_FRAMEWORK",
      update_framework: { framework_info, ...rest },
    });
  };

  it("changes roles: offers of a role that was left are rescinded (MES-12)", async () => {
    agent = await LinkAgent.subscribe(master.port);
    const { allocation_info } = await scheduler.offer();
    const stays = allocation_info?.role === "a" ? "b" : "a";
    const answer = await update({ roles: [stays] });
    expect([answer.status, answer.body]).to.deep.equal([200, ""]);
    await scheduler.event(({ type }) => type === "RESCIND");
    const next = await scheduler.offer((offer) => offer.allocation_info?.role === stays);
    expect(next.hostname).to.equal("agent-1");
  });

  it("reaches the agents: agents that run its tasks are told of its new FrameworkInfo", async () => {
    agent = await LinkAgent.subscribe(master.port);
    await launchOn(agent, scheduler, "t");
    expect((await update({ name: "renamed" })).status).to.equal(200);
    const told = await agent.event("UPDATE_FRAMEWORK");
    expect(told.framework_info.name).to.equal("renamed");
  });

  const refusals: Record<
    string,
    readonly [Record<string, unknown>, Record<string, unknown>, string]
  > = {
    "a role twice": [
      { roles: ["a", "a"] },
      {},
      "Supplied FrameworkInfo is not valid: 'FrameworkInfo.roles' contains duplicate items: a, a",
    ],
    "another principal": [
      { principal: "p" },
      {},
      "FrameworkInfo update is not valid: Changing framework's principal is not allowed.",
    ],
    "another user": [
      { user: "root" },
      {},
      "FrameworkInfo update is not valid: Updating 'FrameworkInfo.user' is unsupported; attempted to " +
        "update from 'nobody' to 'root'",
    ],
    "another checkpoint": [
      { checkpoint: true },
      {},
      "FrameworkInfo update is not valid: Updating 'FrameworkInfo.checkpoint' is unsupported; " +
        "attempted to update from 'false' to 'true'",
    ],
    "constraints of a role it does not have": [
      {},
      { offer_constraints: { role_constraints: { x: {} } } },
      "'UpdateFramework' call is not valid: Offer constraints are not valid: Offer constraints " +
        "specify role 'x' to which the framework is not subscribed",
    ],
    "a suppressed role it does not have": [
      {},
      { suppressed_roles: ["x"] },
      "'UpdateFramework' call is not valid: Suppressed roles { x } are not contained in the set of roles",
    ],
  };
  for (const [name, [info, rest, text]] of Object.entries(refusals)) {
    it(`refuses ${name} and changes nothing`, async () => {
      agent = await LinkAgent.subscribe(master.port);
      const answer = await update(info, rest);
      expect([answer.status, answer.body]).to.deep.equal([400, text]);
    });
  }

  it("answers an operation that is not valid, and questions about operations (MES-16)", async () => {
    agent = await LinkAgent.subscribe(master.port);
    const offer = await scheduler.offer();
    await scheduler.call({
      type: "ACCEPT",
      accept: {
        offer_ids: [offer.id],
        operations: [{ type: "RESERVE", id: { value: "op" }, reserve: { resources: [] } }],
      },
    });
    const refused = await scheduler.event(({ type }) => type === "UPDATE_OPERATION_STATUS");
    expect(refused.update_operation_status?.status).to.deep.include({
      operation_id: { value: "op" },
      state: "OPERATION_ERROR",
    });
    const asked = await scheduler.call({
      type: "RECONCILE_OPERATIONS",
      reconcile_operations: { operations: [{ operation_id: { value: "other" } }] },
    });
    expect(asked.status).to.equal(202);
    const told = await scheduler.event(
      (it) => it.update_operation_status?.status.operation_id?.value === "other",
    );
    expect(told.update_operation_status?.status).to.include({
      state: "OPERATION_UNKNOWN",
      message: "Reconciliation: Both operation and agent are unknown",
    });
  });
});
