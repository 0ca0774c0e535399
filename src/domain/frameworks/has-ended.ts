import type { TaskState } from "../../api/mesos/task-status.ts";
import { isTerminalState } from "../mesos/task-state.ts";

/** For a framework a task that the master cannot find has ended too. */
export function hasEnded(state: TaskState): boolean {
  return isTerminalState(state) || state === "TASK_UNKNOWN";
}
