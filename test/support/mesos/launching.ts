import type { TaskInfo } from "../../../src/api/mesos/task.ts";
import type { TaskStatus } from "../../../src/api/mesos/task-status.ts";
import type { LinkAgent } from "./link-agent.ts";
import { wire } from "./operations.ts";
import type { HttpExchange } from "./record-stream.ts";
import type { SchedulerClient } from "./scheduler-client.ts";

/** A task of 1 CPU and 64 MiB by a command, as JSON would have it. */
export function commandTask(
  taskId: string,
  agentId: string,
  parts: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    name: taskId,
    task_id: { value: taskId },
    agent_id: { value: agentId },
    command: { value: "sleep 1" },
    resources: wire("cpus:1;mem:64"),
    ...parts,
  };
}

export const CUSTOM_EXECUTOR = {
  executor_id: { value: "e" },
  type: "CUSTOM",
  command: { value: "./executor" },
  resources: wire("cpus:0.5;mem:32"),
};

export const launch = (
  ...task_infos: readonly Record<string, unknown>[]
): Record<string, unknown> => ({
  type: "LAUNCH",
  launch: { task_infos },
});

/** ACCEPT of one offer with these operations; what is left may be offered again at once. */
export async function accept(
  scheduler: SchedulerClient,
  offerIds: readonly unknown[],
  operations: readonly unknown[],
): Promise<HttpExchange> {
  return scheduler.call({
    type: "ACCEPT",
    accept: { offer_ids: offerIds, operations, filters: { refuse_seconds: 0 } },
  });
}

/** Launches `task` on the next offer and waits until the agent has it. */
export async function launchOn(
  agent: LinkAgent,
  scheduler: SchedulerClient,
  taskId: string,
  parts: Readonly<Record<string, unknown>> = {},
): Promise<TaskInfo> {
  const agentId = await agent.agentId();
  const offer = await scheduler.offer((it) => it.agent_id.value === agentId);
  await accept(scheduler, [offer.id], [launch(commandTask(taskId, agentId, parts))]);
  const run = await agent.event("RUN_TASK", ({ task }) => task.task_id.value === taskId);
  return run.task;
}

/** The first status of the task that matches. */
export async function statusOf(
  scheduler: SchedulerClient,
  taskId: string,
  matches: (status: TaskStatus) => boolean = () => true,
): Promise<TaskStatus> {
  const event = await scheduler.event(
    ({ update }) => update?.status.task_id.value === taskId && matches(update.status),
    `update of ${taskId}`,
  );
  return event.update!.status;
}
