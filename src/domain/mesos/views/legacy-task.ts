import type { TaskStatus } from "../../../api/mesos/task-status.ts";
import type { Framework, Task } from "../master-state.ts";
import { legacyResources } from "./legacy-resources.ts";

export function legacyTask(framework: Framework, task: Task): Record<string, unknown> {
  const { info } = task;
  const user = info.command?.user ?? framework.info.user;
  return {
    id: task.id,
    name: info.name,
    framework_id: task.frameworkId,
    executor_id: task.executorId ?? "",
    slave_id: task.agentId,
    state: task.state,
    resources: legacyResources(task.resources),
    ...(info.limits === undefined ? {} : { limits: legacyLimits(info.limits) }),
    role: task.role,
    statuses: task.statuses.map(legacyStatus),
    user,
    ...(info.labels === undefined ? {} : { labels: info.labels.labels ?? [] }),
    ...(info.discovery === undefined ? {} : { discovery: info.discovery }),
    ...(info.container === undefined ? {} : { container: info.container }),
    ...(info.health_check === undefined ? {} : { health_check: info.health_check }),
  };
}

function legacyLimits(limits: Readonly<Record<string, { readonly value: number }>>): unknown {
  return Object.fromEntries(
    Object.entries(limits).map(([name, { value }]) => [
      name,
      Number.isFinite(value) ? value : "Infinity",
    ]),
  );
}

function legacyStatus(status: TaskStatus): Record<string, unknown> {
  return {
    state: status.state,
    timestamp: status.timestamp ?? 0,
    ...(status.labels === undefined ? {} : { labels: status.labels.labels ?? [] }),
    ...(status.container_status === undefined ? {} : { container_status: status.container_status }),
    ...(status.healthy === undefined ? {} : { healthy: status.healthy }),
  };
}
