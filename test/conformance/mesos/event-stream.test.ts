import { expect } from "chai";
import { decodeProtobuf } from "../../../src/api/mesos/protobuf-decode.ts";
import { encodeProtobuf } from "../../../src/api/mesos/protobuf-encode.ts";
import { SchedulerCall } from "../../../src/api/mesos/scheduler-call.ts";
import { SchedulerEvent } from "../../../src/api/mesos/scheduler-event.ts";
import { LinkAgent } from "../../support/mesos/link-agent.ts";
import { RecordStream } from "../../support/mesos/record-stream.ts";
import { SchedulerClient } from "../../support/mesos/scheduler-client.ts";
import { startTestMaster, type TestMaster } from "../../support/mesos/test-master.ts";

describe("the event stream of a framework (API-01)", () => {
  let master: TestMaster;
  const open: { close(): void }[] = [];
  beforeEach(async () => {
    master = await startTestMaster();
  });
  afterEach(async () => {
    for (const one of open.splice(0)) one.close();
    await master.stop();
  });
  const keep = <T extends { close(): void }>(one: T): T => {
    open.push(one);
    return one;
  };

  it("begins with SUBSCRIBED, then HEARTBEAT, each a chunk of its own", async () => {
    const scheduler = keep(await SchedulerClient.subscribe(master.port));
    const { stream } = scheduler;
    await stream.until(() => (stream.records.length >= 2 ? true : undefined), "two records");
    expect(stream.headers["content-type"]).to.equal("application/json");
    expect(stream.headers["transfer-encoding"]).to.equal("chunked");
    expect(stream.headers["mesos-stream-id"]).to.match(/^[0-9a-f-]{36}$/);
    const [first, second] = scheduler.events();
    expect(first?.type).to.equal("SUBSCRIBED");
    expect(first?.subscribed?.heartbeat_interval_seconds).to.equal(15);
    expect(first?.subscribed?.master_info?.address?.port).to.equal(master.port);
    expect(second).to.deep.equal({ type: "HEARTBEAT" });
    expect(stream.chunks.map((chunk) => chunk.toString("latin1"))).to.deep.equal(
      stream.records.map((record) => `${record.length}\n${record}`),
    );
  });

  it("is pure ASCII without line breaks inside a record", async () => {
    keep(await LinkAgent.subscribe(master.port, { hostname: "höst-😀" }));
    const scheduler = keep(await SchedulerClient.subscribe(master.port));
    const offer = await scheduler.offer();
    expect(offer.hostname).to.equal("höst-😀");
    for (const record of scheduler.stream.records) expect(record).to.match(/^[\x20-\x7e]+$/);
  });

  it("sends a heartbeat soon after a burst of events", async () => {
    keep(await LinkAgent.subscribe(master.port));
    const scheduler = keep(await SchedulerClient.subscribe(master.port));
    await scheduler.offer();
    const beats = (): number =>
      scheduler.events().filter(({ type }) => type === "HEARTBEAT").length;
    await scheduler.stream.until(() => (beats() >= 2 ? true : undefined), "trailing beat", 1000);
    expect(scheduler.events().at(-1)?.type).to.equal("HEARTBEAT");
  });

  it("beats as often as the framework's label asks", async () => {
    const scheduler = keep(
      await SchedulerClient.subscribe(master.port, {
        labels: { labels: [{ key: "orchestrator.io/heartbeat-seconds", value: "1" }] },
      }),
    );
    const beats = (): number =>
      scheduler.events().filter(({ type }) => type === "HEARTBEAT").length;
    await scheduler.stream.until(() => (beats() >= 3 ? true : undefined), "three beats", 3000);
    expect(scheduler.events()[0]?.subscribed?.heartbeat_interval_seconds).to.equal(1);
  });

  it("fails over: the old stream is told and closed, the new one is the only one (MES-19)", async () => {
    const old = keep(await SchedulerClient.subscribe(master.port, { failover_timeout: 60 }));
    const id = { value: await old.frameworkId() };
    const fresh = keep(await SchedulerClient.subscribe(master.port, { id, failover_timeout: 60 }));
    expect(await fresh.frameworkId()).to.equal(id.value);
    await old.stream.until(() => old.stream.isEnded || undefined, "end of the old stream");
    expect(old.events().at(-1)).to.deep.equal({
      type: "ERROR",
      error: { message: "Framework failed over" },
    });
    const answer = await old.call({ type: "REVIVE" });
    expect(answer.status).to.equal(400);
  });

  it("tells frameworks without MULTI_ROLE nothing of allocation_info (MESOS-8237)", async () => {
    keep(await LinkAgent.subscribe(master.port));
    const single = { role: "a", roles: [], capabilities: [] };
    const scheduler = keep(await SchedulerClient.subscribe(master.port, single));
    await scheduler.offer();
    for (const record of scheduler.stream.records) expect(record).not.to.include("allocation_info");
  });

  it("speaks protobuf to those who ask for it", async () => {
    keep(await LinkAgent.subscribe(master.port));
    const stream = keep(
      await RecordStream.open(
        master.port,
        "/api/v1/scheduler",
        { "Content-Type": "application/x-protobuf", Accept: "application/x-protobuf" },
        encodeProtobuf(SchedulerCall, {
          type: "SUBSCRIBE",
          subscribe: { framework_info: { user: "u", name: "proto" } },
        }),
      ),
    );
    const events = (): SchedulerEvent[] =>
      stream.records.map((record) => {
        const decoded = decodeProtobuf(SchedulerEvent, Buffer.from(record, "latin1"));
        if (!decoded.ok) throw new Error(decoded.error);
        return decoded.value;
      });
    await stream.until(() => events().find(({ type }) => type === "OFFERS"), "offers");
    expect(stream.headers["content-type"]).to.equal("application/x-protobuf");
    expect(
      events()
        .slice(0, 2)
        .map(({ type }) => type),
    ).to.deep.equal(["SUBSCRIBED", "HEARTBEAT"]);
    const offer = events().find(({ type }) => type === "OFFERS")?.offers?.offers?.[0];
    expect(offer?.hostname).to.equal("agent-1");
    expect(offer?.allocation_info).to.equal(undefined);
  });

  it("keeps exactly one live stream per id under many SUBSCRIBEs at once", async function () {
    this.timeout(30_000);
    const clients = await Promise.all(
      Array.from({ length: 200 }, () =>
        SchedulerClient.subscribe(master.port, { id: { value: "same" }, failover_timeout: 60 }),
      ),
    );
    for (const client of clients) keep(client);
    const live = (): SchedulerClient[] => clients.filter(({ stream }) => !stream.isEnded);
    for (const client of clients) {
      await client.stream.until(
        () => (client.stream.isEnded || live().length === 1 ? true : undefined),
        "end of all but one",
        20_000,
      );
    }
    expect(live()).to.have.length(1);
    const leadership = master.service.leadership();
    if (leadership.kind !== "leading") throw new Error("nobody leads");
    const framework = [...leadership.host.engine.state.frameworks.values()][0];
    expect(framework?.connection).to.deep.equal({
      kind: "connected",
      streamId: live()[0]?.streamId,
    });
  });
});
