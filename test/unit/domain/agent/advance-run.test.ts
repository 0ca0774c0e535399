import { expect } from "chai";
import { advanceRun } from "../../../../src/domain/agent/advance-run.ts";
import {
  newRun,
  type Run,
  type RunEffect,
  type RunInput,
} from "../../../../src/domain/agent/run.ts";
import type { RunRecord } from "../../../../src/domain/agent/run.ts";
import { makeGroup, makeRecord, NOW_MS } from "../../../support/agent/builders.ts";
import { commandTask, FRAMEWORK } from "../../../support/agent/http-master.ts";

const RULES = { nowMs: NOW_MS, graceDefaultMs: 30_000 };
const exit = (code: number) => ({ kind: "ended", end: { kind: "exit", code } }) as const;
const sigterm = { kind: "ended", end: { kind: "signal", signal: 15 } } as const;
const running = { kind: "running" } as const;
const seen = (taskId: string, what: Extract<RunInput, { kind: "seen" }>["seen"]): RunInput => ({
  kind: "seen",
  taskId,
  seen: what,
});
const MADE: readonly RunInput[] = [{ kind: "creating" }, { kind: "created" }];

/** Effects in a short notation: `task:STATE reason`, `stop task+grace`, `wake +ms`. */
function play(record: RunRecord, inputs: readonly (RunInput | [number, RunInput])[]): string[] {
  let run: Run = newRun(record);
  const told: string[] = [];
  for (const item of inputs) {
    const [atMs, input] = Array.isArray(item) ? item : [0, item];
    const step = advanceRun(run, input, { ...RULES, nowMs: NOW_MS + atMs });
    run = step.run;
    told.push(...step.effects.map(short));
  }
  return told;
}

function short(effect: RunEffect): string {
  switch (effect.kind) {
    case "status": {
      const { state, reason } = effect.draft;
      return `${effect.taskId}:${state.slice(5)}${reason === undefined ? "" : ` ${reason.slice(7)}`}`;
    }
    case "stop":
      return effect.orders
        .map(({ taskId, kill }) => `stop ${taskId}+${kill.dueMs - NOW_MS}`)
        .join(" ");
    case "wakeAt":
      return `wake +${effect.dueMs - NOW_MS}`;
  }
}

