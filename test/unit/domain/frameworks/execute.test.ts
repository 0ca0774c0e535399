import { expect } from "chai";
import type { SchedulerEvent } from "../../../../src/api/mesos/scheduler-event.ts";
import {
  executeEnd,
  executeLogic,
  type ExecuteState,
} from "../../../../src/domain/frameworks/execute/execute.ts";
import type {
  ExecuteSpec,
  UnplacedTask,
} from "../../../../src/domain/frameworks/execute/execute-work.ts";
import type { FrameworkStep } from "../../../../src/domain/frameworks/framework-logic.ts";
import { writeResources } from "../../../../src/domain/mesos/wire-resources.ts";
import { resourcesOf } from "../../../../src/domain/resources/parse-resources.ts";
import {
  heartbeatEvent,
  makeOffer,
  offersEvent,
  subscribedEvent,
  updateEvent,
} from "../../../support/frameworks/offers.ts";

const unplaced = (name: string, resources = "cpus:1;mem:128"): UnplacedTask => ({
  name,
  task_id: { value: name },
  resources: writeResources(resourcesOf(resources), { refined: true }),
  command: { value: "true" },
});
const ONE: ExecuteSpec = { work: { kind: "task", task: unplaced("t") } };
const GROUP: ExecuteSpec = {
  work: { kind: "group", tasks: [unplaced("a"), unplaced("b")] },
};

/** The last step after the events; a number is the time of a wake. */
function play(spec: ExecuteSpec, events: readonly (SchedulerEvent | number)[]) {
  const logic = executeLogic(spec);
  let step: FrameworkStep<ExecuteState> = { state: logic.start, calls: [] };
  for (const event of events) {
    step = logic.advance(
      step.state,
      typeof event === "number"
        ? { kind: "wake", nowMs: event }
        : { kind: "event", event, nowMs: 1000 },
    );
  }
  return {
    ...step,
    types: step.calls.map(({ type }) => type),
    end: executeEnd(step.state),
    wakeAtMs: logic.wakeAtMs(step.state),
  };
}

