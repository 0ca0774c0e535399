import type { TaskState, TaskStatus } from "../../api/mesos/task-status.ts";

export interface MasterStatus {
  readonly taskId: string;
  readonly state: TaskState;
  readonly reason: NonNullable<TaskStatus["reason"]>;
  readonly message: string;
  readonly nowMs: number;
  readonly agentId?: string;
  readonly executorId?: string;
  readonly unreachableSinceMs?: number;
}

/** A status the master makes itself: no uuid, sent once, never acknowledged. */
export function masterStatus(status: MasterStatus): TaskStatus {
  return {
    task_id: { value: status.taskId },
    state: status.state,
    message: status.message,
    ...(status.agentId === undefined ? {} : { agent_id: { value: status.agentId } }),
    timestamp: status.nowMs / 1000,
    ...(status.executorId === undefined ? {} : { executor_id: { value: status.executorId } }),
    source: "SOURCE_MASTER",
    reason: status.reason,
    ...(status.unreachableSinceMs === undefined
      ? {}
      : { unreachable_time: { nanoseconds: status.unreachableSinceMs * 1e6 } }),
  };
}

/** What of a status is kept in memory: everything but `data`. */
export function keptStatus(status: TaskStatus): TaskStatus {
  const { data: _dropped, ...kept } = status;
  return kept;
}