describe("advanceRun: a command task", () => {
  const record = makeRecord({ tasks: [commandTask("t", "x")] });
  const cases: Record<string, { given: (RunInput | [number, RunInput])[]; want: string[] }> = {
    "MES-32 goes from starting to running to finished": {
      given: [...MADE, seen("t", running), seen("t", exit(0))],
      want: ["t:STARTING", "t:RUNNING", "t:FINISHED"],
    },
    "tells RUNNING also of a task that ended before it was seen running": {
      given: [...MADE, seen("t", exit(0))],
      want: ["t:STARTING", "t:RUNNING", "t:FINISHED"],
    },
    "fails with another exit code": {
      given: [...MADE, seen("t", exit(3))],
      want: ["t:STARTING", "t:RUNNING", "t:FAILED"],
    },
    "MES-30 is KILLED when it was asked to end, whatever its exit code": {
      given: [...MADE, seen("t", running), { kind: "kill", taskId: "t" }, seen("t", exit(0))],
      want: ["t:STARTING", "t:RUNNING", "t:KILLING", "stop t+30000", "t:KILLED"],
    },
    "called off before creating is killed without a container": {
      given: [{ kind: "kill", taskId: "t" }],
      want: ["t:KILLED TASK_KILLED_DURING_LAUNCH"],
    },
    "killed while being created is stopped as soon as it exists": {
      given: [
        { kind: "creating" },
        { kind: "kill", taskId: "t" },
        { kind: "created" },
        seen("t", sigterm),
      ],
      want: ["t:STARTING", "t:KILLING", "stop t+30000", "t:KILLED"],
    },
    "MES-50 takes the grace of the call; a second kill only ever shortens": {
      given: [
        ...MADE,
        seen("t", running),
        { kind: "kill", taskId: "t", graceMs: 10_000 },
        [1_000, { kind: "kill", taskId: "t", graceMs: 60_000 }],
        [2_000, { kind: "kill", taskId: "t", graceMs: 1_000 }],
      ],
      want: ["t:STARTING", "t:RUNNING", "t:KILLING", "stop t+10000", "stop t+3000"],
    },
    "changes nothing after its end": {
      given: [...MADE, seen("t", exit(0)), seen("t", running), { kind: "kill", taskId: "t" }],
      want: ["t:STARTING", "t:RUNNING", "t:FINISHED"],
    },
    "draining names its reason and caps the grace": {
      given: [
        ...MADE,
        seen("t", running),
        { kind: "killAll", cause: "draining", graceMaxMs: 5_000 },
        seen("t", sigterm),
      ],
      want: [
        "t:STARTING",
        "t:RUNNING",
        "t:KILLING AGENT_DRAINING",
        "stop t+5000",
        "t:KILLED AGENT_DRAINING",
      ],
    },
    "MES-42 ends as preempted when its room is needed, also if it listens": {
      given: [
        ...MADE,
        seen("t", running),
        { kind: "kill", taskId: "t", cause: "preempted" },
        seen("t", exit(0)),
      ],
      want: ["t:STARTING", "t:RUNNING", "t:KILLING", "stop t+30000", "t:GONE CONTAINER_PREEMPTED"],
    },
    "MES-42 preempted before creating has never run": {
      given: [{ kind: "kill", taskId: "t", cause: "preempted" }],
      want: ["t:GONE CONTAINER_PREEMPTED"],
    },
    "a launch that failed is told with its reason": {
      given: [
        { kind: "creating" },
        {
          kind: "launchFailed",
          end: {
            kind: "verdict",
            state: "TASK_FAILED",
            reason: "REASON_CONTAINER_LAUNCH_FAILED",
            message: "no",
          },
        },
      ],
      want: ["t:FAILED CONTAINER_LAUNCH_FAILED"],
    },
  };
  for (const [name, { given, want }] of Object.entries(cases)) {
    it(name, () => expect(play(record, given)).to.eql(want));
  }

  it("does not say KILLING to a framework without TASK_KILLING_STATE", () => {
    const plain = makeRecord({
      tasks: record.tasks,
      framework: { ...FRAMEWORK, capabilities: [] },
    });
    const told = play(plain, [...MADE, seen("t", running), { kind: "kill", taskId: "t" }]);
    expect(told).to.eql(["t:STARTING", "t:RUNNING", "stop t+30000"]);
  });

  it("says LOST for a dropped task to a framework that is not partition aware", () => {
    const end = {
      kind: "verdict",
      state: "TASK_DROPPED",
      reason: "REASON_RESOURCES_UNKNOWN",
      message: "OutOfcpu",
    } as const;
    const plain = makeRecord({
      tasks: record.tasks,
      framework: { ...FRAMEWORK, capabilities: [] },
    });
    expect(play(record, [{ kind: "launchFailed", end }])).to.eql(["t:DROPPED RESOURCES_UNKNOWN"]);
    expect(play(plain, [{ kind: "launchFailed", end }])).to.eql(["t:LOST RESOURCES_UNKNOWN"]);
  });

  it("ends a task at its max_completion_time, without grace, as FAILED", () => {
    const limited = makeRecord({
      tasks: [commandTask("t", "x", { max_completion_time: { nanoseconds: 5e9 } })],
    });
    const told = play(limited, [
      ...MADE,
      seen("t", running),
      [5_000, { kind: "due" }],
      seen("t", sigterm),
    ]);
    expect(told).to.eql([
      "t:STARTING",
      "t:RUNNING",
      "wake +5000",
      "t:KILLING",
      "stop t+5000",
      "t:FAILED MAX_COMPLETION_TIME_REACHED",
    ]);
  });
});

describe("advanceRun: a task group", () => {
  const group = makeGroup(["a", "b", "c"].map((id) => commandTask(id, "x")));
  const allRunning = ["a", "b", "c"].map((id) => seen(id, running));
  const started = ["a", "b", "c"].flatMap((id) => [`${id}:STARTING`]);
  const up = [...started, ...["a", "b", "c"].map((id) => `${id}:RUNNING`)];

  it("MES-31 takes the others along when a member fails", () => {
    const told = play(group, [...MADE, ...allRunning, seen("b", exit(1)), seen("a", sigterm)]);
    expect(told).to.eql([
      ...up,
      "b:FAILED",
      "a:KILLING",
      "c:KILLING",
      "stop a+30000 stop c+30000",
      "a:KILLED",
    ]);
  });

  it("MES-31 kills the group with a member that is killed", () => {
    const told = play(group, [
      ...MADE,
      ...allRunning,
      { kind: "kill", taskId: "a", graceMs: 1_000 },
      seen("a", sigterm),
    ]);
    expect(told).to.eql([
      ...up,
      "a:KILLING",
      "stop a+1000",
      "a:KILLED",
      "b:KILLING",
      "c:KILLING",
      "stop b+30000 stop c+30000",
    ]);
  });

  it("leaves the others running when a member finishes", () => {
    expect(play(group, [...MADE, ...allRunning, seen("a", exit(0))])).to.eql([...up, "a:FINISHED"]);
  });

  it("starts none of its tasks when one is killed before creating", () => {
    expect(play(group, [{ kind: "kill", taskId: "b" }])).to.eql(
      ["a", "b", "c"].map((id) => `${id}:KILLED TASK_KILLED_DURING_LAUNCH`),
    );
  });
});
