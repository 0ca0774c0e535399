import type { HealthCheck } from "../../api/mesos/check.ts";
import type { ExecutorInfo } from "../../api/mesos/executor-info.ts";
import type { Resource } from "../../api/mesos/resource.ts";
import type { TaskInfo } from "../../api/mesos/task.ts";

export interface CompletionContext {
  readonly frameworkId: string;
  readonly role: string;
}

/** The task as agents get it: `allocation_info`, the executor's framework and the type of its health check filled in. */
export function completeTask(task: TaskInfo, context: CompletionContext): TaskInfo {
  return {
    ...task,
    resources: allocate(task.resources, context.role),
    ...(task.executor === undefined ? {} : { executor: completeExecutor(task.executor, context) }),
    ...(task.health_check === undefined ? {} : { health_check: withType(task.health_check) }),
  };
}

export function completeExecutor(executor: ExecutorInfo, context: CompletionContext): ExecutorInfo {
  return {
    ...executor,
    framework_id: executor.framework_id ?? { value: context.frameworkId },
    resources: allocate(executor.resources, context.role),
  };
}

function withType(check: HealthCheck): HealthCheck {
  if (check.type !== undefined) return check;
  if (check.command !== undefined) return { ...check, type: "COMMAND" };
  if (check.http !== undefined) return { ...check, type: "HTTP" };
  return check.tcp === undefined ? check : { ...check, type: "TCP" };
}

function allocate(resources: readonly Resource[] | undefined, role: string): readonly Resource[] {
  return (resources ?? []).map((resource) => ({
    ...resource,
    allocation_info: resource.allocation_info ?? { role },
  }));
}
