import { expect } from "chai";
import type { AgentCall } from "../../../../src/api/agent-link/calls.ts";
import type { OfferOperation } from "../../../../src/api/mesos/offer.ts";
import { VolumeFolders } from "../../../../src/services/agent/launchers/volume-folders.ts";
import { WorkDirJournal } from "../../../../src/services/agent/launchers/work-dir-journal.ts";
import { AgentWorld } from "../../../support/agent/agent-world.ts";
import { FRAMEWORK_ID } from "../../../support/agent/http-master.ts";
import { MemoryFiles } from "../../../support/agent/memory-files.ts";
import {
  create,
  createDisk,
  destroy,
  providedDisk,
  reserve,
  unreserve,
  wire,
  withId,
} from "../../../support/mesos/operations.ts";
import { RecordingLogger } from "../../../support/recording-logger.ts";

type StatusCall = Extract<AgentCall, { type: "OPERATION_STATUS" }>;

const VOLUME = "disk(web)[v:data]:20";
const FOLDER = "/work/volumes/roles/web/v";

/** An agent over files that outlive it, or without any. */
class Life {
  readonly world: AgentWorld;

  private constructor(world: AgentWorld) {
    this.world = world;
  }

  static async begin(files: MemoryFiles | undefined): Promise<Life> {
    const lock = { acquire: () => Promise.resolve(), release: () => Promise.resolve() };
    const root = "/work";
    const logger = new RecordingLogger();
    const world =
      files === undefined
        ? new AgentWorld()
        : ((): AgentWorld => {
            const journal = new WorkDirJournal({ root, files, lock, logger, strict: true });
            return new AgentWorld(journal, new VolumeFolders(files, journal.dir));
          })();
    await world.start();
    return new Life(world);
  }

  async apply(uuid: string, operation: OfferOperation): Promise<void> {
    await this.world.push({
      type: "APPLY_OPERATION",
      framework_id: FRAMEWORK_ID,
      operation_uuid: uuid,
      operation,
    });
  }

  async acknowledge({ operation_uuid, status }: StatusCall): Promise<void> {
    const uuid = status.uuid?.value ?? "";
    await this.world.push({ type: "ACKNOWLEDGE_OPERATION", operation_uuid, uuid });
  }

  get told(): StatusCall[] {
    return this.world.link.of("OPERATION_STATUS");
  }

  /** What the last subscription said. */
  get subscribed(): AgentWorld["link"]["subscriptions"][number] | undefined {
    return this.world.link.subscriptions.at(-1);
  }
}

