import { expect } from "chai";
import { PodJournal } from "../../../../src/services/agent/launchers/pod-journal.ts";
import { AgentWorld } from "../../../support/agent/agent-world.ts";
import { makeRecord } from "../../../support/agent/builders.ts";
import { commandTask, FRAMEWORK_ID, runGroup } from "../../../support/agent/http-master.ts";

const ref = (taskId: string) => ({
  framework_id: FRAMEWORK_ID,
  task_id: taskId,
  partition_aware: true,
});

describe("AgentService", () => {
  let world: AgentWorld;
  beforeEach(async () => {
    world = new AgentWorld();
    await world.start();
  });
  afterEach(() => world.stop());

  it("MES-28 MES-32 launches a task once and tells its life as it is acknowledged", async () => {
    await world.launch(commandTask("t", "x"));
    expect(world.told()).to.eql(["t:STARTING"]);
    await world.acknowledgeAll();
    world.launcher.end("t", 0);
    await world.settle();
    await world.acknowledgeAll();
    expect(world.told()).to.eql(["t:STARTING", "t:RUNNING", "t:FINISHED"]);
    expect(world.launcher.released).to.have.length(1);
  });

  it("frees resources by latest_state although an older update is the head", async () => {
    await world.launch(commandTask("t", "x"));
    world.launcher.end("t", 0);
    await world.clock.advance(11_000);
    const last = world.link.of("STATUS_UPDATE").at(-1);
    expect([last?.status.state, last?.latest_state]).to.eql(["TASK_STARTING", "TASK_FINISHED"]);
  });

  it("ignores a launch it has seen", async () => {
    await world.launch(commandTask("t", "x"));
    await world.launch(commandTask("t", "x"));
    expect(world.launcher.launched).to.have.length(1);
    expect(world.told()).to.eql(["t:STARTING"]);
  });

  it("says TASK_ERROR to another launch with a known task id and leaves the task alone", async () => {
    await world.launch(commandTask("t", "x"));
    await world.launch(commandTask("t", "y"), "another");
    const last = world.link.of("STATUS_UPDATE").at(-1);
    expect(last?.status.message).to.equal("Task has duplicate ID");
    expect(last?.status.uuid).to.equal(undefined);
    expect(last?.latest_state).to.equal("TASK_RUNNING");
    expect(world.launcher.launched).to.have.length(1);
  });

  it("drops a launch while draining, and takes one again when reactivated", async () => {
    await world.push({ type: "DRAIN", mark_gone: false });
    await world.launch(commandTask("t", "x"));
    expect(world.told()).to.eql(["t:DROPPED"]);
    await world.push({ type: "REACTIVATE" });
    await world.launch(commandTask("u", "x"));
    expect(world.told()).to.include("u:STARTING");
  });

  it("MES-29 answers for tasks that are not here, and with the latest status for those that are", async () => {
    await world.launch(commandTask("t", "x"));
    await world.push({ type: "RECONCILE", tasks: [ref("t"), ref("u")] });
    const [known] = world.link
      .of("STATUS_UPDATE")
      .filter(({ status }) => status.uuid === undefined);
    expect([known?.status.state, known?.latest_state]).to.eql(["TASK_RUNNING", "TASK_RUNNING"]);
    expect(world.told()).to.include("u:DROPPED");
  });

  it("answers the tasks that the master lists at the subscription", async () => {
    world.link.tasks = [ref("lost")];
    world.link.cut();
    await world.clock.advance(2_000);
    const { status } = world.link.of("STATUS_UPDATE").at(-1) ?? {};
    expect([status?.state, status?.reason]).to.eql(["TASK_DROPPED", "REASON_RECONCILIATION"]);
  });

  it("tries a launch again while the failure may pass", async () => {
    world.launcher.failuresLeft = 3;
    await world.launch(commandTask("t", "x"));
    expect(world.launcher.launched).to.have.length(0);
    await world.clock.advance(2_000);
    expect(world.launcher.launched).to.have.length(1);
  });

  it("fails a launch whose failure does not pass within its time", async () => {
    world.launcher.failuresLeft = 1_000;
    await world.launch(commandTask("t", "x"));
    await world.clock.advance(70_000);
    await world.acknowledgeAll();
    expect(world.told()).to.eql(["t:FAILED"]);
  });

  it("names the field of a refused launch", async () => {
    world.launcher.refusal = { kind: "failed", field: "command.user", message: "unknown" };
    await world.launch(commandTask("t", "x"));
    const { status } = world.link.of("STATUS_UPDATE").at(-1) ?? {};
    expect([status?.state, status?.message]).to.eql(["TASK_FAILED", "command.user: unknown"]);
  });

  it("MES-34 refuses what this version does not play, as TASK_ERROR", async () => {
    const executor = { executor_id: { value: "e" }, command: { value: "x" } };
    await world.launch(commandTask("c", "x", { executor }));
    await world.launch(commandTask("h", "x", { health_check: { type: "COMMAND" } }));
    expect(world.told()).to.eql(["c:ERROR", "h:ERROR"]);
    expect(world.launcher.launched).to.eql([]);
  });

  it("says that the executor of a refused group ended, and lets go of the group when it is acknowledged", async () => {
    await world.push(runGroup("e", [commandTask("a", "x", { health_check: { type: "COMMAND" } })]));
    await world.acknowledgeAll();
    expect(world.told()).to.eql(["a:ERROR"]);
    expect(world.link.of("EXECUTOR_EXITED").map((call) => call.executor_id)).to.eql(["e"]);
    expect(world.agent.runs()).to.eql([]);
  });

  it("fails a launch that cannot be recorded: it would be forgotten by a restart", async () => {
    class FullDisk extends PodJournal {
      override writeRun(): Promise<void> {
        return Promise.reject(new Error("no space left on device"));
      }
    }
    world.stop();
    world = new AgentWorld(new FullDisk());
    await world.start();
    await world.launch(commandTask("t", "x"));
    const { status } = world.link.of("STATUS_UPDATE").at(-1) ?? {};
    expect([status?.state, status?.message]).to.eql([
      "TASK_FAILED",
      "the launch could not be recorded: no space left on device",
    ]);
    expect(world.launcher.launched).to.eql([]);
  });

  it("serves a framework again that was shut down and came back", async () => {
    await world.launch(commandTask("t", "x"));
    await world.push({ type: "SHUTDOWN_FRAMEWORK", framework_id: FRAMEWORK_ID });
    await world.launch(commandTask("u", "x"));
    world.launcher.end("u", 0);
    await world.acknowledgeAll();
    expect(world.told().filter((state) => state.startsWith("u:"))).to.eql([
      "u:STARTING",
      "u:RUNNING",
      "u:FINISHED",
    ]);
  });

  it("MES-30 kills on request and ignores a kill for a task nobody knows", async () => {
    await world.launch(commandTask("t", "x"));
    await world.push({ type: "KILL", framework_id: FRAMEWORK_ID, task_id: "u" });
    await world.push({ type: "KILL", framework_id: FRAMEWORK_ID, task_id: "t" });
    await world.acknowledgeAll();
    expect(world.told()).to.eql(["t:STARTING", "t:RUNNING", "t:KILLING", "t:KILLED"]);
  });

  it("ends a framework's tasks when it is shut down, and waits for no acknowledgement", async () => {
    await world.launch(commandTask("t", "x"));
    await world.push({ type: "SHUTDOWN_FRAMEWORK", framework_id: FRAMEWORK_ID });
    await world.settle();
    expect(world.launcher.stopped.map((order) => order.taskId)).to.eql(["t"]);
    expect(world.launcher.released).to.have.length(1);
    expect(world.agent.runs()).to.eql([]);
  });

  it("lets go of an ended task after five minutes, acknowledged or not, and goes on telling", async () => {
    await world.launch(commandTask("t", "x"));
    world.launcher.end("t", 0);
    await world.clock.advance(299_000);
    expect(world.launcher.released).to.eql([]);
    await world.clock.advance(2_000);
    expect(world.launcher.released).to.have.length(1);
    await world.acknowledgeAll();
    expect(world.told()).to.eql(["t:STARTING", "t:RUNNING", "t:FINISHED"]);
  });

  it("says that an executor ended with its last group", async () => {
    await world.push(runGroup("e", [commandTask("a", "x"), commandTask("b", "x")]));
    world.launcher.end("a", 0);
    await world.settle();
    expect(world.link.of("EXECUTOR_EXITED")).to.eql([]);
    world.launcher.end("b", 0);
    await world.settle();
    expect(world.link.of("EXECUTOR_EXITED").map((call) => call.executor_id)).to.eql(["e"]);
  });

  it("kills everything and stays away when it is shut down", async () => {
    await world.launch(commandTask("t", "x"));
    await world.push({ type: "SHUTDOWN", message: "marked gone" });
    const before = world.link.subscriptions.length;
    world.link.cut();
    await world.clock.advance(120_000);
    expect(world.launcher.stopped).to.have.length(1);
    expect(world.link.subscriptions).to.have.length(before);
    expect(world.agent.ready).to.equal(false);
  });
});

