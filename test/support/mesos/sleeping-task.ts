/** A small task as frameworks launch it; `user` = whom its command asks to run as. */
export function sleepingTask(
  taskId: string,
  agentId: string,
  user?: string,
): Record<string, unknown> {
  return {
    name: taskId,
    task_id: { value: taskId },
    agent_id: { value: agentId },
    command: { value: "sleep 1", ...(user === undefined ? {} : { user }) },
    resources: [
      { name: "cpus", type: "SCALAR", scalar: { value: 0.1 } },
      { name: "mem", type: "SCALAR", scalar: { value: 32 } },
    ],
  };
}
