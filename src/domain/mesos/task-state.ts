import type { TaskState } from "../../api/mesos/task-status.ts";

const TERMINAL: ReadonlySet<TaskState> = new Set([
  "TASK_FINISHED",
  "TASK_FAILED",
  "TASK_KILLED",
  "TASK_ERROR",
  "TASK_LOST",
  "TASK_DROPPED",
  "TASK_GONE",
  "TASK_GONE_BY_OPERATOR",
]);

/** Whether the master expects nothing more of a task in this state. */
export function isTerminalState(state: TaskState): boolean {
  return TERMINAL.has(state);
}

/** Whether a task in this state holds resources of its agent. */
export function holdsResources(state: TaskState): boolean {
  return !isTerminalState(state) && state !== "TASK_UNREACHABLE";
}

/** States that only frameworks with PARTITION_AWARE know; the others are told TASK_LOST. */
export type AwareState =
  "TASK_DROPPED" | "TASK_UNREACHABLE" | "TASK_GONE" | "TASK_GONE_BY_OPERATOR" | "TASK_UNKNOWN";

/** "LOST|X": X for a framework with PARTITION_AWARE, TASK_LOST for the others. */
export function lostOr(state: AwareState, isAware: boolean): TaskState {
  return isAware ? state : "TASK_LOST";
}

/**
 * The state a task is in after a report, or undefined when the report must not move it: nothing leaves a terminal state.
 * A task given up with its agent (LOST or UNREACHABLE) comes back through {@link returnedTaskState} only.
 */
export function nextTaskState(current: TaskState, reported: TaskState): TaskState | undefined {
  if (isTerminalState(current)) return undefined;
  return reported;
}

/** The state of a task that was given up with its agent and is now reported by the agent that returned. */
export function returnedTaskState(reported: TaskState): TaskState {
  return reported;
}
