import { expect } from "chai";
import { ANY, NONE, some, startGuardedMaster } from "../../support/mesos/guarded-master.ts";
import { sleepingTask } from "../../support/mesos/sleeping-task.ts";
import { useMaster } from "../../support/mesos/use-master.ts";

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

const ROLES = ["web", "ml"].map((name, place) => ({
  name,
  weight: 2 + place,
  guaranteesMilli: { cpus: 1000 },
  limitsMilli: { cpus: 1000 },
}));

describe("authorization of reads (SEC-05) (SEC-08)", () => {
  const world = useMaster(() => startGuardedMaster({ acls: ACLS, config: { roles: ROLES } }));
  const read = async (who: string, path: string): Promise<Record<string, unknown>> =>
    JSON.parse((await world.get(path, who)).body) as Record<string, unknown>;
  let web: string;
  let ml: string;

  beforeEach(async () => {
    const link = await world.agent();
    const on = await link.agentId();
    const one = await world.framework({ user: "web", roles: ["web"] });
    web = await one.frameworkId();
    const offer = await one.offer();
    await one.call({
      type: "ACCEPT",
      accept: {
        offer_ids: [offer.id],
        operations: [
          {
            type: "LAUNCH",
            launch: { task_infos: [sleepingTask("t1", on), sleepingTask("t2", on, "root")] },
          },
        ],
      },
    });
    await link.event("RUN_TASK", ({ task: it }) => it.task_id.value === "t2");
    ml = await (await world.framework({ user: "ml", roles: ["ml"] })).frameworkId();
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
    const [dev, ops] = await Promise.all([read("dev", "/frameworks"), read("ops", "/frameworks")]);
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
    const weights = JSON.parse((await world.get("/weights", "dev")).body) as unknown;
    expect(names(weights)).to.deep.equal(["web"]);
  });

  it("leaves the same out of the operator API, without a 403", async () => {
    const answer = async (type: string): Promise<Record<string, Record<string, unknown>>> => {
      const { status, body } = await world.call({ type }, "dev");
      expect(status, type).to.equal(200);
      return JSON.parse(body) as Record<string, Record<string, unknown>>;
    };
    const frameworks = (await answer("GET_FRAMEWORKS"))["get_frameworks"]?.["frameworks"];
    expect(frameworks).to.have.length(1);
    const { get_state } = await answer("GET_STATE");
    expect((get_state?.["get_frameworks"] as { frameworks: unknown[] }).frameworks).to.have.length(
      1,
    );
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
      const refused = await world.get(path, "dev");
      expect([refused.status, refused.body], path).to.deep.equal([403, ""]);
      expect((await world.get(path, "ops")).status, path).to.equal(200);
    }
  });
});
