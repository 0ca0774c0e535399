import type { ExecutorInfo } from "../../api/mesos/executor-info.ts";
import type { FrameworkInfo } from "../../api/mesos/framework-info.ts";
import type { TaskState, TaskStatusReason, TaskStatusSource } from "../../api/mesos/task-status.ts";
import type { TaskInfo } from "../../api/mesos/task.ts";
import type { TaskEnd } from "./task-state.ts";

/**
 * What was asked for with one launch: everything that must be known again after a restart. A command task is a run of
 * one task whose executor id is its task id; a task group is a run of several under a default executor.
 */
export interface RunRecord {
  readonly containerId: string;
  readonly launchId: string;
  readonly frameworkId: string;
  readonly framework: FrameworkInfo;
  readonly executorId: string;
  /** Present for task groups. */
  readonly executor?: ExecutorInfo;
  readonly tasks: readonly TaskInfo[];
  readonly generation: number;
  readonly devices: readonly string[];
  /** Wall time. */
  readonly receivedAtMs: number;
}

/** Why we end a task; decides the state and the reason it ends with. */
export type KillCause =
  "request" | "group" | "shutdown" | "draining" | "completionTime" | "preempted";

export interface KillOrder {
  readonly cause: KillCause;
  /** Wall time at which SIGKILL is due. Only ever moves earlier. */
  readonly dueMs: number;
}

export interface StopOrder {
  readonly taskId: string;
  readonly kill: KillOrder;
}

export interface TaskRun {
  readonly info: TaskInfo;
  readonly stage: "staging" | "starting" | "running" | "ended";
  readonly kill?: KillOrder;
  /** Wall time at which `max_completion_time` is over, once it runs. */
  readonly completionDueMs?: number;
  readonly ip?: string;
  readonly pid?: number;
}

/** One launch on its way. `admitted`: nothing exists outside the agent yet, so it can still be called off. */
export interface Run {
  readonly record: RunRecord;
  readonly phase: "admitted" | "creating" | "created";
  /** In the order of the record. */
  readonly tasks: readonly TaskRun[];
}

/** A status to be made: the service adds uuid, time and identifiers. */
export interface StatusDraft {
  readonly state: TaskState;
  readonly source: TaskStatusSource;
  readonly reason?: TaskStatusReason;
  readonly message?: string;
  readonly ip?: string;
  readonly pid?: number;
}

export type TaskSeen =
  | { readonly kind: "running"; readonly ip?: string; readonly pid?: number }
  | { readonly kind: "ended"; readonly end: TaskEnd };

export type RunInput =
  /** The launcher is about to be called: from here on, ending needs a stop. */
  | { readonly kind: "creating" }
  | { readonly kind: "created" }
  | { readonly kind: "launchFailed"; readonly end: TaskEnd }
  | { readonly kind: "seen"; readonly taskId: string; readonly seen: TaskSeen }
  | {
      readonly kind: "kill";
      readonly taskId: string;
      readonly graceMs?: number;
      /** Default: `request`. */
      readonly cause?: "preempted";
    }
  | { readonly kind: "killAll"; readonly cause: KillCause; readonly graceMaxMs?: number }
  /** A timer asked for by `wakeAt` fired. */
  | { readonly kind: "due" };

export type RunEffect =
  | { readonly kind: "status"; readonly taskId: string; readonly draft: StatusDraft }
  /** SIGTERM now, SIGKILL at `dueMs` (wall). Repeating it with an earlier time shortens. */
  | { readonly kind: "stop"; readonly orders: readonly StopOrder[] }
  | { readonly kind: "wakeAt"; readonly dueMs: number };

export interface RunRules {
  readonly nowMs: number;
  /** Grace where neither the call nor the task names one. */
  readonly graceDefaultMs: number;
}

export function newRun(record: RunRecord): Run {
  return {
    record,
    phase: "admitted",
    tasks: record.tasks.map((info) => ({ info, stage: "staging" })),
  };
}

export function isRunOver(run: Run): boolean {
  return run.tasks.every((task) => task.stage === "ended");
}

/** True for a run under a default executor, whose tasks stand and fall together. */
export function isGroup(record: RunRecord): boolean {
  return record.executor !== undefined;
}
