import type { TaskState, TaskStatus } from "../../../api/mesos/task-status.ts";

/** What is known of a task now, and the status that says so if there is one. */
export interface KeptTaskUpdate {
  readonly status: TaskStatus | undefined;
  readonly latestState: TaskState;
}
