import { expect } from "chai";
import { exchange, type HttpExchange } from "../../support/mesos/record-stream.ts";
import { startWritableMaster } from "../../support/mesos/writable-master.ts";
import { useMaster } from "../../support/mesos/use-master.ts";

const MACHINE = { hostname: "agent-1", ip: "127.0.0.1" };
const UNAVAILABILITY = {
  start: { nanoseconds: 4_000_000_000_000_000_000 },
  duration: { nanoseconds: 3_600_000_000_000 },
};
const SCHEDULE = { windows: [{ machine_ids: [MACHINE], unavailability: UNAVAILABILITY }] };

describe("maintenance through the operator API (HA-16)", () => {
  const world = useMaster(() => startWritableMaster());

  const ok = async (body: Record<string, unknown>): Promise<void> => {
    const { status, body: text } = await world.call(body);
    expect([status, text]).to.deep.equal([200, ""]);
  };
  const schedule = (given: unknown = SCHEDULE): Record<string, unknown> => ({
    type: "UPDATE_MAINTENANCE_SCHEDULE",
    update_maintenance_schedule: { schedule: given },
  });
  const start = { type: "START_MAINTENANCE", start_maintenance: { machines: [MACHINE] } };
  const stop = { type: "STOP_MAINTENANCE", stop_maintenance: { machines: [MACHINE] } };

  it("goes full circle: schedule, inverse offer, answer, down, up", async () => {
    const agent = await world.agent();
    const agentId = await agent.agentId();
    const scheduler = await world.framework();
    await scheduler.offer();

    await ok(schedule());
    const shown = await scheduler.offer(({ unavailability }) => unavailability !== undefined);
    expect(shown.unavailability).to.deep.equal(UNAVAILABILITY);
    const event = await scheduler.event(({ inverse_offers }) => inverse_offers !== undefined);
    const [inverse] = event.inverse_offers?.inverse_offers ?? [];
    expect(inverse).to.deep.equal({
      id: inverse?.id,
      url: {
        scheme: "http",
        address: { hostname: "agent-1", ip: "127.0.0.1", port: 5051 },
        path: "/slave(1)",
      },
      framework_id: { value: await scheduler.frameworkId() },
      agent_id: { value: agentId },
      unavailability: UNAVAILABILITY,
    });
    expect(await world.read("GET_MAINTENANCE_SCHEDULE")).to.deep.equal({ schedule: SCHEDULE });

    const accepted = await scheduler.call({
      type: "ACCEPT_INVERSE_OFFERS",
      accept_inverse_offers: { inverse_offer_ids: [inverse?.id] },
    });
    expect(accepted.status).to.equal(202);
    const draining = (await world.read("GET_MAINTENANCE_STATUS")) as {
      status: { draining_machines: { id: unknown; statuses: Record<string, unknown>[] }[] };
    };
    const [machine] = draining.status.draining_machines;
    expect(machine?.id).to.deep.equal(MACHINE);
    expect(machine?.statuses.map(({ status }) => status)).to.deep.equal(["ACCEPT"]);

    await ok(start);
    expect((await agent.event("ERROR")).message).to.equal("Operator initiated 'Machine DOWN'");
    await scheduler.event(({ failure }) => failure?.agent_id?.value === agentId);
    expect(await world.read("GET_MAINTENANCE_STATUS")).to.deep.equal({
      status: { down_machines: [MACHINE] },
    });
    const refused = await world.agent();
    expect((await refused.event("ERROR")).message).to.equal("Machine is `DOWN`");

    await ok(stop);
    expect(await world.read("GET_MAINTENANCE_STATUS")).to.deep.equal({ status: {} });
    expect(await world.read("GET_MAINTENANCE_SCHEDULE")).to.deep.equal({ schedule: {} });
    const back = await world.agent();
    await back.agentId();
  });

  it("refuses what is not in its order", async () => {
    const text = `{"hostname":"agent-1","ip":"127.0.0.1"}`;
    const answers: [number, string][] = [];
    const ask = async (body: Record<string, unknown>): Promise<void> => {
      const { status, body: said } = await world.call(body);
      answers.push([status, said]);
    };
    await ask(start);
    await ok(schedule());
    await ask(stop);
    await ok(start);
    await ask(start);
    await ask(schedule({}));
    expect(answers).to.deep.equal([
      [400, `Machine '${text}' is not part of a maintenance schedule`],
      [400, `Machine '${text}' is not in DOWN mode and cannot be brought up`],
      [400, `Machine '${text}' is not in DRAINING mode and cannot be brought down`],
      [400, `Machine '${text}' is deactivated and cannot be removed from the schedule`],
    ]);
  });

  it("takes down that a framework refuses an inverse offer", async () => {
    await world.agent();
    const scheduler = await world.framework();
    await scheduler.offer();
    await ok(schedule());
    const event = await scheduler.event(({ inverse_offers }) => inverse_offers !== undefined);
    const [inverse] = event.inverse_offers?.inverse_offers ?? [];
    const declined = await scheduler.call({
      type: "DECLINE_INVERSE_OFFERS",
      decline_inverse_offers: { inverse_offer_ids: [inverse?.id], filters: { refuse_seconds: 0 } },
    });
    expect([declined.status, declined.body]).to.deep.equal([202, ""]);
    const draining = (await world.read("GET_MAINTENANCE_STATUS")) as {
      status: { draining_machines: { statuses: { status: string }[] }[] };
    };
    const [machine] = draining.status.draining_machines;
    expect(machine?.statuses.map(({ status }) => status)).to.deep.equal(["DECLINE"]);
  });

  it("takes inverse offers back with the schedule", async () => {
    await world.agent();
    const scheduler = await world.framework();
    await scheduler.offer();
    await ok(schedule());
    const event = await scheduler.event(({ inverse_offers }) => inverse_offers !== undefined);
    await ok(schedule({}));
    const { rescind_inverse_offer } = await scheduler.event(
      (it) => it.rescind_inverse_offer !== undefined,
    );
    expect(rescind_inverse_offer?.inverse_offer_id).to.deep.equal(
      event.inverse_offers?.inverse_offers?.[0]?.id,
    );
  });

  const window = (parts: object): unknown => ({
    windows: [{ machine_ids: [MACHINE], unavailability: UNAVAILABILITY, ...parts }],
  });
  const scheduleFaults: Record<string, readonly [given: unknown, text: string]> = {
    "no machine": [
      window({ machine_ids: [] }),
      "List of machines in the maintenance window is empty",
    ],
    "a negative duration": [
      window({ unavailability: { ...UNAVAILABILITY, duration: { nanoseconds: -1 } } }),
      "Unavailability 'duration' is negative",
    ],
    "a machine twice": [
      window({ machine_ids: [MACHINE, MACHINE] }),
      `Machine '{"hostname":"agent-1","ip":"127.0.0.1"}' appears more than once in the schedule`,
    ],
  };
  for (const [name, [given, text]] of Object.entries(scheduleFaults)) {
    it(`refuses a schedule with ${name}`, async () => {
      const answer = await world.call(schedule(given));
      expect([answer.status, answer.body]).to.deep.equal([400, text]);
    });
  }

  it("drains no agent in the schedule, and schedules no agent that drains", async () => {
    const agent = await world.agent();
    const agent_id = { value: await agent.agentId() };
    await ok(schedule());
    const refused = await world.call({ type: "DRAIN_AGENT", drain_agent: { agent_id } });
    expect([refused.status, refused.body]).to.deep.equal([
      400,
      `Agent ${agent_id.value} is part of a maintenance schedule under Machine {"hostname":"agent-1","ip":"127.0.0.1"}`,
    ]);
    await ok(schedule({}));
    const known = world.master.service.leadership();
    if (known.kind !== "leading") throw new Error("nobody leads");
    known.host.advance({
      kind: "agentDrained",
      agentId: agent_id.value as never,
      maxGracePeriodMs: undefined,
      markGone: false,
    });
    expect((await world.call(schedule())).body).to.equal(
      `Machine '{"hostname":"agent-1","ip":"127.0.0.1"}' cannot be scheduled: agent ${agent_id.value} there is being drained`,
    );
  });

  it("keeps schedule and machines that are down for the master that comes after (HA-05)", async () => {
    await ok(schedule());
    await ok(start);
    await world.master.stop();
    await world.begin(startWritableMaster({}, world.master.registry));
    expect(await world.read("GET_MAINTENANCE_STATUS")).to.deep.equal({
      status: { down_machines: [MACHINE] },
    });
    expect(await world.read("GET_MAINTENANCE_SCHEDULE")).to.deep.equal({ schedule: SCHEDULE });
    const agent = await world.agent();
    expect((await agent.event("ERROR")).message).to.equal("Machine is `DOWN`");
    await ok(stop);
  });

  it("is served by the endpoints before /api/v1 too", async () => {
    const legacy = (path: string, body?: unknown): Promise<HttpExchange> =>
      exchange(world.port, path, {
        method: body === undefined ? "GET" : "POST",
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    expect((await legacy("/master/maintenance/schedule", SCHEDULE)).status).to.equal(200);
    expect(JSON.parse((await legacy("/maintenance/schedule")).body)).to.deep.equal(SCHEDULE);
    expect((await legacy("/machine/down", [MACHINE])).status).to.equal(200);
    expect(JSON.parse((await legacy("/maintenance/status")).body)).to.deep.equal({
      down_machines: [MACHINE],
    });
    expect((await legacy("/machine/up", [MACHINE])).status).to.equal(200);
    expect(JSON.parse((await legacy("/maintenance/status")).body)).to.deep.equal({});
    expect((await legacy("/machine/up", { machines: [] })).body).to.equal(
      "Expecting a JSON array of machines",
    );
    const get = await legacy("/machine/up");
    expect([get.status, get.headers["allow"]]).to.deep.equal([405, "POST"]);
  });
});
