import type { TaskInfo } from "../../../../src/api/mesos/task.ts";
import type { TaskState, TaskStatus } from "../../../../src/api/mesos/task-status.ts";
import { addResources, NO_RESOURCES } from "../../../../src/domain/resources/arithmetic.ts";
import type { Resources } from "../../../../src/domain/resources/resource.ts";
import { isTerminalState } from "../../../../src/domain/mesos/task-state.ts";

interface QueuedUpdate {
  readonly status: TaskStatus;
  readonly uuid: string;
}

/** One task as its simulated agent knows it. */
export interface SimTask {
  readonly frameworkId: string;
  readonly info: TaskInfo;
  readonly launchId: string;
  readonly resources: Resources;
  state: TaskState;
  lastStatus: TaskStatus | undefined;
  /** Updates that wait for an acknowledgement; the first is outstanding. */
  readonly queue: QueuedUpdate[];
}

export function makeSimTask(
  given: Pick<SimTask, "frameworkId" | "info" | "launchId" | "resources">,
): SimTask {
  return { ...given, state: "TASK_STAGING", lastStatus: undefined, queue: [] };
}

/** One that the master asks about. */
export interface AskedTask {
  readonly framework_id: string;
  readonly task_id: string;
  readonly partition_aware: boolean;
}

/** Stands for a task that the agent does not have, so that its answer is acknowledged like any other. */
export function askedTask(asked: AskedTask, agentId: string): SimTask {
  const { framework_id: frameworkId, task_id: taskId } = asked;
  return makeSimTask({
    frameworkId,
    info: { name: taskId, task_id: { value: taskId }, agent_id: { value: agentId } },
    launchId: `none-${frameworkId} ${taskId}`,
    resources: NO_RESOURCES,
  });
}

/** As an agent lists it when it subscribes. */
export function reported(task: SimTask): Record<string, unknown> {
  return {
    framework_id: task.frameworkId,
    executor_id: task.info.task_id.value,
    task: task.info,
    latest_state: task.state,
    ...(task.lastStatus === undefined ? {} : { status: task.lastStatus }),
    launch_id: task.launchId,
  };
}

/** What the tasks that have not ended hold together. */
export function resourcesInUse(tasks: Iterable<SimTask>): Resources {
  return [...tasks]
    .filter(({ state }) => !isTerminalState(state))
    .reduce<Resources>((sum, { resources }) => addResources(sum, resources), NO_RESOURCES);
}
