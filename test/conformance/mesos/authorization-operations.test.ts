import { expect } from "chai";
import { basic } from "../../support/http-request.ts";
import { exchange, type HttpExchange } from "../../support/mesos/record-stream.ts";
import { NONE, some, startGuardedMaster } from "../../support/mesos/guarded-master.ts";
import { useMaster } from "../../support/mesos/use-master.ts";

const ACLS = {
  reserve_resources: [{ principals: some("dev", "marathon"), roles: NONE }],
  unreserve_resources: [{ principals: some("dev"), reserver_principals: NONE }],
};
const cpus = (principal: string): object => ({
  name: "cpus",
  type: "SCALAR",
  scalar: { value: 1 },
  reservations: [{ role: "web", type: "DYNAMIC", principal }],
});

describe("operations on resources (SEC-05)", () => {
  const world = useMaster(() => startGuardedMaster({ acls: ACLS }));
  let agentId: string;

  beforeEach(async () => {
    agentId = await (await world.agent()).agentId();
  });

  const form = (who: string, path: string): Promise<HttpExchange> =>
    exchange(world.port, path, {
      headers: basic(who),
      body: new URLSearchParams({
        slaveId: agentId,
        resources: JSON.stringify([cpus(who)]),
      }).toString(),
    });
  const call = (who: string, type: "RESERVE_RESOURCES" | "UNRESERVE_RESOURCES") =>
    world.call(
      {
        type,
        [type.toLowerCase()]: { agent_id: { value: agentId }, resources: [cpus(who)] },
      },
      who,
    );

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
    expect(world.master.audit.lines().slice(1)).to.deep.equal([
      `dev RESERVE_RESOURCES agents/${agentId} 403 denied`,
      `dev UNRESERVE_RESOURCES agents/${agentId} 403 denied`,
      `dev RESERVE_RESOURCES agents/${agentId} 403 denied`,
      `dev UNRESERVE_RESOURCES agents/${agentId} 403 denied`,
      `ops RESERVE_RESOURCES agents/${agentId} 202 done`,
    ]);
  });

  it("are answered to frameworks with the reason, and leave the offer whole", async () => {
    const scheduler = await world.framework({
      principal: "marathon",
      roles: ["web"],
      capabilities: [{ type: "MULTI_ROLE" }, { type: "RESERVATION_REFINEMENT" }],
    });
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
