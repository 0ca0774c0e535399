import type { ExecutorInfo } from "../../api/mesos/executor-info.ts";
import type { Resource } from "../../api/mesos/resource.ts";
import type { TaskInfo } from "../../api/mesos/task.ts";
import type { TaskEnd } from "./task-state.ts";
import { type Refusal } from "./refusal.ts";

export interface LaunchRequest {
  readonly launchId: string;
  readonly frameworkId: string;
  readonly tasks: readonly TaskInfo[];
  /** Present for RUN_GROUP. */
  readonly executor?: ExecutorInfo;
}

/** What the agent knows when a launch arrives. */
export interface AgentFacts {
  readonly draining: boolean;
  /** The first reservation or volume among them that does not exist here, as text. */
  unknownResource(resources: readonly Resource[] | undefined): string | undefined;
  hasLaunch(launchId: string): boolean;
  hasTask(frameworkId: string, taskId: string): boolean;
}

export type LaunchAdmission =
  | { readonly kind: "admit" }
  /** The same launch again: it is on its way or over. */
  | { readonly kind: "seen" }
  /** Another task has the id: TASK_ERROR for this launch, the other task is not touched. */
  | { readonly kind: "duplicateTask"; readonly taskIds: readonly string[] }
  /** Ends without starting. */
  | { readonly kind: "end"; readonly end: TaskEnd }
  | { readonly kind: "error"; readonly refusal: Refusal };

/** Whether a launch goes on, by the first rule that applies: seen, duplicate, draining, what this agent cannot do. */
export function admitLaunch(request: LaunchRequest, facts: AgentFacts): LaunchAdmission {
  if (facts.hasLaunch(request.launchId)) return { kind: "seen" };
  const known = request.tasks
    .map((task) => task.task_id.value)
    .filter((taskId) => facts.hasTask(request.frameworkId, taskId));
  if (known.length > 0) return { kind: "duplicateTask", taskIds: known };
  if (facts.draining) {
    const message = "Task was received while agent was already draining";
    const end: TaskEnd = {
      kind: "verdict",
      state: "TASK_DROPPED",
      reason: "REASON_AGENT_DRAINING",
      message,
    };
    return { kind: "end", end };
  }
  const unknown = [request.executor, ...request.tasks]
    .map((user) => facts.unknownResource(user?.resources))
    .find((text) => text !== undefined);
  if (unknown !== undefined) {
    const end: TaskEnd = {
      kind: "verdict",
      state: "TASK_DROPPED",
      reason: "REASON_RESOURCES_UNKNOWN",
      message: `The resource ${unknown} is unknown to the agent`,
    };
    return { kind: "end", end };
  }
  const refusal = unservedPart(request);
  return refusal === undefined ? { kind: "admit" } : { kind: "error", refusal };
}

/** Parts of the executor model that this version does not play; said before anything is made. */
function unservedPart(request: LaunchRequest): Refusal | undefined {
  const custom = request.executor?.type === "CUSTOM" || request.tasks.some((task) => task.executor);
  if (custom) {
    return {
      kind: "error",
      field: "executor",
      message: "custom executors are not served by this version of the agent",
    };
  }
  for (const task of request.tasks) {
    if (task.health_check !== undefined || task.check !== undefined) {
      return {
        kind: "error",
        field: task.check === undefined ? "health_check" : "check",
        message: "checks are not run by this version of the agent",
      };
    }
  }
  return undefined;
}
