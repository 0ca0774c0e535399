import type { KubeContainerStatus, KubePod } from "../kube-pod.ts";
import type { RunRecord, TaskSeen } from "../run.ts";
import { endOfExitCode, type TaskEnd } from "../task-state.ts";
import { taskContainerName } from "./build-task-pod.ts";
import { killOrderOf } from "./kill-note.ts";

/** Limits on how long a Pod may take to run. */
export interface PodPatience {
  readonly imagePullAttempts: number;
  readonly imagePullTimeoutMs: number;
  readonly podStartTimeoutMs: number;
}

export interface PodSeen {
  /** What is known of each task, by id; tasks still waiting are absent. */
  readonly tasks: ReadonlyMap<string, TaskSeen>;
  /** The Pod will not start any more and is to be deleted. */
  readonly hopeless: boolean;
  /** Look again at this wall time although nothing changed: a patience runs out then. */
  readonly lookAgainAtMs?: number;
}

export interface PodContext {
  readonly nowMs: number;
  readonly patience: PodPatience;
  /** Failed pulls seen so far, counted by the caller over `ErrImagePull` appearances. */
  readonly pullFailures: number;
}

const PULL_FAILURES = new Set(["ErrImagePull", "ImagePullBackOff", "RegistryUnavailable"]);
const START_FAILURES = new Set([
  "InvalidImageName",
  "ErrImageNeverPull",
  "CreateContainerConfigError",
  "CreateContainerError",
  "RunContainerError",
  "PreCreateHookError",
  "PostStartHookError",
]);

/**
 * What a Pod's status says about the tasks of its run. Rows in the order of agent.md section 7, "Pod shows"; reasons of
 * the whole Pod outrank those of its containers.
 */
export function readPod(pod: KubePod, record: RunRecord, context: PodContext): PodSeen {
  const tasks = new Map<string, TaskSeen>();
  const whole = wholePodEnd(pod);
  let hopeless = false;
  let lookAgainAtMs: number | undefined;
  for (const [index, task] of record.tasks.entries()) {
    const status = statusOf(pod, taskContainerName(record, index));
    const reading = readContainer(pod, status, record, context);
    if (whole !== undefined && !exitedByItself(status)) {
      tasks.set(task.task_id.value, { kind: "ended", end: whole });
    } else if (reading.seen !== undefined) {
      tasks.set(task.task_id.value, reading.seen);
    } else if (pod.status?.phase === "Failed") {
      tasks.set(task.task_id.value, { kind: "ended", end: unknownEnd(pod) });
    }
    hopeless ||= reading.hopeless === true;
    if (reading.lookAgainAtMs !== undefined) {
      lookAgainAtMs = Math.min(lookAgainAtMs ?? Infinity, reading.lookAgainAtMs);
    }
  }
  return { tasks, hopeless, ...(lookAgainAtMs === undefined ? {} : { lookAgainAtMs }) };
}

interface ContainerReading {
  readonly seen?: TaskSeen;
  readonly hopeless?: boolean;
  readonly lookAgainAtMs?: number;
}

function readContainer(
  pod: KubePod,
  status: KubeContainerStatus | undefined,
  record: RunRecord,
  context: PodContext,
): ContainerReading {
  const terminated = status?.state?.terminated;
  if (terminated !== undefined) {
    const byOthers = pod.metadata.deletionTimestamp !== undefined && killOrderOf(pod) === undefined;
    const detail = byOthers ? "Pod deleted" : undefined;
    return { seen: { kind: "ended", end: terminatedEnd(terminated, record, detail) } };
  }
  if (status?.state?.running !== undefined) {
    const ip = pod.status?.podIP;
    return { seen: { kind: "running", ...(ip === undefined ? {} : { ip }) } };
  }
  return readWaiting(pod, status, record, context);
}

function readWaiting(
  pod: KubePod,
  status: KubeContainerStatus | undefined,
  record: RunRecord,
  { nowMs, patience, pullFailures }: PodContext,
): ContainerReading {
  if (pod.metadata.deletionTimestamp !== undefined) return {};
  const waiting = status?.state?.waiting;
  const reason = waiting?.reason ?? waitingReason(pod);
  const detail = waiting?.message ?? reason ?? "no reason given";
  if (reason !== undefined && START_FAILURES.has(reason)) {
    return { seen: launchFailed(`${reason}: ${detail}`), hopeless: true };
  }
  const pulling = reason !== undefined && PULL_FAILURES.has(reason);
  if (pulling && pullFailures >= patience.imagePullAttempts) {
    return { seen: launchFailed(`Failed to pull the image: ${detail}`), hopeless: true };
  }
  const dueMs =
    record.receivedAtMs +
    (pulling
      ? Math.min(patience.imagePullTimeoutMs, patience.podStartTimeoutMs)
      : patience.podStartTimeoutMs);
  if (nowMs < dueMs) return { lookAgainAtMs: dueMs };
  const message = `Pod did not start within ${minutes(patience.podStartTimeoutMs)}: ${detail}`;
  return { seen: launchFailed(message), hopeless: true };
}

