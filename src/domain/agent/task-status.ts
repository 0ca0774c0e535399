import type { TaskStatus } from "../../api/mesos/task-status.ts";
import type { TaskInfo } from "../../api/mesos/task.ts";
import type { RunRecord, StatusDraft } from "./run.ts";

export interface StatusStamp {
  readonly agentId: string;
  /** Base64 of 16 bytes. */
  readonly uuid: string;
  /** Wall time. */
  readonly nowMs: number;
}

/** The status that travels for a draft: identifiers, time, container status and, for limits, what was limited. */
export function makeStatus(
  record: RunRecord,
  task: TaskInfo,
  draft: StatusDraft,
  stamp: StatusStamp,
): TaskStatus {
  const memory = draft.reason === "REASON_CONTAINER_LIMITATION_MEMORY";
  const limited = (task.resources ?? []).filter(({ name }) => name === (memory ? "mem" : "disk"));
  const isLimitation = memory || draft.reason === "REASON_CONTAINER_LIMITATION_DISK";
  return {
    task_id: task.task_id,
    state: draft.state,
    source: draft.source,
    agent_id: { value: stamp.agentId },
    executor_id: { value: record.executorId },
    timestamp: stamp.nowMs / 1000,
    uuid: stamp.uuid,
    ...(draft.message === undefined ? {} : { message: draft.message }),
    ...(draft.reason === undefined ? {} : { reason: draft.reason }),
    ...(isLimitation ? { limitation: { resources: limited } } : {}),
    container_status: containerStatus(record, task, draft),
  };
}

function containerStatus(
  record: RunRecord,
  task: TaskInfo,
  draft: StatusDraft,
): NonNullable<TaskStatus["container_status"]> {
  const isMember = record.executor !== undefined;
  const index = record.tasks.findIndex((t) => t.task_id.value === task.task_id.value);
  const own = isMember
    ? { value: `task-${index}`, parent: { value: record.containerId } }
    : { value: record.containerId };
  const network = draft.ip === undefined ? {} : { ip_addresses: [{ ip_address: draft.ip }] };
  return {
    container_id: own,
    network_infos: [network],
    ...(draft.pid === undefined ? {} : { executor_pid: draft.pid }),
  };
}