describe("AgentService after a restart with Pods as the record", () => {
  it("HA-10 tells a running task again, with a new uuid, and the end of one that ended meanwhile", async () => {
    const world = new AgentWorld();
    const alive = makeRecord({ containerId: "c1", tasks: [commandTask("alive", "x")] });
    const ended = makeRecord({
      containerId: "c2",
      launchId: "l2",
      tasks: [commandTask("ended", "x")],
    });
    world.launcher.show(alive, "alive", { kind: "running" });
    world.launcher.show(ended, "ended", { kind: "ended", end: { kind: "exit", code: 1 } });
    world.launcher.found = [
      { record: alive, kind: "made" },
      { record: ended, kind: "made" },
    ];
    await world.start();
    const [subscription] = world.link.subscriptions;
    expect(subscription?.tasks.map((task) => task.task.task_id.value)).to.eql(["alive", "ended"]);
    await world.acknowledgeAll();
    expect(world.told()).to.eql(["alive:RUNNING", "ended:FAILED"]);
    expect(world.launcher.launched).to.eql([]);
    world.stop();
  });

  it("goes on stopping a task that was being killed", async () => {
    const world = new AgentWorld();
    const record = makeRecord({ tasks: [commandTask("t", "x")] });
    const kill = { cause: "request", dueMs: world.clock.nowMs() + 5_000 } as const;
    world.launcher.show(record, "t", { kind: "running" });
    world.launcher.found = [{ record, kind: "made", kill }];
    await world.start();
    await world.acknowledgeAll();
    expect(world.launcher.stopped).to.eql([{ taskId: "t", kill }]);
    expect(world.told().at(-1)).to.equal("t:KILLED");
    world.stop();
  });
});
