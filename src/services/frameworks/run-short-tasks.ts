import {
  advanceShortTasks,
  isShortTasksDone,
  SHORT_TASKS_START,
  type ShortTasksSpec,
  type ShortTasksState,
} from "../../domain/frameworks/short-tasks.ts";
import type { FrameworkLogic } from "../../domain/frameworks/framework-logic.ts";
import { type FrameworkRun, runFramework } from "./run-framework.ts";

export type ShortTasksFramework = Omit<FrameworkRun<ShortTasksState>, "logic"> & {
  readonly spec: ShortTasksSpec;
};

/** Runs the framework until its tasks are done, the master refuses it, or `signal` aborts; gives the last state. */
export async function runShortTasks(
  { spec, ...run }: ShortTasksFramework,
  signal: AbortSignal,
): Promise<ShortTasksState> {
  return runFramework({ ...run, logic: shortTasksLogic(spec) }, signal);
}

function shortTasksLogic(spec: ShortTasksSpec): FrameworkLogic<ShortTasksState> {
  return {
    start: SHORT_TASKS_START,
    advance: (state, input) =>
      input.kind === "event" ? advanceShortTasks(spec, state, input.event) : { state, calls: [] },
    endOf: (state) => {
      if (state.error !== undefined) return { kind: "refused", reason: state.error };
      return isShortTasksDone(spec, state) ? { kind: "done" } : undefined;
    },
    wakeAtMs: () => undefined,
  };
}