describe("an agent and its reservations (MES-16)", () => {
  it("tells what became of an operation when it is durable, until that is acknowledged", async () => {
    const files = new MemoryFiles();
    const life = await Life.begin(files);
    const gate = Promise.withResolvers<undefined>();
    files.holds = gate.promise.then(() => undefined);
    await life.apply("op01", withId(reserve("cpus(web):1"), "op"));
    expect(life.told).to.deep.equal([]);
    gate.resolve(undefined);
    files.holds = undefined;
    await life.world.settle();
    expect(life.told.map(({ status }) => status.state)).to.deep.equal(["OPERATION_FINISHED"]);
    expect(life.told[0]?.status.converted_resources).to.deep.equal(wire("cpus(web):1"));
    await life.world.clock.advance(31_000);
    expect(life.told).to.have.length(3);
    expect(new Set(life.told.map(({ status }) => status.uuid?.value)).size).to.equal(1);
    await life.acknowledge(life.told[0]!);
    await life.world.clock.advance(3_600_000);
    expect(life.told).to.have.length(3);
  });

  it("applies an operation once, however often it is sent", async () => {
    const life = await Life.begin(new MemoryFiles());
    await life.apply("op01", reserve("cpus(web):1"));
    await life.apply("op01", reserve("cpus(web):1"));
    expect(life.told).to.have.length(2);
    expect(life.world.agent.checkpointed).to.have.length(1);
    expect(life.world.agent.checkpointed[0]).to.include({ milli: 1000 });
  });

  it("HA-09 has them and what is not acknowledged after a crash", async () => {
    const files = new MemoryFiles();
    const first = await Life.begin(files);
    await first.apply("op01", reserve("cpus(web):2"));
    await first.apply("op02", withId(unreserve("cpus(web):1"), "op"));
    await first.acknowledge(first.told[0]!);
    first.world.stop();
    const second = await Life.begin(files);
    expect(second.subscribed?.checkpointed_resources).to.deep.equal(wire("cpus(web):1"));
    expect(second.subscribed?.operations.map(({ uuid }) => uuid.value)).to.deep.equal(["op02"]);
    expect(second.told).to.have.length(1);
    expect(second.told[0]?.status).to.deep.equal(first.told.at(-1)?.status);
  });

  it("HA-09 does not begin over a record it cannot read", async () => {
    const files = new MemoryFiles();
    const first = await Life.begin(files);
    await first.apply("op01", reserve("cpus(web):2"));
    first.world.stop();
    files.texts.set("/work/meta/resources/resources_and_operations.json", "{");
    const second = await Life.begin(files);
    expect(second.world.link.subscriptions).to.deep.equal([]);
  });

  it("tries again when a write fails", async () => {
    const files = new MemoryFiles();
    const life = await Life.begin(files);
    files.failuresLeft = 2;
    await life.apply("op01", reserve("cpus(web):1"));
    expect(life.told).to.deep.equal([]);
    await life.world.clock.advance(90_000);
    expect(life.told[0]?.status.state).to.equal("OPERATION_FINISHED");
  });

  it("touches no folder outside its own, whatever a volume is called", async () => {
    const files = new MemoryFiles();
    const life = await Life.begin(files);
    const before = [...files.folders];
    for (const [place, id] of ["../../../etc", "a/b", "..", ""].entries()) {
      const volumes = wire(VOLUME).map((it) => ({
        ...it,
        disk: { ...it.disk, persistence: { id } },
      }));
      await life.apply(`op0${place}`, { type: "CREATE", create: { volumes } });
      expect(life.told.at(-1)?.status.state, id).to.equal("OPERATION_ERROR");
    }
    expect([...files.folders]).to.deep.equal(before);
  });

  it("makes a folder for a volume before it says so, and removes it with the volume", async () => {
    const files = new MemoryFiles();
    const life = await Life.begin(files);
    await life.apply("op01", reserve("disk(web):20"));
    await life.apply("op02", create(VOLUME));
    expect([...files.folders]).to.deep.equal([FOLDER]);
    expect(life.subscribed?.makes_volumes).to.equal(true);
    await life.apply("op03", destroy(VOLUME));
    expect([...files.folders]).to.deep.equal([]);
    expect(life.told.map(({ status }) => status.state)).to.deep.equal(
      Array.from({ length: 3 }, () => "OPERATION_FINISHED"),
    );
  });

  it("refuses what it cannot do, and says why", async () => {
    const life = await Life.begin(undefined);
    await life.apply("op01", create(VOLUME));
    await life.apply("op02", createDisk(providedDisk("RAW", { profile: "fast" })));
    await life.apply("op03", { type: "RESERVE", reserve: { resources: [] } });
    expect(life.told.map(({ status }) => [status.state, status.message])).to.deep.equal([
      [
        "OPERATION_ERROR",
        "CREATE is refused: the launcher of this agent cannot mount persistent volumes yet",
      ],
      [
        "OPERATION_ERROR",
        "CREATE_DISK needs a resource provider: this version of the agent has none",
      ],
      ["OPERATION_ERROR", "The resources of RESERVE cannot be read"],
    ]);
    expect(life.world.agent.checkpointed).to.deep.equal([]);
  });

  it("without a disk says so, and has what the master tells it", async () => {
    const life = await Life.begin(undefined);
    expect(life.subscribed).to.not.have.property("checkpointed_resources");
    expect(life.subscribed?.makes_volumes).to.equal(false);
    life.world.link.checkpointed = wire("cpus(web):1");
    life.world.link.cut();
    await life.world.clock.advance(3000);
    expect(life.world.agent.checkpointed).to.have.length(1);
  });

  const task = (resources: string): Parameters<AgentWorld["launch"]>[0] => ({
    name: "t",
    task_id: { value: "t" },
    agent_id: { value: "x" },
    command: { value: "true" },
    resources: wire(resources),
  });

  it("drops a launch on a reservation it does not have", async () => {
    const life = await Life.begin(new MemoryFiles());
    await life.apply("op01", reserve("cpus(web):1"));
    await life.world.launch(task("cpus(web):2"));
    const [update] = life.world.link.of("STATUS_UPDATE");
    expect(update?.status).to.include({
      state: "TASK_DROPPED",
      reason: "REASON_RESOURCES_UNKNOWN",
      message: "The resource cpus(web):2 is unknown to the agent",
    });
    expect(life.world.launcher.launched).to.deep.equal([]);
  });

  it("launches on a reservation as soon as that is durable", async () => {
    const files = new MemoryFiles();
    const life = await Life.begin(files);
    const gate = Promise.withResolvers<undefined>();
    files.holds = gate.promise.then(() => undefined);
    await life.apply("op01", reserve("cpus(web):2"));
    await life.world.launch(task("cpus(web):2"));
    expect(life.world.launcher.launched).to.deep.equal([]);
    gate.resolve(undefined);
    files.holds = undefined;
    await life.world.settle();
    expect(life.world.launcher.launched).to.have.length(1);
  });
});
