import { expect } from "chai";
import { aclsOf } from "../../support/mesos/acls.ts";
import { basic } from "../../support/http-request.ts";
import { exchange, type HttpExchange, RecordStream } from "../../support/mesos/record-stream.ts";
import { ANY, NONE, some, startGuardedMaster } from "../../support/mesos/guarded-master.ts";
import { useMaster } from "../../support/mesos/use-master.ts";

const MACHINES = [{ hostname: "m1", ip: "10.0.0.1" }];
const SCHEDULE = {
  windows: [{ machine_ids: MACHINES, unavailability: { start: { nanoseconds: 1 } } }],
};
const denied = (action: string, objects: string): object => ({
  [action]: [{ principals: some("dev"), [objects]: NONE }],
});
const ACLS = {
  ...denied("update_weights", "roles"),
  ...denied("update_quotas", "roles"),
  ...denied("update_maintenance_schedules", "machines"),
  ...denied("start_maintenances", "machines"),
  ...denied("stop_maintenances", "machines"),
  ...denied("get_maintenance_schedules", "machines"),
  ...denied("set_log_level", "level"),
  ...denied("access_mesos_logs", "logs"),
  view_frameworks: [
    { principals: some("dev"), users: some("web") },
    { principals: some("dev"), users: NONE },
    { principals: ANY, users: ANY },
  ],
};

describe("what operators may change and watch (SEC-08)", () => {
  const world = useMaster(() => startGuardedMaster({ acls: ACLS }));

  const calls: readonly (readonly [call: object, resource: string])[] = [
    [
      { type: "UPDATE_WEIGHTS", update_weights: { weight_infos: [{ role: "web", weight: 2 }] } },
      "roles/web",
    ],
    [{ type: "UPDATE_QUOTA", update_quota: { quota_configs: [{ role: "web" }] } }, "roles/web"],
    [{ type: "SET_QUOTA", set_quota: { quota_request: { role: "web" } } }, "roles/web"],
    [{ type: "REMOVE_QUOTA", remove_quota: { role: "web" } }, "roles/web"],
    [
      { type: "UPDATE_MAINTENANCE_SCHEDULE", update_maintenance_schedule: { schedule: SCHEDULE } },
      "maintenance/schedule",
    ],
    [{ type: "START_MAINTENANCE", start_maintenance: { machines: MACHINES } }, "machines/m1"],
    [{ type: "STOP_MAINTENANCE", stop_maintenance: { machines: MACHINES } }, "machines/m1"],
    [
      { type: "SET_LOGGING_LEVEL", set_logging_level: { level: 1, duration: { nanoseconds: 1 } } },
      "master",
    ],
  ];
  it("refuses each call to whom it is denied, and writes it down", async () => {
    for (const [body, resource] of calls) {
      const { type } = body as { type: string };
      const { status, body: text } = await world.call(body, "dev");
      expect([status, text], type).to.deep.equal([403, ""]);
      expect(world.master.audit.lines().at(-1)).to.equal(`dev ${type} ${resource} 403 denied`);
      expect((await world.call(body, "ops")).status, type).not.to.equal(403);
    }
    expect(
      (await world.call({ type: "LIST_FILES", list_files: { path: "/" } }, "dev")).status,
    ).to.equal(403);
  });

  it("refuses the same through the legacy endpoints", async () => {
    const requests: readonly (readonly [method: string, path: string, body: unknown])[] = [
      ["PUT", "/weights", [{ role: "web", weight: 2 }]],
      ["POST", "/quota", { role: "web" }],
      ["DELETE", "/quota/web", undefined],
      ["POST", "/maintenance/schedule", SCHEDULE],
      ["POST", "/machine/down", MACHINES],
      ["POST", "/machine/up", MACHINES],
    ];
    for (const [method, path, body] of requests) {
      const ask = (who: string): Promise<HttpExchange> =>
        exchange(world.port, path, {
          method,
          headers: basic(who),
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
      const refused = await ask("dev");
      expect([refused.status, refused.body], path).to.deep.equal([403, ""]);
      expect((await ask("ops")).status, path).not.to.be.oneOf([401, 403]);
    }
    expect(world.master.audit.lines().filter((line) => line.endsWith("403 denied"))).to.have.length(
      6,
    );
  });

  it("shows the maintenance schedule to whom it may be shown", async () => {
    const body = { schedule: SCHEDULE };
    const set = { type: "UPDATE_MAINTENANCE_SCHEDULE", update_maintenance_schedule: body };
    const { status } = await world.call(set, "ops");
    const windowsSeen = async (who: string): Promise<boolean> =>
      (
        await exchange(world.port, "/maintenance/schedule", { method: "GET", headers: basic(who) })
      ).body.includes("windows");
    // Without a writer of the configuration the schedule cannot be set, and nobody sees one.
    expect(await windowsSeen("ops")).to.equal(status === 200);
    expect(await windowsSeen("dev")).to.equal(false);
  });

  it("tells who watches only of what may be seen, by the ACLs that hold when it happens", async () => {
    const framework = async (user: string): Promise<string> => {
      const client = await world.framework({ user, name: user });
      return client.frameworkId();
    };
    await framework("ml");
    const [dev, ops] = [await world.watch(basic("dev")), await world.watch(basic("ops"))];
    await framework("ml");
    await framework("web");
    const names = (stream: RecordStream): string[] =>
      stream.records
        .filter((record) => record.includes("FRAMEWORK_ADDED"))
        .map((record) => /"name":"(\w+)"/.exec(record)?.[1] ?? "");
    await ops.until(() => names(ops).length === 2 || undefined, "both");
    await dev.until(() => names(dev).length > 0 || undefined, "one");
    expect(names(ops)).to.deep.equal(["ml", "web"]);
    expect(names(dev)).to.deep.equal(["web"]);
    expect(dev.records[0]).to.include("SUBSCRIBED").and.not.to.include('"ml"');
    expect(ops.records[0]).to.include('"ml"');
    world.master.config.set({ ...world.master.config.current(), acls: aclsOf({}) });
    await framework("ml");
    await dev.until(() => names(dev).includes("ml") || undefined, "ml");
  });
});
