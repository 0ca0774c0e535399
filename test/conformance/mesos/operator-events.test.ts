import { expect } from "chai";
import type { MasterEvent } from "../../../src/api/mesos/operator-event.ts";
import { MasterEvent as MasterEventMessage } from "../../../src/api/mesos/operator-event.ts";
import { decodeProtobuf } from "../../../src/api/mesos/protobuf-decode.ts";
import { RecordStream } from "../../support/mesos/record-stream.ts";
import { startTestMaster } from "../../support/mesos/test-master.ts";
import { useMaster } from "../../support/mesos/use-master.ts";

describe("SUBSCRIBE of an operator", () => {
  const world = useMaster(startTestMaster);

  const events = (stream: RecordStream): MasterEvent[] => stream.events();
  const next = (stream: RecordStream, type: string): Promise<MasterEvent> =>
    stream.until(() => events(stream).find((event) => event.type === type), type);

  it("begins with the whole state and a beat", async () => {
    const agent = await world.agent();
    const agentId = await agent.agentId();
    const stream = await world.watch();
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
    const stream = await world.watch();
    const agent = await world.agent();
    const scheduler = await world.framework({ failover_timeout: 60 });
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

  it("speaks protobuf to those who ask for it", async () => {
    const stream = await world.watch({ Accept: "application/x-protobuf" });
    await stream.until(() => stream.records[1], "two records");
    expect(stream.headers["content-type"]).to.equal("application/x-protobuf");
    const bytes = Buffer.from(stream.records[1] ?? "", "latin1");
    expect(decodeProtobuf(MasterEventMessage, bytes)).to.deep.equal({
      ok: true,
      value: { type: "HEARTBEAT" },
    });
  });

  it("is counted while it is open", async () => {
    const open = await world.watch();
    await next(open, "HEARTBEAT");
    const subscribers = async (): Promise<unknown> => {
      const stream = await fetch(`http://127.0.0.1:${world.port}/metrics/snapshot`);
      const snapshot = (await stream.json()) as Record<string, number>;
      return snapshot["master/operator_event_stream_subscribers"];
    };
    expect(await subscribers()).to.equal(1);
  });
});
