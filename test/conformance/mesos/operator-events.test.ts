import { expect } from "chai";
import type { MasterEvent } from "../../../src/api/mesos/operator-event.ts";
import { MasterEvent as MasterEventMessage } from "../../../src/api/mesos/operator-event.ts";
import { decodeProtobuf } from "../../../src/api/mesos/protobuf-decode.ts";
import { LinkAgent } from "../../support/mesos/link-agent.ts";
import { RecordStream } from "../../support/mesos/record-stream.ts";
import { SchedulerClient } from "../../support/mesos/scheduler-client.ts";
import { startTestMaster, type TestMaster } from "../../support/mesos/test-master.ts";

const JSON_HEADERS = { "Content-Type": "application/json" };

describe("SUBSCRIBE of an operator (NFR-17)", () => {
  let master: TestMaster;
  const open: { close(): void }[] = [];
  const keep = <T extends { close(): void }>(one: T): T => {
    open.push(one);
    return one;
  };
  beforeEach(async () => {
    master = await startTestMaster();
  });
  afterEach(async () => {
    for (const one of open.splice(0)) one.close();
    await master.stop();
  });

  const watch = async (headers: Record<string, string> = {}): Promise<RecordStream> =>
    keep(
      await RecordStream.open(
        master.port,
        "/api/v1",
        { ...JSON_HEADERS, ...headers },
        JSON.stringify({ type: "SUBSCRIBE" }),
      ),
    );
  const events = (stream: RecordStream): MasterEvent[] => stream.events();
  const next = (stream: RecordStream, type: string): Promise<MasterEvent> =>
    stream.until(() => events(stream).find((event) => event.type === type), type);

  it("begins with the whole state and a beat", async () => {
    const agent = keep(await LinkAgent.subscribe(master.port));
    const agentId = await agent.agentId();
    const stream = await watch();
    expect(stream.status).to.equal(200);
    expect(stream.headers["content-type"]).to.equal("application/json");
    await next(stream, "HEARTBEAT");
    const [first, second] = events(stream);
    expect(first?.type).to.equal("SUBSCRIBED");
    expect(first?.subscribed?.heartbeat_interval_seconds).to.equal(15);
    const known = first?.subscribed?.get_state?.get_agents?.agents ?? [];
    expect(known.map(({ agent_info }) => agent_info.id?.value)).to.deep.equal([agentId]);
    expect(second).to.deep.equal({ type: "HEARTBEAT" });
  });

  it("tells of agents, frameworks and tasks as they come, change and go", async () => {
    const stream = await watch();
    const agent = keep(await LinkAgent.subscribe(master.port));
    const scheduler = keep(await SchedulerClient.subscribe(master.port, { failover_timeout: 60 }));
    const offer = await scheduler.offer();
    const task = {
      name: "t",
      task_id: { value: "t" },
      agent_id: offer.agent_id,
      command: { value: "true" },
      resources: [{ name: "cpus", type: "SCALAR", scalar: { value: 1 } }],
    };
    await scheduler.call({
      type: "ACCEPT",
      accept: {
        offer_ids: [offer.id],
        operations: [{ type: "LAUNCH", launch: { task_infos: [task] } }],
      },
    });
    await agent.update(await scheduler.frameworkId(), "t", "TASK_RUNNING", "u");
    await scheduler.call({ type: "TEARDOWN" });
    await next(stream, "FRAMEWORK_REMOVED");
    const types = events(stream).map(({ type }) => type);
    expect(types).to.deep.equal([
      "SUBSCRIBED",
      "HEARTBEAT",
      "AGENT_ADDED",
      "FRAMEWORK_ADDED",
      "TASK_ADDED",
      "TASK_UPDATED",
      "TASK_UPDATED",
      "FRAMEWORK_REMOVED",
    ]);
    expect(events(stream)[5]?.task_updated?.state).to.equal("TASK_RUNNING");
    expect(events(stream)[6]?.task_updated?.state).to.equal("TASK_KILLED");
  });

  it("tells of an agent that goes and a framework that changes", async () => {
    const stream = await watch();
    const agent = keep(await LinkAgent.subscribe(master.port));
    const agentId = await agent.agentId();
    const scheduler = keep(await SchedulerClient.subscribe(master.port));
    const id = { value: await scheduler.frameworkId() };
    const framework_info = {
      user: "nobody",
      name: "renamed",
      id,
      roles: ["*"],
      capabilities: [{ type: "MULTI_ROLE" }, { type: "PARTITION_AWARE" }],
    };
    await scheduler.call({ type: "UPDATE_FRAMEWORK", update_framework: { framework_info } });
    const changed = await next(stream, "FRAMEWORK_UPDATED");
    expect(changed.framework_updated?.framework.framework_info.name).to.equal("renamed");
    await agent.call({ type: "GOODBYE", reason: "remove" });
    const gone = await next(stream, "AGENT_REMOVED");
    expect(gone.agent_removed?.agent_id).to.deep.equal({ value: agentId });
  });

  it("speaks protobuf to those who ask for it", async () => {
    const stream = await watch({ Accept: "application/x-protobuf" });
    await stream.until(() => stream.records[1], "two records");
    expect(stream.headers["content-type"]).to.equal("application/x-protobuf");
    const bytes = Buffer.from(stream.records[1] ?? "", "latin1");
    expect(decodeProtobuf(MasterEventMessage, bytes)).to.deep.equal({
      ok: true,
      value: { type: "HEARTBEAT" },
    });
  });

  it("is counted while it is open", async () => {
    const open = await watch();
    await next(open, "HEARTBEAT");
    const subscribers = async (): Promise<unknown> => {
      const stream = await fetch(`http://127.0.0.1:${master.port}/metrics/snapshot`);
      const snapshot = (await stream.json()) as Record<string, number>;
      return snapshot["master/operator_event_stream_subscribers"];
    };
    expect(await subscribers()).to.equal(1);
  });
});
