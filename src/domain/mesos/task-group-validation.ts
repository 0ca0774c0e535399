import type { ExecutorInfo } from "../../api/mesos/executor-info.ts";
import type { TaskGroupInfo, TaskInfo } from "../../api/mesos/task.ts";
import { addResources, containsResources, NO_RESOURCES } from "../resources/arithmetic.ts";
import { formatResources } from "../resources/format-resources.ts";
import type { Resources } from "../resources/resource.ts";
import { commandFault } from "./check-validation.ts";
import { containerFault } from "./container-validation.ts";
import {
  executorFault,
  limitsFault,
  readTaskResources,
  type TaskContext,
  taskShapeFault,
} from "./task-validation.ts";
import { readResources } from "./wire-resources.ts";

export type ValidatedGroup =
  | { readonly ok: false; readonly error: string }
  | {
      readonly ok: true;
      /** One entry per task, in order. */
      readonly resources: readonly Resources[];
      readonly executorResources: Resources;
      readonly startsExecutor: boolean;
    };

/**
 * All or nothing: the first fault is the message of every task of the group.
 * @see mesos@1.11 src/master/validation.cpp `task::group::validate`
 */
export function validateTaskGroup(
  executor: ExecutorInfo,
  group: TaskGroupInfo,
  context: TaskContext,
): ValidatedGroup {
  const tasks = group.tasks ?? [];
  if (tasks.length === 0) return fail("Task group cannot be empty");
  const fault = groupExecutorFault(executor) ?? executorFault(executor, context);
  if (fault !== undefined) return fail(fault);

  const seen = new Set<string>();
  const inGroup: TaskContext = {
    ...context,
    isKnownTask: (id) => seen.has(id) || context.isKnownTask(id),
  };
  const resources: Resources[] = [];
  for (const task of tasks) {
    const read = validateMember(task, inGroup);
    if (!read.ok) return fail(`Task '${task.task_id.value}' is invalid: ${read.error}`);
    seen.add(task.task_id.value);
    resources.push(read.resources);
  }
  const startsExecutor = context.executorOf(executor.executor_id.value) === undefined;
  const own = readResources(startsExecutor ? (executor.resources ?? []) : []);
  if (!own.ok) return fail(`Executor uses invalid resources: ${own.error}`);
  const total = resources.reduce(addResources, own.resources);
  if (!containsResources(context.available, total)) {
    return fail(
      `Total resources ${formatResources(total)} required by task group and its executor is more ` +
        `than available ${formatResources(context.available)}`,
    );
  }
  return {
    ok: true,
    resources,
    executorResources: startsExecutor ? own.resources : NO_RESOURCES,
    startsExecutor,
  };
}

function groupExecutorFault(executor: ExecutorInfo): string | undefined {
  switch (executor.type) {
    case undefined:
      return "'ExecutorInfo.type' must be set";
    case "DEFAULT":
      return executor.command === undefined
        ? dockerFault("ExecutorInfo", executor.container?.type)
        : "'ExecutorInfo.command' must not be set for 'DEFAULT' executor";
    case "CUSTOM":
      if (executor.command === undefined) {
        return "'ExecutorInfo.command' must be set for 'CUSTOM' executor";
      }
  }
  return undefined;
}

function dockerFault(owner: string, type: "DOCKER" | "MESOS" | undefined): string | undefined {
  return type === "DOCKER"
    ? `Docker ContainerInfo is not supported on the ${owner} of a task group`
    : undefined;
}

function validateMember(
  task: TaskInfo,
  context: TaskContext,
): ReturnType<typeof readTaskResources> {
  const shape =
    taskShapeFault(task, context) ??
    (task.executor === undefined ? undefined : "'TaskInfo.executor' must not be set") ??
    dockerFault("task", task.container?.type);
  if (shape !== undefined) return { ok: false, error: shape };
  const read = readTaskResources(task, context.role);
  if (!read.ok) return read;
  const command = task.command === undefined ? undefined : commandFault(task.command);
  const container = task.container === undefined ? undefined : containerFault(task.container);
  const fault = command ?? container ?? limitsFault(task, read.resources);
  return fault === undefined ? read : { ok: false, error: fault };
}

function fail(error: string): { readonly ok: false; readonly error: string } {
  return { ok: false, error };
}
