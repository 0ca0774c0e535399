import { expect } from "chai";
import { decodeProtobuf } from "../../../src/api/mesos/protobuf-decode.ts";
import { encodeProtobuf } from "../../../src/api/mesos/protobuf-encode.ts";
import { SchedulerCall } from "../../../src/api/mesos/scheduler-call.ts";
import { SchedulerEvent } from "../../../src/api/mesos/scheduler-event.ts";
import { RecordStream } from "../../support/mesos/record-stream.ts";
import { SchedulerClient } from "../../support/mesos/scheduler-client.ts";
import { startTestMaster } from "../../support/mesos/test-master.ts";
import { useMaster } from "../../support/mesos/use-master.ts";

describe("the event stream of a framework", () => {
  const world = useMaster(startTestMaster);
  it("begins with SUBSCRIBED, then HEARTBEAT, each a chunk of its own (MES-02)", async () => {
    const scheduler = await world.framework();
    const { stream } = scheduler;
    await stream.until(() => (stream.records.length >= 2 ? true : undefined), "two records");
    expect(stream.headers["content-type"]).to.equal("application/json");
    expect(stream.headers["transfer-encoding"]).to.equal("chunked");
    expect(stream.headers["mesos-stream-id"]).to.match(/^[0-9a-f-]{36}$/);
    const [first, second] = scheduler.events();
    expect(first?.type).to.equal("SUBSCRIBED");
    expect(first?.subscribed?.heartbeat_interval_seconds).to.equal(15);
    expect(first?.subscribed?.master_info?.address?.port).to.equal(world.port);
    expect(second).to.deep.equal({ type: "HEARTBEAT" });
    expect(stream.chunks.map((chunk) => chunk.toString("latin1"))).to.deep.equal(
      stream.records.map((record) => `${record.length}\n${record}`),
    );
  });

  it("is pure ASCII without line breaks inside a record", async () => {
    await world.agent({ hostname: "höst-😀" });
    const scheduler = await world.framework();
    const offer = await scheduler.offer();
    expect(offer.hostname).to.equal("höst-😀");
    for (const record of scheduler.stream.records) expect(record).to.match(/^[\x20-\x7e]+$/);
  });

  it("sends a heartbeat soon after a burst of events", async () => {
    await world.agent();
    const scheduler = await world.framework();
    await scheduler.offer();
    const beats = (): number =>
      scheduler.events().filter(({ type }) => type === "HEARTBEAT").length;
    await scheduler.stream.until(() => (beats() >= 2 ? true : undefined), "trailing beat", 1000);
    expect(scheduler.events().at(-1)?.type).to.equal("HEARTBEAT");
  });

  it("beats as often as the framework's label asks", async () => {
    const scheduler = await world.framework({
      labels: { labels: [{ key: "orchestrator.io/heartbeat-seconds", value: "1" }] },
    });
    const beats = (): number =>
      scheduler.events().filter(({ type }) => type === "HEARTBEAT").length;
    await scheduler.stream.until(() => (beats() >= 3 ? true : undefined), "three beats", 3000);
    expect(scheduler.events()[0]?.subscribed?.heartbeat_interval_seconds).to.equal(1);
  });

  it("fails over: the old stream is told and closed, the new one is the only one (MES-04)", async () => {
    const old = await world.framework({ failover_timeout: 60 });
    const id = { value: await old.frameworkId() };
    const fresh = await world.framework({ id, failover_timeout: 60 });
    expect(await fresh.frameworkId()).to.equal(id.value);
    await old.stream.until(() => old.stream.isEnded || undefined, "end of the old stream");
    expect(old.events().at(-1)).to.deep.equal({
      type: "ERROR",
      error: { message: "Framework failed over" },
    });
    const answer = await old.call({ type: "REVIVE" });
    expect(answer.status).to.equal(400);
  });

  const refusals: Record<string, readonly [Record<string, unknown>, string]> = {
    "MULTI_ROLE with a single role": [
      { role: "a" },
      "'FrameworkInfo.role' must not be set when the framework is MULTI_ROLE capable",
    ],
    "roles without MULTI_ROLE": [
      { capabilities: [] },
      "'FrameworkInfo.roles' must not be set when the framework is not MULTI_ROLE capable",
    ],
    "a role twice": [{ roles: ["a", "a"] }, "'FrameworkInfo.roles' contains duplicate items: a, a"],
    "a negative failover timeout": [
      { failover_timeout: -1 },
      "The framework failover_timeout (-1) is invalid",
    ],
  };
  for (const [name, [info, message]] of Object.entries(refusals)) {
    it(`answers ${name} with ERROR as its first record and closes`, async () => {
      const scheduler = await world.framework(info);
      await scheduler.stream.until(() => scheduler.stream.isEnded || undefined, "end");
      expect(scheduler.stream.status).to.equal(200);
      expect(scheduler.events()).to.deep.equal([{ type: "ERROR", error: { message } }]);
    });
  }

  it("refuses suppressed roles the framework is not subscribed to", async () => {
    const scheduler = await world.framework({}, { suppressed_roles: ["x"] });
    await scheduler.stream.until(() => scheduler.stream.isEnded || undefined, "end");
    expect(scheduler.events()[0]?.error?.message).to.equal(
      "Suppressed roles { x } are not contained in the set of roles",
    );
  });

  it("lets no framework back in that was torn down", async () => {
    const scheduler = await world.framework();
    const id = { value: await scheduler.frameworkId() };
    expect((await scheduler.call({ type: "TEARDOWN" })).status).to.equal(202);
    await scheduler.stream.until(() => scheduler.stream.isEnded || undefined, "end");
    const again = await world.framework({ id });
    await again.stream.until(() => again.stream.isEnded || undefined, "end");
    expect(again.events()[0]?.error?.message).to.equal("Framework has been removed");
  });

  it("speaks protobuf to those who ask for it", async () => {
    await world.agent();
    const stream = world.keep(
      await RecordStream.open(
        world.port,
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
        SchedulerClient.subscribe(world.port, { id: { value: "same" }, failover_timeout: 60 }),
      ),
    );
    for (const client of clients) world.keep(client);
    const live = (): SchedulerClient[] => clients.filter(({ stream }) => !stream.isEnded);
    for (const client of clients) {
      await client.stream.until(
        () => (client.stream.isEnded || live().length === 1 ? true : undefined),
        "end of all but one",
        20_000,
      );
    }
    expect(live()).to.have.length(1);
    const leadership = world.master.service.leadership();
    if (leadership.kind !== "leading") throw new Error("nobody leads");
    const framework = [...leadership.host.engine.state.frameworks.values()][0];
    expect(framework?.connection).to.deep.equal({
      kind: "connected",
      streamId: live()[0]?.streamId,
    });
  });
});
