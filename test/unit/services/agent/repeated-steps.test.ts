import { expect } from "chai";
import type { StreamRecord } from "../../../../src/domain/agent/update-stream.ts";
import type { RunRecord } from "../../../../src/domain/agent/run.ts";
import { PodJournal } from "../../../../src/services/agent/launchers/pod-journal.ts";
import { AgentWorld } from "../../../support/agent/agent-world.ts";
import { makeRecord } from "../../../support/agent/builders.ts";
import { commandTask, FRAMEWORK_ID } from "../../../support/agent/http-master.ts";

/** Refuses updates and kills while it is full. */
class SmallDisk extends PodJournal {
  isFull = false;
  readonly forgotten: string[] = [];
  forgetFailuresLeft = 0;

  override writeUpdate(_record?: RunRecord, _taskId?: string, _line?: StreamRecord): Promise<void> {
    return this.isFull ? full() : Promise.resolve();
  }

  override writeKill(): Promise<void> {
    return this.isFull ? full() : Promise.resolve();
  }

  override forgetRun(record?: RunRecord): Promise<void> {
    if (this.forgetFailuresLeft > 0) {
      this.forgetFailuresLeft -= 1;
      return full();
    }
    this.forgotten.push(record?.containerId ?? "");
    return Promise.resolve();
  }
}

function full(): Promise<never> {
  return Promise.reject(new Error("no space left on device"));
}

describe("AgentService, when a step fails that nobody asks for again", () => {
  let disk: SmallDisk;
  let world: AgentWorld;
  beforeEach(async () => {
    disk = new SmallDisk();
    world = new AgentWorld(disk);
    await world.start();
    await world.launch(commandTask("t", "x"));
  });
  afterEach(() => world.stop());

  const kill = (): Promise<void> =>
    world.push({ type: "KILL", framework_id: FRAMEWORK_ID, task_id: "t" });

  it("MES-30 repeats a stop until it is done", async () => {
    world.launcher.fail("stop", 5);
    await kill();
    expect(world.launcher.stopped).to.eql([]);
    await world.clock.advance(60_000);
    await world.acknowledgeAll();
    expect(world.told().at(-1)).to.equal("t:KILLED");
  });

  it("waits longer and longer between two stops", async () => {
    let stops = 0;
    world.launcher.intercept = (method): void => {
      if (method !== "stop") return;
      stops += 1;
      throw new Error("away");
    };
    await kill();
    await world.clock.advance(600_000);
    expect(stops).to.be.within(20, 70);
  });

  it("stops no task that ended meanwhile", async () => {
    world.launcher.fail("stop", 1);
    await kill();
    world.launcher.end("t", 0);
    await world.clock.advance(60_000);
    expect(world.launcher.stopped).to.eql([]);
  });

  it("does not wait with a shorter kill until the one before came through", async () => {
    world.launcher.fail("stop", 1);
    await kill();
    const now = world.clock.nowMs();
    await world.push({
      type: "KILL",
      framework_id: FRAMEWORK_ID,
      task_id: "t",
      kill_policy: { grace_period: { nanoseconds: 1e9 } },
    });
    await world.clock.advance(60_000);
    expect(world.launcher.stopped.map((order) => order.kill.dueMs)).to.eql([now + 1_000]);
  });

  it("stops a task on a full disk, and tells its end when there is room", async () => {
    disk.isFull = true;
    await kill();
    expect(world.launcher.stopped).to.have.length(1);
    await world.clock.advance(60_000);
    expect(world.told()).to.eql(["t:STARTING"]);
    disk.isFull = false;
    await world.clock.advance(60_000);
    await world.acknowledgeAll();
    expect(world.told()).to.eql(["t:STARTING", "t:RUNNING", "t:KILLING", "t:KILLED"]);
  });

  for (const step of ["release", "forget"] as const) {
    it(`completes a run although its ${step} fails at first, so that its task id is free`, async () => {
      if (step === "release") world.launcher.fail("release", 3);
      else disk.forgetFailuresLeft = 3;
      world.launcher.end("t", 0);
      await world.settle();
      await world.acknowledgeAll();
      expect(world.agent.runs()).to.have.length(1);
      await world.clock.advance(60_000);
      expect(world.agent.runs()).to.eql([]);
      expect(disk.forgotten).to.have.length(1);
      await world.launch(commandTask("t", "x"), "again");
      expect(world.launcher.launched).to.have.length(2);
    });
  }

  it("lets go of an ended task that nobody acknowledges although it fails at first", async () => {
    world.launcher.end("t", 0);
    world.launcher.fail("release", 3);
    await world.clock.advance(301_000);
    expect(world.launcher.released).to.eql([]);
    await world.clock.advance(60_000);
    expect(world.launcher.released).to.have.length(1);
    expect(world.agent.runs()).to.have.length(1);
  });

  it("goes on telling while it cannot let go", async () => {
    world.launcher.end("t", 0);
    world.launcher.fail("release", Number.POSITIVE_INFINITY);
    await world.clock.advance(310_000);
    await world.acknowledgeAll();
    expect(world.told()).to.eql(["t:STARTING", "t:RUNNING", "t:FINISHED"]);
  });
});

describe("AgentService with recover=cleanup", () => {
  it("ends and forgets what there is although each step fails at first", async () => {
    const disk = new SmallDisk();
    const world = new AgentWorld(disk);
    const record = makeRecord({ tasks: [commandTask("t", "x")] });
    world.launcher.show(record, "t", { kind: "running" });
    world.launcher.found = [{ record, kind: "made" }];
    world.launcher.fail("stop", 2);
    disk.forgetFailuresLeft = 2;
    disk.isFull = true;
    let isDone = false;
    void world.agent.cleanUp(new AbortController().signal).then(() => (isDone = true));
    await world.clock.advance(60_000);
    expect(isDone).to.equal(true);
    expect(disk.forgotten).to.eql([record.containerId]);
  });
});