function wholePodEnd(pod: KubePod): TaskEnd | undefined {
  const status = pod.status;
  const disruption = status?.conditions?.find(
    (condition) => condition.type === "DisruptionTarget" && condition.status === "True",
  );
  const over = status?.phase === "Failed" || pod.metadata.deletionTimestamp !== undefined;
  const reason = status?.reason;
  const message = status?.message ?? reason ?? "";
  if (reason === "DeadlineExceeded") {
    return verdict("TASK_FAILED", "REASON_MAX_COMPLETION_TIME_REACHED", message);
  }
  if (reason === "Evicted") {
    return /ephemeral|storage|disk/i.test(message)
      ? verdict("TASK_FAILED", "REASON_CONTAINER_LIMITATION_DISK", message)
      : verdict("TASK_GONE", "REASON_CONTAINER_PREEMPTED", message);
  }
  if (reason !== undefined && isRefusedByKubelet(reason)) {
    return verdict("TASK_DROPPED", "REASON_RESOURCES_UNKNOWN", `${reason}: ${message}`);
  }
  if (reason === "Terminated" || reason === "NodeShutdown" || reason === "Shutdown") {
    return verdict("TASK_KILLED", "REASON_AGENT_DRAINING", message);
  }
  if (disruption === undefined || !over) return undefined;
  switch (disruption.reason) {
    case "PreemptionByScheduler":
    case "PreemptionByKubeScheduler":
      return verdict("TASK_GONE", "REASON_CONTAINER_PREEMPTED", disruption.message ?? "");
    case "TerminationByKubelet":
      return verdict("TASK_GONE", "REASON_CONTAINER_PREEMPTED", disruption.message ?? message);
    case "EvictionByEvictionAPI":
    case "DeletionByTaintManager":
      return verdict("TASK_KILLED", "REASON_AGENT_DRAINING", disruption.message ?? "");
    case undefined:
    default:
      return undefined;
  }
}

function isRefusedByKubelet(reason: string): boolean {
  return (
    /^OutOf/.test(reason) ||
    reason === "UnexpectedAdmissionError" ||
    reason === "NodeAffinity" ||
    reason === "NodePorts" ||
    reason === "HostPortConflict" ||
    reason === "AppArmor" ||
    reason === "SysctlForbidden"
  );
}

function terminatedEnd(
  terminated: NonNullable<NonNullable<KubeContainerStatus["state"]>["terminated"]>,
  record: RunRecord,
  detail: string | undefined,
): TaskEnd {
  const { exitCode, signal, reason, message } = terminated;
  if (reason === "OOMKilled") {
    const mib = memLimitText(record);
    return verdict(
      "TASK_FAILED",
      "REASON_CONTAINER_LIMITATION_MEMORY",
      `Memory limit exceeded: Requested: ${mib} Maximum Used: ${mib}`,
    );
  }
  if (reason === "StartError" || reason === "ContainerCannotRun") {
    return launchEnd(message ?? reason);
  }
  if (reason === "ContainerStatusUnknown") {
    return verdict(
      "TASK_FAILED",
      "REASON_EXECUTOR_TERMINATED",
      message ?? "Abnormal executor termination: unknown container",
    );
  }
  if (signal !== undefined && signal > 0) {
    return { kind: "signal", signal, ...(detail === undefined ? {} : { message: detail }) };
  }
  return endOfExitCode(exitCode, detail);
}

function exitedByItself(status: KubeContainerStatus | undefined): boolean {
  const terminated = status?.state?.terminated;
  return terminated !== undefined && terminated.exitCode === 0 && terminated.reason === "Completed";
}

function unknownEnd(pod: KubePod): TaskEnd {
  const detail = pod.status?.message ?? pod.status?.reason;
  return verdict(
    "TASK_FAILED",
    "REASON_EXECUTOR_TERMINATED",
    detail ?? "Abnormal executor termination: unknown container",
  );
}

function waitingReason(pod: KubePod): string | undefined {
  const unmet = pod.status?.conditions?.find(
    ({ type, status }) => type === "PodReadyToStartContainers" && status === "False",
  );
  return unmet?.reason ?? unmet?.message;
}

function statusOf(pod: KubePod, name: string): KubeContainerStatus | undefined {
  return pod.status?.containerStatuses?.find((status) => status.name === name);
}

function memLimitText(record: RunRecord): string {
  const milli = record.tasks
    .flatMap((task) => task.resources ?? [])
    .filter((resource) => resource.name === "mem")
    .reduce((sum, resource) => sum + (resource.scalar?.value ?? 0), 0);
  return `${Math.max(32, milli)}MB`;
}

function launchFailed(message: string): TaskSeen {
  return { kind: "ended", end: launchEnd(message) };
}

function launchEnd(message: string): TaskEnd {
  return verdict("TASK_FAILED", "REASON_CONTAINER_LAUNCH_FAILED", message);
}

function verdict(
  state: Extract<TaskEnd, { kind: "verdict" }>["state"],
  reason: Extract<TaskEnd, { kind: "verdict" }>["reason"],
  message: string,
): TaskEnd {
  return { kind: "verdict", state, reason, message };
}

function minutes(ms: number): string {
  return ms % 60_000 === 0 ? `${ms / 60_000}mins` : `${ms / 1000}secs`;
}
