import type { TaskStatus } from "../../api/mesos/task-status.ts";
import type { AgentId, TaskId } from "../../api/ids/ids.ts";
import {
  isAware,
  latestStatus,
  type Framework,
  type MasterState,
  type Task,
} from "./master-state.ts";
import { lostOr } from "./task-state.ts";
import { masterStatus } from "./task-status.ts";

/** One task an explicit RECONCILE or a KILL of an unknown task asks about. */
export interface TaskQuestion {
  readonly taskId: TaskId;
  readonly agentId: AgentId | undefined;
}

/** Latest states of all tasks of the framework: the answer to an empty RECONCILE, in the order of launch. */
export function* answerImplicit(framework: Framework, nowMs: number): Generator<TaskStatus> {
  for (const task of framework.tasks.values()) yield latestState(task, nowMs);
}

/**
 * The answer to one explicit question, or undefined where Mesos keeps silent because an agent that may know the task is
 * still expected back. First row that applies (spec/mesos.md 6).
 * @see mesos@1.11 src/master/master.cpp `Master::reconcile`
 */
export function answerExplicit(
  state: MasterState,
  framework: Framework,
  question: TaskQuestion,
  nowMs: number,
): TaskStatus | undefined {
  const { taskId, agentId } = question;
  const task = framework.tasks.get(taskId);
  if (task !== undefined) return latestState(task, nowMs);
  const isAgentRecovering =
    agentId === undefined ? state.recovered.size > 0 : state.recovered.has(agentId);
  if (isAgentRecovering) return undefined;
  const aware = isAware(framework);
  const answer = (
    unawareOr: Parameters<typeof lostOr>[0],
    message: string,
    unreachableSinceMs?: number,
  ): TaskStatus =>
    masterStatus({
      taskId,
      state: lostOr(unawareOr, aware),
      reason: "REASON_RECONCILIATION",
      message: `Reconciliation: ${message}`,
      nowMs,
      ...(agentId === undefined ? {} : { agentId }),
      ...(unreachableSinceMs === undefined ? {} : { unreachableSinceMs }),
    });
  const lostTask = framework.unreachableTasks.get(taskId);
  const place = agentId ?? lostTask?.agentId;
  if (place !== undefined && state.agents.has(place)) {
    return answer("TASK_GONE", "Task is unknown to the agent");
  }
  const unreachable = place === undefined ? undefined : state.unreachable.get(place);
  if (unreachable !== undefined) {
    return answer("TASK_UNREACHABLE", "Task is unreachable", unreachable.sinceMs);
  }
  if (place !== undefined && state.gone.has(place)) {
    return answer("TASK_GONE_BY_OPERATOR", "Task is gone");
  }
  return answer("TASK_UNKNOWN", "Task is unknown");
}

/**
 * The state of the update that went out last, not the one that still waits behind it: told of the end before the updates that
 * lead to it, a framework would see a finished task run again.
 * @see mesos@1.11 src/master/master.cpp `Master::reconcile` (`status_update_state` before `state`)
 */
function latestState(task: Task, nowMs: number): TaskStatus {
  const latest = latestStatus(task);
  return {
    ...masterStatus({
      taskId: task.id,
      state: latest?.state ?? task.state,
      reason: "REASON_RECONCILIATION",
      message: "Reconciliation: Latest task state",
      nowMs,
      agentId: task.agentId,
      ...(task.executorId === undefined ? {} : { executorId: task.executorId }),
    }),
    ...(latest?.healthy === undefined ? {} : { healthy: latest.healthy }),
    ...(latest?.check_status === undefined ? {} : { check_status: latest.check_status }),
    ...(latest?.container_status === undefined
      ? {}
      : { container_status: latest.container_status }),
    ...(latest?.labels === undefined ? {} : { labels: latest.labels }),
  };
}
