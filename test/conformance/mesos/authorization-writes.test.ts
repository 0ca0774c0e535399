import { expect } from "chai";
import { aclsOf } from "../../support/mesos/acls.ts";
import { basic } from "../../support/http-request.ts";
import { knownCallers } from "../../support/mesos/known-callers.ts";
import { exchange, type HttpExchange, RecordStream } from "../../support/mesos/record-stream.ts";
import { SchedulerClient } from "../../support/mesos/scheduler-client.ts";
import { startTestMaster, type TestMaster } from "../../support/mesos/test-master.ts";
import { RecordingAuditLog } from "../../support/recording-audit-log.ts";

const ANY = { type: "ANY" };
const NONE = { type: "NONE" };
const JSON_TYPE = { "Content-Type": "application/json" };
const MACHINES = [{ hostname: "m1", ip: "10.0.0.1" }];
const SCHEDULE = {
  windows: [{ machine_ids: MACHINES, unavailability: { start: { nanoseconds: 1 } } }],
};
const denied = (action: string, objects: string): object => ({
  [action]: [{ principals: { values: ["dev"] }, [objects]: NONE }],
});

describe("what operators may change and watch (SEC-08)", () => {
  let master: TestMaster;
  let audit: RecordingAuditLog;
  const open: { close(): void }[] = [];

  beforeEach(async () => {
    audit = new RecordingAuditLog();
    const acls = aclsOf({
      ...denied("update_weights", "roles"),
      ...denied("update_quotas", "roles"),
      ...denied("update_maintenance_schedules", "machines"),
      ...denied("start_maintenances", "machines"),
      ...denied("stop_maintenances", "machines"),
      ...denied("get_maintenance_schedules", "machines"),
      ...denied("set_log_level", "level"),
      ...denied("access_mesos_logs", "logs"),
      view_frameworks: [
        { principals: { values: ["dev"] }, users: { values: ["web"] } },
        { principals: { values: ["dev"] }, users: NONE },
        { principals: ANY, users: ANY },
      ],
    });
    master = await startTestMaster({
      config: { acls },
      parts: {
        authentication: knownCallers("ops:secret\ndev:secret", {
          realms: ["mesos-master-readonly", "mesos-master-readwrite"],
        }),
        audit,
      },
    });
  });
  afterEach(async () => {
    for (const one of open.splice(0)) one.close();
    await master.stop();
  });

  const call = (who: string, body: object): Promise<HttpExchange> =>
    exchange(master.port, "/api/v1", {
      headers: { ...JSON_TYPE, ...basic(who) },
      body: JSON.stringify(body),
    });

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
      const { status, body: text } = await call("dev", body);
      expect([status, text], type).to.deep.equal([403, ""]);
      expect(audit.lines().at(-1)).to.equal(`dev ${type} ${resource} 403 denied`);
      expect((await call("ops", body)).status, type).not.to.equal(403);
    }
    expect((await call("dev", { type: "LIST_FILES", list_files: { path: "/" } })).status).to.equal(
      403,
    );
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
        exchange(master.port, path, {
          method,
          headers: basic(who),
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
      const refused = await ask("dev");
      expect([refused.status, refused.body], path).to.deep.equal([403, ""]);
      expect((await ask("ops")).status, path).not.to.be.oneOf([401, 403]);
    }
    expect(audit.lines().filter((line) => line.endsWith("403 denied"))).to.have.length(6);
  });

  it("shows the maintenance schedule to whom it may be shown", async () => {
    const body = { schedule: SCHEDULE };
    const set = { type: "UPDATE_MAINTENANCE_SCHEDULE", update_maintenance_schedule: body };
    const { status } = await call("ops", set);
    const windowsSeen = async (who: string): Promise<boolean> =>
      (
        await exchange(master.port, "/maintenance/schedule", { method: "GET", headers: basic(who) })
      ).body.includes("windows");
    // Without a writer of the configuration the schedule cannot be set, and nobody sees one.
    expect(await windowsSeen("ops")).to.equal(status === 200);
    expect(await windowsSeen("dev")).to.equal(false);
  });

  it("tells who watches only of what may be seen, by the ACLs that hold when it happens", async () => {
    const watch = async (who: string): Promise<RecordStream> => {
      const stream = await RecordStream.open(
        master.port,
        "/api/v1",
        { ...JSON_TYPE, ...basic(who) },
        JSON.stringify({ type: "SUBSCRIBE" }),
      );
      open.push(stream);
      return stream;
    };
    const framework = async (user: string): Promise<string> => {
      const client = await SchedulerClient.subscribe(master.port, { user, name: user });
      open.push(client);
      return client.frameworkId();
    };
    await framework("ml");
    const [dev, ops] = [await watch("dev"), await watch("ops")];
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
    master.config.set({ ...master.config.current(), acls: aclsOf({}) });
    await framework("ml");
    await dev.until(() => names(dev).includes("ml") || undefined, "ml");
  });
});