describe("mesos-execute decides (API-06)", () => {
  it("says its id, as Mesos' own command does", () => {
    expect(play(ONE, [subscribedEvent]).lines).to.deep.equal(["Subscribed with ID F"]);
  });

  it("launches in the first offer that is large enough and wants no more", () => {
    const { calls, types, lines } = play(ONE, [
      subscribedEvent,
      offersEvent(makeOffer(1, "cpus:0.5;mem:999"), makeOffer(2), makeOffer(3)),
    ]);
    expect(types).to.deep.equal(["ACCEPT", "DECLINE", "SUPPRESS"]);
    expect(calls[0]?.accept?.offer_ids).to.deep.equal([{ value: "O2" }]);
    const [task] = calls[0]?.accept?.operations?.[0]?.launch?.task_infos ?? [];
    expect(task?.agent_id.value).to.equal("S2");
    expect(calls[1]?.decline?.offer_ids).to.deep.equal([{ value: "O1" }, { value: "O3" }]);
    expect(lines).to.deep.equal(["Submitted task 't' to agent 'S2'"]);
  });

  it("declines what is too small, and everything after its launch", () => {
    const small = offersEvent(makeOffer(1, "cpus:0.5;mem:999"));
    expect(play(ONE, [subscribedEvent, small]).types).to.deep.equal(["DECLINE"]);
    const events = [subscribedEvent, offersEvent(makeOffer(1)), offersEvent(makeOffer(2))];
    expect(play(ONE, events).types).to.deep.equal(["DECLINE"]);
  });

  it("launches a group with a default executor that has resources of its own", () => {
    const exact = "cpus:2.1;mem:288;disk:32";
    const { calls, lines } = play(GROUP, [subscribedEvent, offersEvent(makeOffer(1, exact))]);
    const group = calls[0]?.accept?.operations?.[0]?.launch_group;
    expect(group?.executor.type).to.equal("DEFAULT");
    expect(group?.task_group.tasks?.map(({ name }) => name)).to.deep.equal(["a", "b"]);
    expect(lines).to.deep.equal(["Submitted task group with tasks [ a, b ] to agent 'S1'"]);
    const short = offersEvent(makeOffer(1, "cpus:2;mem:288;disk:32"));
    expect(play(GROUP, [subscribedEvent, short]).types).to.deep.equal(["DECLINE"]);
  });

  it("prints message, source and reason of an update and acknowledges it", () => {
    const { lines, types, end } = play(ONE, [
      subscribedEvent,
      offersEvent(makeOffer(1)),
      updateEvent("t", "TASK_FAILED", {
        uuid: "dQ==",
        message: "Command exited with status 1",
        source: "SOURCE_EXECUTOR",
        reason: "REASON_COMMAND_EXECUTOR_FAILED",
      }),
    ]);
    expect(lines).to.deep.equal([
      "Received status update TASK_FAILED for task 't'",
      "  message: 'Command exited with status 1'",
      "  source: SOURCE_EXECUTOR",
      "  reason: REASON_COMMAND_EXECUTOR_FAILED",
    ]);
    expect(types).to.deep.equal(["ACKNOWLEDGE"]);
    expect(end).to.deep.equal({ kind: "failed", reason: "task 't' ended with TASK_FAILED" });
  });

  const ends: Record<string, [ExecuteSpec, SchedulerEvent[], string | undefined]> = {
    "a finished task": [ONE, [updateEvent("t", "TASK_FINISHED")], "done"],
    "a running task": [ONE, [updateEvent("t", "TASK_RUNNING")], undefined],
    "an unreachable task may come back": [ONE, [updateEvent("t", "TASK_UNREACHABLE")], undefined],
    "a killed task": [ONE, [updateEvent("t", "TASK_KILLED")], "failed"],
    "a lost task": [ONE, [updateEvent("t", "TASK_LOST")], "failed"],
    "a task that nobody knows": [ONE, [updateEvent("t", "TASK_UNKNOWN")], "failed"],
    "half a group": [GROUP, [updateEvent("a", "TASK_FINISHED")], undefined],
    "a whole group": [
      GROUP,
      [updateEvent("a", "TASK_FINISHED"), updateEvent("b", "TASK_FINISHED")],
      "done",
    ],
    "a group of which one failed": [
      GROUP,
      [updateEvent("a", "TASK_FAILED"), updateEvent("b", "TASK_KILLED")],
      "failed",
    ],
    "the end counts, whatever is said later": [
      ONE,
      [updateEvent("t", "TASK_FINISHED"), updateEvent("t", "TASK_LOST")],
      "done",
    ],
  };
  for (const [name, [spec, updates, kind]] of Object.entries(ends)) {
    it(`${name}: ${kind ?? "goes on"}`, () => {
      const { end } = play(spec, [subscribedEvent, offersEvent(makeOffer(1)), ...updates]);
      expect(end?.kind).to.equal(kind);
    });
  }

  it("kills so long after the task began to run, once", () => {
    const spec = { ...ONE, killAfterMs: 500 };
    const running = [subscribedEvent, offersEvent(makeOffer(1)), updateEvent("t", "TASK_RUNNING")];
    expect(play(spec, running).wakeAtMs).to.equal(1500);
    expect(play(spec, [...running, 1499]).calls).to.deep.equal([]);
    const killed = play(spec, [...running, 1500]);
    expect(killed.types).to.deep.equal(["KILL"]);
    expect(killed.lines).to.deep.equal(["Asked to kill task 't' on agent 'S1'"]);
    expect(killed.wakeAtMs).to.equal(undefined);
    // The call may have been lost with the stream.
    expect(play(spec, [...running, 1500, subscribedEvent, 1501]).types).to.deep.equal(["KILL"]);
  });

  it("asks about its task after a new subscription, until it hears of it (HA-02)", () => {
    const cut = [subscribedEvent, offersEvent(makeOffer(1)), subscribedEvent];
    expect(play(ONE, cut).types).to.deep.equal(["RECONCILE"]);
    expect(play(ONE, [...cut, heartbeatEvent]).types).to.deep.equal(["RECONCILE"]);
    const heard = [...cut, updateEvent("t", "TASK_RUNNING"), heartbeatEvent];
    expect(play(ONE, heard).types).to.deep.equal([]);
  });

  it("ends when the master refuses it", () => {
    const event: SchedulerEvent = { type: "ERROR", error: { message: "no such role" } };
    const { end, lines } = play(ONE, [event]);
    expect(end).to.deep.equal({ kind: "refused", reason: "no such role" });
    expect(lines).to.deep.equal(["Received an ERROR event: no such role"]);
  });
});
