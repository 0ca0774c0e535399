import type { TaskInfo } from "../../../api/mesos/task.ts";
import type { TaskStatus } from "../../../api/mesos/task-status.ts";
import type { KeptTaskUpdate } from "./task-update.ts";
import type { Executor, Framework, Task } from "../../../domain/mesos/master-state.ts";
import type { Agent } from "../../../domain/mesos/master-state.ts";
import {
  holdsResources,
  isTerminalState,
  nextTaskState,
} from "../../../domain/mesos/task-state.ts";
import { keptStatus } from "../../../domain/mesos/task-status.ts";
import { type EngineContext, tellAllocator } from "./context.ts";
import { noteTaskAdded, noteTaskUpdated } from "./master-events.ts";

/** Gives back what a task holds, once. */
export function releaseTask(context: EngineContext, task: Task): void {
  if (!task.charged) return;
  task.charged = false;
  tellAllocator(context, {
    kind: "recovered",
    frameworkId: task.frameworkId,
    role: task.role,
    agentId: task.agentId,
    resources: task.resources,
    cause: "released",
  });
}

/**
 * Moves a task by what its agent or the master says: the state goes to `latestState` (resources return at the first state
 * that holds none), the status is kept.
 */
export function moveTask(context: EngineContext, task: Task, update: KeptTaskUpdate): void {
  const { status, latestState } = update;
  const next = nextTaskState(task.state, latestState);
  const hasMoved = next !== undefined && next !== task.state;
  if (hasMoved) {
    task.state = next;
    context.counters.add(`master/${next.toLowerCase()}_transitions`);
    if (isTerminalState(next)) countEnd(context, next, status);
  }
  if (!holdsResources(task.state)) releaseTask(context, task);
  if (hasMoved || status !== undefined) noteTaskUpdated(context, task, status);
  if (status === undefined) return;
  const kept = keptStatus(status);
  const same = task.statuses.findIndex((it) => it.state === kept.state);
  if (same >= 0) task.statuses.splice(same, 1);
  task.statuses.push(kept);
}

/** A task ended: by its state, and by who said so and why where that is known. */
export function countEnd(
  context: EngineContext,
  state: Task["state"],
  status: TaskStatus | undefined,
): void {
  context.counters.add(terminalCounter(state));
  const { source, reason } = status ?? {};
  if (source === undefined || reason === undefined) return;
  const name = `task_${state.slice("TASK_".length)}/${source}/${reason}`.toLowerCase();
  // Metrics of Mesos kept the word that its API gave up.
  context.counters.add(`master/${name.replaceAll("agent", "slave")}`);
}

/** `master/tasks_finished` and its like count tasks that ended so. */
function terminalCounter(state: Task["state"]): string {
  return `master/tasks_${state.slice("TASK_".length).toLowerCase()}`;
}

export function addTask(
  context: EngineContext,
  framework: Framework,
  agent: Agent,
  task: Task,
): void {
  framework.tasks.set(task.id, task);
  agent.tasks.add(task);
  noteTaskAdded(context, framework, task);
}

/** Out of the live tables and into the completed ones. Whatever it held is given back. */
export function completeTask(
  context: EngineContext,
  framework: Framework,
  agent: Agent | undefined,
  task: Task,
): void {
  releaseTask(context, task);
  framework.tasks.delete(task.id);
  framework.unreachableTasks.delete(task.id);
  agent?.tasks.delete(task);
  framework.completedTasks.push(task);
  if (framework.completedTasks.length > context.limits.completedTasksMax) {
    framework.completedTasks.shift();
  }
}

export function addExecutor(framework: Framework, executor: Executor): void {
  const onAgent = framework.executors.get(executor.agentId);
  if (onAgent === undefined) {
    framework.executors.set(executor.agentId, new Map([[executor.id, executor]]));
  } else {
    onAgent.set(executor.id, executor);
  }
}

/** Forgets the executor and gives back what it held itself. */
export function removeExecutor(
  context: EngineContext,
  framework: Framework,
  executor: Executor,
): void {
  const onAgent = framework.executors.get(executor.agentId);
  onAgent?.delete(executor.id);
  if (onAgent?.size === 0) framework.executors.delete(executor.agentId);
  if (executor.resources.length === 0) return;
  tellAllocator(context, {
    kind: "recovered",
    frameworkId: framework.id,
    role: executor.role,
    agentId: executor.agentId,
    resources: executor.resources,
    cause: "released",
  });
}

/** `data` may be large and is of no use to the master. */
export function withoutPayload(info: TaskInfo): TaskInfo {
  const { data: _dropped, ...kept } = info;
  return kept;
}
