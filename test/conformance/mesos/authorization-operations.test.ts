import { expect } from "chai";
import { aclsOf } from "../../support/mesos/acls.ts";
import { basic } from "../../support/http-request.ts";
import { knownCallers } from "../../support/mesos/known-callers.ts";
import { LinkAgent } from "../../support/mesos/link-agent.ts";
import { exchange, type HttpExchange } from "../../support/mesos/record-stream.ts";
import { SchedulerClient } from "../../support/mesos/scheduler-client.ts";
import { startTestMaster, type TestMaster } from "../../support/mesos/test-master.ts";
import { RecordingAuditLog } from "../../support/recording-audit-log.ts";

const NONE = { type: "NONE" };
const cpus = (principal: string): object => ({
  name: "cpus",
  type: "SCALAR",
  scalar: { value: 1 },
  reservations: [{ role: "web", type: "DYNAMIC", principal }],
});

describe("operations on resources (SEC-05)", () => {
  let master: TestMaster;
  let audit: RecordingAuditLog;
  let agentId: string;
  const open: { close(): void }[] = [];

  beforeEach(async () => {
    audit = new RecordingAuditLog();
    const acls = aclsOf({
      reserve_resources: [{ principals: { values: ["dev", "marathon"] }, roles: NONE }],
      unreserve_resources: [{ principals: { values: ["dev"] }, reserver_principals: NONE }],
    });
    master = await startTestMaster({
      config: { acls },
      parts: {
        authentication: knownCallers("ops:secret\ndev:secret", {
          realms: ["mesos-master-readwrite"],
        }),
        audit,
      },
    });
    const agent = await LinkAgent.subscribe(master.port);
    open.push(agent);
    agentId = await agent.agentId();
  });
  afterEach(async () => {
    for (const one of open.splice(0)) one.close();
    await master.stop();
  });

  const form = (who: string, path: string): Promise<HttpExchange> =>
    exchange(master.port, path, {
      headers: basic(who),
      body: new URLSearchParams({
        slaveId: agentId,
        resources: JSON.stringify([cpus(who)]),
      }).toString(),
    });
  const call = (who: string, type: "RESERVE_RESOURCES" | "UNRESERVE_RESOURCES") =>
    exchange(master.port, "/api/v1", {
      headers: { "Content-Type": "application/json", ...basic(who) },
      body: JSON.stringify({
        type,
        [type.toLowerCase()]: { agent_id: { value: agentId }, resources: [cpus(who)] },
      }),
    });

  it("are refused to operators without permission, by either way, and written down", async () => {
    for (const ask of [
      () => form("dev", "/reserve"),
      () => form("dev", "/unreserve"),
      () => call("dev", "RESERVE_RESOURCES"),
      () => call("dev", "UNRESERVE_RESOURCES"),
    ]) {
      const refused = await ask();
      expect([refused.status, refused.body]).to.deep.equal([403, ""]);
    }
    expect((await form("ops", "/reserve")).status).to.equal(202);
    expect(audit.lines().slice(1)).to.deep.equal([
      `dev RESERVE_RESOURCES agents/${agentId} 403 denied`,
      `dev UNRESERVE_RESOURCES agents/${agentId} 403 denied`,
      `dev RESERVE_RESOURCES agents/${agentId} 403 denied`,
      `dev UNRESERVE_RESOURCES agents/${agentId} 403 denied`,
      `ops RESERVE_RESOURCES agents/${agentId} 202 done`,
    ]);
  });

  it("are answered to frameworks with the reason, and leave the offer whole", async () => {
    const scheduler = await SchedulerClient.subscribe(master.port, {
      principal: "marathon",
      roles: ["web"],
      capabilities: [{ type: "MULTI_ROLE" }, { type: "RESERVATION_REFINEMENT" }],
    });
    open.push(scheduler);
    const offer = await scheduler.offer();
    const before = offer.resources?.find(({ name }) => name === "cpus")?.scalar?.value;
    await scheduler.call({
      type: "ACCEPT",
      accept: {
        offer_ids: [offer.id],
        operations: [
          { type: "RESERVE", id: { value: "o1" }, reserve: { resources: [cpus("marathon")] } },
        ],
        filters: { refuse_seconds: 0 },
      },
    });
    const told = await scheduler.event((it) => it.update_operation_status !== undefined);
    expect(told.update_operation_status?.status).to.deep.include({
      state: "OPERATION_ERROR",
      message: 'Not authorized to perform action RESERVE_RESOURCES on object {"value":"web"}',
    });
    const next = await scheduler.offer((it) => it.id.value !== offer.id.value);
    const after = next.resources?.find(({ name }) => name === "cpus")?.scalar?.value;
    expect(after).to.equal(before);
  });
});
