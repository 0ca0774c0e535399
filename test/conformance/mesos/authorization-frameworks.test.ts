import { expect } from "chai";
import { aclsOf } from "../../support/mesos/acls.ts";
import {
  ANY,
  NONE,
  some,
  startGuardedMaster,
  type GuardedMaster,
} from "../../support/mesos/guarded-master.ts";
import { exchange } from "../../support/mesos/record-stream.ts";
import { sleepingTask } from "../../support/mesos/sleeping-task.ts";
import { useMaster } from "../../support/mesos/use-master.ts";

describe("authorization of frameworks and agents (SEC-05, SEC-07)", () => {
  const world = useMaster<GuardedMaster>();
  const start = (acls?: unknown): Promise<void> => world.begin(startGuardedMaster({ acls }));

  it("lets a framework subscribe to the roles of its principal alone (MES-17, MES-21)", async () => {
    await start({
      permissive: false,
      register_agents: [{ principals: ANY, agents: ANY }],
      register_frameworks: [{ principals: some("marathon"), roles: some("web", "eng/%") }],
    });
    const welcome = await world.framework({ principal: "marathon", roles: ["web", "eng/x"] });
    await welcome.frameworkId();
    const tooMuch = await world.framework({ principal: "marathon", roles: ["web", "ml"] });
    const refused = await tooMuch.event(({ type }) => type === "ERROR");
    expect(tooMuch.stream.status).to.equal(200);
    expect(refused.error?.message).to.equal(
      "Not authorized to register framework  with roles { web, ml }",
    );
    const stranger = await world.framework({ roles: ["web"] });
    await stranger.event(({ type }) => type === "ERROR");
    expect(world.master.audit.lines()).to.deep.equal([
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
    const scheduler = await world.framework({ principal: "marathon", roles: ["web"] });
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
    const { frameworks } = JSON.parse((await world.get("/frameworks", "ops")).body) as {
      frameworks: { roles: unknown }[];
    };
    expect(frameworks[0]?.roles).to.deep.equal(["web"]);
  });

  it("answers a task that may not run as its user, and launches the others (SEC-07)", async () => {
    await start({ run_tasks: [{ principals: NONE, users: some("root") }] });
    const link = await world.agent();
    const scheduler = await world.framework({ principal: "marathon", user: "web" });
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
            launch: { task_infos: [sleepingTask("evil", on, "root"), sleepingTask("good", on)] },
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
    expect(world.master.audit.lines().at(-1)).to.equal(`- ACCEPT LAUNCH frameworks/${id} 202 done`);
  });

  it("launches a group as a whole or not at all (SEC-07)", async () => {
    await start({ run_tasks: [{ principals: NONE, users: some("root") }] });
    await world.agent();
    const scheduler = await world.framework({ principal: "marathon", user: "web" });
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
              task_group: { tasks: [sleepingTask("good", on), sleepingTask("evil", on, "root")] },
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
    const first = await world.framework({ roles: ["web"] });
    await first.frameworkId();
    const acls = aclsOf({ register_frameworks: [{ principals: NONE, roles: ANY }] });
    world.master.config.set({ ...world.master.config.current(), acls });
    const second = await world.framework({ roles: ["web"] });
    await second.event(({ type }) => type === "ERROR");
    await first.call({ type: "SUPPRESS", suppress: {} });
  });

  it("registers agents only of principals that may (register_agents)", async () => {
    await start({ register_agents: [{ principals: ANY, agents: NONE }] });
    const answer = await exchange(world.port, "/api/v1/agent", {
      headers: { "Content-Type": "application/json" },
      body: "{}",
    });
    expect([answer.status, answer.body]).to.deep.equal([
      403,
      "Not authorized to register agents as ''",
    ]);
    expect(world.master.audit.lines()).to.deep.equal(["- REGISTER_AGENT agents 403 denied"]);
  });
});
