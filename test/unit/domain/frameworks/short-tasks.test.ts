import { expect } from "chai";
import type { Offer } from "../../../../src/api/mesos/offer.ts";
import type { SchedulerEvent } from "../../../../src/api/mesos/scheduler-event.ts";
import type { TaskState } from "../../../../src/api/mesos/task-status.ts";
import {
  advanceShortTasks,
  isShortTasksDone,
  SHORT_TASKS_START,
  type ShortTasksSpec,
  type ShortTasksState,
} from "../../../../src/domain/frameworks/short-tasks.ts";

const SPEC: ShortTasksSpec = {
  name: "t",
  total: 3,
  parallel: 2,
  cpuMillis: 500,
  memMiB: 64,
  command: "true",
};

function makeOffer(id: string, cpus: number, mem: number): Offer {
  return {
    id: { value: id },
    framework_id: { value: "F" },
    agent_id: { value: "S1" },
    hostname: "n1",
    resources: [
      { name: "cpus", type: "SCALAR", scalar: { value: cpus }, role: "*" },
      { name: "mem", type: "SCALAR", scalar: { value: mem }, role: "*" },
      { name: "mem", type: "SCALAR", scalar: { value: 9999 }, reservations: [{ role: "other" }] },
    ],
  };
}

const subscribed: SchedulerEvent = {
  type: "SUBSCRIBED",
  subscribed: { framework_id: { value: "F" } },
};
const offers = (...list: Offer[]): SchedulerEvent => ({ type: "OFFERS", offers: { offers: list } });
const update = (taskId: string, state: TaskState, uuid?: string): SchedulerEvent => ({
  type: "UPDATE",
  update: {
    status: {
      task_id: { value: taskId },
      agent_id: { value: "S1" },
      state,
      ...(uuid === undefined ? {} : { uuid }),
    },
  },
});

/** The state after the events, and the calls of the last one by type and payload. */
function play(events: readonly SchedulerEvent[]) {
  let state: ShortTasksState = SHORT_TASKS_START;
  let calls: readonly unknown[] = [];
  for (const event of events) ({ state, calls } = advanceShortTasks(SPEC, state, event));
  return { state, calls: calls as { type: string; [key: string]: unknown }[] };
}

describe("advanceShortTasks", () => {
  it("launches what fits and declines what it cannot use", () => {
    const { state, calls } = play([
      subscribed,
      offers(makeOffer("O1", 4, 64), makeOffer("O2", 0.1, 64)),
    ]);
    expect(calls.map((call) => call.type)).to.deep.equal(["ACCEPT", "DECLINE"]);
    expect([...state.live.keys()]).to.deep.equal(["t-0"]);
  });

  it("never counts what is reserved to somebody else", () => {
    const { calls } = play([subscribed, offers(makeOffer("O1", 4, 63))]);
    expect(calls.map((call) => call.type)).to.deep.equal(["DECLINE"]);
  });

  it("suppresses offers at its parallel limit and revives when a task ends", () => {
    const full = [subscribed, offers(makeOffer("O1", 4, 1024))];
    expect(play(full).calls.map((call) => call.type)).to.deep.equal(["ACCEPT", "SUPPRESS"]);
    const { calls } = play([...full, update("t-0", "TASK_FINISHED", "dQ==")]);
    expect(calls.map((call) => call.type)).to.deep.equal(["ACKNOWLEDGE", "REVIVE"]);
  });

  it("acknowledges updates with a uuid and only those", () => {
    const running = [subscribed, offers(makeOffer("O1", 4, 1024))];
    expect(play([...running, update("t-0", "TASK_RUNNING")]).calls).to.deep.equal([]);
    expect(play([...running, update("t-0", "TASK_RUNNING", "dQ==")]).calls).to.deep.equal([
      {
        type: "ACKNOWLEDGE",
        framework_id: { value: "F" },
        acknowledge: { agent_id: { value: "S1" }, task_id: { value: "t-0" }, uuid: "dQ==" },
      },
    ]);
  });

  it("makes up for a task that failed, and is done when enough have finished", () => {
    const { state } = play([
      subscribed,
      offers(makeOffer("O1", 4, 1024)),
      update("t-0", "TASK_FAILED", "dQ=="),
      update("t-1", "TASK_FINISHED", "dQ=="),
      offers(makeOffer("O2", 4, 1024)),
      update("t-2", "TASK_FINISHED", "dQ=="),
      update("t-3", "TASK_FINISHED", "dQ=="),
    ]);
    expect({ finished: state.finished, failed: state.failed, live: state.live.size }).to.deep.equal(
      {
        finished: 3,
        failed: 1,
        live: 0,
      },
    );
    expect(isShortTasksDone(SPEC, state)).to.equal(true);
  });

  it("counts the end of a task once, however often it is told", () => {
    const { state } = play([
      subscribed,
      offers(makeOffer("O1", 4, 1024)),
      update("t-0", "TASK_FINISHED", "dQ=="),
      update("t-0", "TASK_FINISHED", "dQ=="),
    ]);
    expect(state.finished).to.equal(1);
  });

  it("asks for the truth about live tasks after a new subscription", () => {
    const { calls } = play([subscribed, offers(makeOffer("O1", 4, 64)), subscribed]);
    expect(calls).to.deep.equal([
      {
        type: "RECONCILE",
        framework_id: { value: "F" },
        reconcile: { tasks: [{ task_id: { value: "t-0" }, agent_id: { value: "S1" } }] },
      },
    ]);
  });

  it("asks again with each heartbeat until it has heard of the task: the master waits for its agent", () => {
    const resubscribed = [subscribed, offers(makeOffer("O1", 4, 64)), subscribed];
    const heartbeat: SchedulerEvent = { type: "HEARTBEAT" };
    const asked = play([...resubscribed, heartbeat, heartbeat]).calls.map(({ type }) => type);
    expect(asked).to.deep.equal(["RECONCILE"]);
    const answered = play([...resubscribed, update("t-0", "TASK_RUNNING"), heartbeat]);
    expect(answered.calls).to.deep.equal([]);
  });

  it("asks for nothing with a heartbeat while it was never cut off", () => {
    const { calls } = play([subscribed, offers(makeOffer("O1", 4, 64)), { type: "HEARTBEAT" }]);
    expect(calls).to.deep.equal([]);
  });
});
