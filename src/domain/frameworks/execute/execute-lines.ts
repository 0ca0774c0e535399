import type { TaskStatus } from "../../../api/mesos/task-status.ts";
import { type ExecuteWork, tasksOfWork } from "./execute-work.ts";

/** What `mesos-execute` prints; scripts read it, so the words are those of Mesos' own command. */
export const executeLines = {
  subscribed: (frameworkId: string): string => `Subscribed with ID ${frameworkId}`,

  submitted: (work: ExecuteWork, agentId: string): string => {
    const names = tasksOfWork(work).map(({ task_id }) => task_id.value);
    return work.kind === "task"
      ? `Submitted task '${names.join("")}' to agent '${agentId}'`
      : `Submitted task group with tasks [ ${names.join(", ")} ] to agent '${agentId}'`;
  },

  update: ({ state, task_id, message, source, reason }: TaskStatus): readonly string[] => [
    `Received status update ${state} for task '${task_id.value}'`,
    ...(message === undefined ? [] : [`  message: '${message}'`]),
    ...(source === undefined ? [] : [`  source: ${source}`]),
    ...(reason === undefined ? [] : [`  reason: ${reason}`]),
  ],

  askedToKill: (taskId: string, agentId: string): string =>
    `Asked to kill task '${taskId}' on agent '${agentId}'`,

  failure: (executorId: string, agentId: string, status: number): string =>
    `Executor '${executorId}' on agent '${agentId}' terminated with status ${status}`,

  refused: (message: string): string => `Received an ERROR event: ${message}`,
} as const;
