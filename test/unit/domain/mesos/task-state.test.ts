import { expect } from "chai";
import { TaskState } from "../../../../src/api/mesos/task-status.ts";
import {
  holdsResources,
  isTerminalState,
  lostOr,
  nextTaskState,
} from "../../../../src/domain/mesos/task-state.ts";

const STATES = Object.keys(TaskState.numberOf) as TaskState[];
const TERMINAL: readonly TaskState[] = [
  "TASK_FINISHED",
  "TASK_FAILED",
  "TASK_KILLED",
  "TASK_ERROR",
  "TASK_LOST",
  "TASK_DROPPED",
  "TASK_GONE",
  "TASK_GONE_BY_OPERATOR",
];

describe("the task machine (MES-20)", () => {
  for (const from of STATES) {
    it(`moves on from ${from} unless it is terminal`, () => {
      expect(isTerminalState(from)).to.equal(TERMINAL.includes(from));
      for (const to of STATES) {
        expect(nextTaskState(from, to)).to.equal(TERMINAL.includes(from) ? undefined : to);
      }
    });
  }

  it("frees resources in terminal states and when the agent is unreachable", () => {
    const holding = STATES.filter(holdsResources);
    expect(holding).to.have.members([
      "TASK_STAGING",
      "TASK_STARTING",
      "TASK_RUNNING",
      "TASK_KILLING",
      "TASK_UNKNOWN",
    ]);
  });

  it("tells LOST to frameworks that are not partition-aware", () => {
    expect(lostOr("TASK_DROPPED", true)).to.equal("TASK_DROPPED");
    expect(lostOr("TASK_DROPPED", false)).to.equal("TASK_LOST");
  });
});
