import type { AppDefinition } from "../../../api/marathon/app.ts";
import type { TaskCounts } from "../../../api/marathon/answers.ts";
import { isReady, taskContainer, type AppPod } from "./app-pod.ts";
import { taskState } from "./task.ts";

/** Marathon's four counts. Without health checks nothing counts as healthy or unhealthy. */
export function taskCounts(app: AppDefinition, pods: readonly AppPod[]): TaskCounts {
  const states = pods.map((pod) => ({ pod, state: taskState(pod) }));
  const running = states.filter(({ state }) => state === "TASK_RUNNING");
  const checked = app.healthChecks.length > 0 ? running : [];
  const healthy = checked.filter(({ pod }) => isReady(pod)).length;
  const judged = checked.filter(({ pod }) => taskContainer(pod)?.started === true).length;
  return {
    staged: states.filter(({ state }) => state === "TASK_STAGING" || state === "TASK_STARTING")
      .length,
    running: running.length,
    healthy,
    unhealthy: Math.max(0, judged - healthy),
  };
}
