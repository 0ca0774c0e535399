import { expect } from "chai";
import type { TaskState, TaskStatus } from "../../../../src/api/mesos/task-status.ts";
import {
  acknowledgeUpdate,
  enqueueUpdate,
  forwardDue,
  NEW_STREAM,
  pauseDelivery,
  replayStream,
  type UpdateStream,
} from "../../../../src/domain/agent/update-stream.ts";

const update = (uuid: string, state: TaskState = "TASK_RUNNING"): TaskStatus => ({
  task_id: { value: "t" },
  state,
  uuid,
});
const streamOf = (...updates: readonly TaskStatus[]): UpdateStream =>
  updates.reduce((stream, next) => enqueueUpdate(stream, next).stream, NEW_STREAM);

describe("the update stream of a task", () => {
  it("MES-29 repeats the head after 10 s, doubling to 10 min, until it is acknowledged", () => {
    let stream = streamOf(update("a"), update("b"));
    let nowMs = 0;
    const sentAtMs: number[] = [];
    while (nowMs <= 2_000_000) {
      const step = forwardDue(stream, nowMs);
      if (step.forward !== undefined) sentAtMs.push(nowMs);
      stream = step.stream;
      nowMs += 10_000;
    }
    const gaps = sentAtMs.slice(1).map((at, i) => at - (sentAtMs[i] ?? 0));
    expect(gaps).to.eql([10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 600_000, 600_000]);
  });

  it("sends the next one at once when its uuid is acknowledged", () => {
    const sent = forwardDue(streamOf(update("a"), update("b")), 0).stream;
    const { stream, outcome } = acknowledgeUpdate(sent, "a");
    expect(outcome).to.equal("next");
    expect(forwardDue(stream, 1).forward?.uuid).to.equal("b");
  });

  it("ignores an acknowledgement of anything but the head", () => {
    const stream = streamOf(update("a"), update("b"));
    expect(acknowledgeUpdate(stream, "b")).to.eql({ stream, outcome: "unknownUuid" });
  });

  it("ignores a duplicate, and anything after a terminal update", () => {
    const stream = streamOf(update("a"), update("z", "TASK_FINISHED"));
    expect(enqueueUpdate(stream, update("a")).outcome).to.equal("duplicate");
    expect(enqueueUpdate(stream, update("c")).outcome).to.equal("afterTerminal");
  });

  it("closes when the terminal update is acknowledged", () => {
    const { stream, outcome } = acknowledgeUpdate(streamOf(update("z", "TASK_KILLED")), "z");
    expect(outcome).to.equal("closed");
    expect(stream.closed).to.equal(true);
    expect(forwardDue(stream, 0).forward).to.equal(undefined);
  });

  it("sends its head again at once after the link was down", () => {
    const sent = forwardDue(streamOf(update("a")), 0).stream;
    expect(forwardDue(sent, 1).forward).to.equal(undefined);
    expect(forwardDue(pauseDelivery(sent), 1).forward?.uuid).to.equal("a");
  });

  it("HA-09 stands after a restart as its durable lines say", () => {
    const stream = replayStream([
      { kind: "update", status: update("a") },
      { kind: "update", status: update("b") },
      { kind: "acknowledged", uuid: "a" },
    ]);
    expect(stream.pending.map((status) => status.uuid)).to.eql(["b"]);
    expect(stream.latestState).to.equal("TASK_RUNNING");
  });
});
