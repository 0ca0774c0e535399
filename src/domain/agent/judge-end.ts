import type { KillCause, StatusDraft, TaskRun } from "./run.ts";
import { describeEnd, type TaskEnd } from "./task-state.ts";
import { lostOr } from "../mesos/task-state.ts";

/**
 * The terminal status that an end means for a task. What we asked of the task outranks how it obeyed: a killed task is
 * KILLED whatever its exit code, one over its completion time FAILED. Limits it hit keep their own verdict.
 */
export function judgeEnd(task: TaskRun, end: TaskEnd, partitionAware: boolean): StatusDraft {
  const message = describeEnd(end);
  if (task.kill !== undefined && !isLimitation(end)) {
    return endedByUs(task.kill.cause, message, partitionAware);
  }
  switch (end.kind) {
    case "verdict": {
      const state =
        end.state === "TASK_DROPPED" || end.state === "TASK_GONE"
          ? lostOr(end.state, partitionAware)
          : end.state;
      return { state, source: "SOURCE_AGENT", reason: end.reason, message };
    }
    case "exit":
      return end.code === 0
        ? { state: "TASK_FINISHED", source: "SOURCE_EXECUTOR", message }
        : { state: "TASK_FAILED", source: "SOURCE_EXECUTOR", message };
    case "signal":
      return { state: "TASK_FAILED", source: "SOURCE_EXECUTOR", message };
  }
}

function endedByUs(cause: KillCause, message: string, partitionAware: boolean): StatusDraft {
  switch (cause) {
    case "completionTime":
      return {
        state: "TASK_FAILED",
        source: "SOURCE_EXECUTOR",
        reason: "REASON_MAX_COMPLETION_TIME_REACHED",
        message,
      };
    case "draining":
      return {
        state: "TASK_KILLED",
        source: "SOURCE_EXECUTOR",
        reason: "REASON_AGENT_DRAINING",
        message,
      };
    case "preempted":
      return {
        state: lostOr("TASK_GONE", partitionAware),
        source: "SOURCE_AGENT",
        reason: "REASON_CONTAINER_PREEMPTED",
        message: "Container preempted: the room it was lent is needed",
      };
    case "request":
    case "group":
    case "shutdown":
      return { state: "TASK_KILLED", source: "SOURCE_EXECUTOR", message };
  }
}

function isLimitation(end: TaskEnd): boolean {
  return (
    end.kind === "verdict" &&
    (end.reason === "REASON_CONTAINER_LIMITATION_MEMORY" ||
      end.reason === "REASON_CONTAINER_LIMITATION_DISK")
  );
}
