import { expect } from "chai";
import type { OfferOperation } from "../../../src/api/mesos/offer.ts";
import type { OperationStatus } from "../../../src/api/mesos/operation-status.ts";
import type { LinkAgent } from "../../support/mesos/link-agent.ts";
import { FEEDBACK } from "../../support/mesos/operating-scenario.ts";
import { reserve, wire, withId } from "../../support/mesos/operations.ts";
import { exchange, type HttpExchange } from "../../support/mesos/record-stream.ts";
import type { SchedulerClient } from "../../support/mesos/scheduler-client.ts";
import { startTestMaster } from "../../support/mesos/test-master.ts";
import { useMaster } from "../../support/mesos/use-master.ts";

const UUID = Buffer.from("0123456789abcdef").toString("base64");
const VOLUME = "disk(web)[v:data]:20";

describe("operations on resources over HTTP (MES-16)", () => {
  const world = useMaster();
  let agent: LinkAgent;
  let agentId: string;

  async function begin(checkpointed = ""): Promise<void> {
    await world.begin(startTestMaster({ config: { offerTimeoutMs: 0 } }));
    agent = await world.agent({
      resources: "cpus:4;mem:1000;disk:100",
      capabilities: [...FEEDBACK, "AGENT_OPERATION_FEEDBACK"],
      checkpointed,
    });
    agentId = await agent.agentId();
  }

  const framework = (info: Readonly<Record<string, unknown>> = {}): Promise<SchedulerClient> =>
    world.framework({ roles: ["web"], ...info });

  async function accept(scheduler: SchedulerClient, operation: OfferOperation): Promise<void> {
    const offer = await scheduler.offer();
    await scheduler.call({
      type: "ACCEPT",
      accept: { offer_ids: [offer.id], operations: [operation] },
    });
  }

  async function told(scheduler: SchedulerClient): Promise<OperationStatus | undefined> {
    const event = await scheduler.event((it) => it.update_operation_status !== undefined);
    return event.update_operation_status?.status;
  }

  it("go to the agent, and what comes of them to the framework, until it acknowledges", async () => {
    await begin();
    const scheduler = await framework();
    await accept(scheduler, withId(reserve("cpus(web):1"), "op"));
    const order = await agent.event("APPLY_OPERATION");
    expect(order.operation.reserve?.resources?.[0]).to.deep.include({
      reservations: [{ role: "web", type: "DYNAMIC" }],
      allocation_info: { role: "web" },
    });
    const operations = async (): Promise<unknown[]> => {
      const answer = JSON.parse((await world.call({ type: "GET_OPERATIONS" })).body) as {
        get_operations: { operations?: unknown[] };
      };
      return answer.get_operations.operations ?? [];
    };
    expect(await operations()).to.have.length(1);
    await agent.call({
      type: "OPERATION_STATUS",
      framework_id: await scheduler.frameworkId(),
      operation_uuid: order.operation_uuid,
      status: {
        state: "OPERATION_FINISHED",
        uuid: { value: UUID },
        converted_resources: wire("cpus(web):1"),
      },
    });
    expect(await told(scheduler)).to.deep.include({
      operation_id: { value: "op" },
      state: "OPERATION_FINISHED",
      uuid: { value: UUID },
      agent_id: { value: agentId },
    });
    const ack = { agent_id: { value: agentId }, operation_id: { value: "op" }, uuid: UUID };
    const answered = await scheduler.call({
      type: "ACKNOWLEDGE_OPERATION_STATUS",
      acknowledge_operation_status: ack,
    });
    expect(answered.status).to.equal(202);
    expect((await agent.event("ACKNOWLEDGE_OPERATION")).uuid).to.equal(UUID);
    expect(await operations()).to.deep.equal([]);
  });

  for (const [refined, field] of [
    [true, "reservations"],
    [false, "reservation"],
  ] as const) {
    it(`are shown as ${field} to a framework ${refined ? "with" : "without"} refinement`, async () => {
      await begin("cpus(web):1");
      const capabilities = refined
        ? [{ type: "MULTI_ROLE" }, { type: "RESERVATION_REFINEMENT" }]
        : [{ type: "MULTI_ROLE" }];
      const scheduler = await framework({ capabilities });
      const offer = await scheduler.offer();
      const reserved = offer.resources?.filter((resource) => resource[field] !== undefined);
      expect(reserved?.map(({ name, role }) => [name, role])).to.deep.equal([
        ["cpus", refined ? undefined : "web"],
      ]);
    });
  }

  interface Ask {
    readonly checkpointed?: string;
    readonly body: (agent_id: { readonly value: string }) => Record<string, unknown>;
    readonly made: string;
  }
  const calls: Record<string, Ask> = {
    RESERVE_RESOURCES: {
      body: (agent_id) => ({
        type: "RESERVE_RESOURCES",
        reserve_resources: { agent_id, resources: wire("cpus(web):1") },
      }),
      made: "RESERVE",
    },
    UNRESERVE_RESOURCES: {
      checkpointed: "cpus(web):1",
      body: (agent_id) => ({
        type: "UNRESERVE_RESOURCES",
        unreserve_resources: { agent_id, resources: wire("cpus(web):1") },
      }),
      made: "UNRESERVE",
    },
    CREATE_VOLUMES: {
      checkpointed: "disk(web):20",
      body: (agent_id) => ({
        type: "CREATE_VOLUMES",
        create_volumes: { agent_id, volumes: wire(VOLUME) },
      }),
      made: "CREATE",
    },
    DESTROY_VOLUMES: {
      checkpointed: VOLUME,
      body: (agent_id) => ({
        type: "DESTROY_VOLUMES",
        destroy_volumes: { agent_id, volumes: wire(VOLUME) },
      }),
      made: "DESTROY",
    },
    GROW_VOLUME: {
      checkpointed: `${VOLUME};disk(web):5`,
      body: (agent_id) => ({
        type: "GROW_VOLUME",
        grow_volume: { agent_id, volume: wire(VOLUME)[0], addition: wire("disk(web):5")[0] },
      }),
      made: "GROW_VOLUME",
    },
    SHRINK_VOLUME: {
      checkpointed: VOLUME,
      body: (agent_id) => ({
        type: "SHRINK_VOLUME",
        shrink_volume: { agent_id, volume: wire(VOLUME)[0], subtract: { value: 5 } },
      }),
      made: "SHRINK_VOLUME",
    },
  };
  for (const [name, { checkpointed = "", body, made }] of Object.entries(calls)) {
    it(`${name}: 202, and 400 for an agent nobody knows; once done it is invalid or taken`, async () => {
      await begin(checkpointed);
      const unknown = await world.call(body({ value: "nobody" }));
      expect([unknown.status, unknown.body]).to.deep.equal([
        400,
        "No agent found with specified ID",
      ]);
      const done = await world.call(body({ value: agentId }));
      expect([done.status, done.body]).to.deep.equal([202, ""]);
      expect((await agent.event("APPLY_OPERATION")).operation.type).to.equal(made);
      if (made !== "RESERVE") {
        expect((await world.call(body({ value: agentId }))).status).to.be.oneOf([400, 409]);
      }
    });
  }

  it("of operators are refused while a task has what they take", async () => {
    await begin();
    const scheduler = await framework();
    await accept(scheduler, {
      type: "LAUNCH",
      launch: {
        task_infos: [
          {
            name: "t",
            task_id: { value: "t" },
            agent_id: { value: agentId },
            command: { value: "x" },
            resources: wire("cpus:4"),
          },
        ],
      },
    });
    const reserved = calls["RESERVE_RESOURCES"]?.body({ value: agentId }) ?? {};
    expect((await world.call(reserved)).status).to.equal(409);
  });

  const form = (path: string, fields: Record<string, string>): Promise<HttpExchange> =>
    exchange(world.port, path, { body: new URLSearchParams(fields).toString() });

  it("are done by the forms before /api/v1 too", async () => {
    await begin();
    const steps: readonly (readonly [string, string, string])[] = [
      ["/reserve", "resources", "cpus(web):1;disk(web):20"],
      ["/create-volumes", "volumes", VOLUME],
      ["/master/destroy-volumes", "volumes", VOLUME],
      ["/unreserve", "resources", "cpus(web):1;disk(web):20"],
    ];
    for (const [path, list, text] of steps) {
      const answer = await form(path, { slaveId: agentId, [list]: JSON.stringify(wire(text)) });
      expect([path, answer.status, answer.body]).to.deep.equal([path, 202, ""]);
    }
    await agent.event("APPLY_OPERATION", ({ operation }) => operation.type === "UNRESERVE");
    const applied = agent.events().filter(({ type }) => type === "APPLY_OPERATION");
    expect(applied).to.have.length(4);
  });

  it("name what a form lacks", async () => {
    await begin();
    const answers = [
      await form("/reserve", {}),
      await form("/reserve", { slaveId: agentId }),
      await form("/create-volumes", { slaveId: agentId }),
      await form("/reserve", { slaveId: agentId, resources: "{" }),
      await form("/reserve", { slaveId: "nobody", resources: "[]" }),
      await exchange(world.port, "/reserve", { method: "GET" }),
    ];
    expect(answers.map(({ status }) => status)).to.deep.equal([400, 400, 400, 400, 400, 405]);
    expect(answers[0]?.body).to.equal("Missing 'slaveId' query parameter in the request body");
    expect(answers[1]?.body).to.equal("Missing 'resources' query parameter in the request body");
    expect(answers[2]?.body).to.equal("Missing 'volumes' query parameter in the request body");
    expect(answers[3]?.body).to.match(/^Error in parsing 'resources' query parameter/);
    expect(answers[4]?.body).to.equal("No agent found with specified ID");
  });
});
