import type { ExecutorInfo } from "../../api/mesos/executor-info.ts";
import type { TaskInfo } from "../../api/mesos/task.ts";
import { containsResources, addResources, NO_RESOURCES } from "../resources/arithmetic.ts";
import { formatResources } from "../resources/format-resources.ts";
import { toMilli } from "../resources/quantity.ts";
import { scalarMilli } from "../resources/arithmetic.ts";
import type { Resources } from "../resources/resource.ts";
import { checkFault, commandFault, healthCheckFault } from "./check-validation.ts";
import { containerFault } from "./container-validation.ts";
import { idFault } from "./ids.ts";
import { duplicatePersistenceFault, mixedRevocableFault } from "./resource-validation.ts";
import { sameExecutorInfo } from "./executor-compare.ts";
import { readResources } from "./wire-resources.ts";

/** What a task is validated against. */
export interface TaskContext {
  readonly frameworkId: string;
  readonly agentId: string;
  /** Role of the offers: what a task uses must be allocated to it. */
  readonly role: string;
  /** Ids of live and unreachable tasks of the framework, and of tasks earlier in the same call. */
  readonly isKnownTask: (taskId: string) => boolean;
  /** The executor of that id which the framework already has on the agent. */
  readonly executorOf: (executorId: string) => ExecutorInfo | undefined;
  /** What is left of the offers, `allocation_info` taken off. */
  readonly available: Resources;
}

export type ValidatedTask =
  | { readonly ok: false; readonly error: string }
  | {
      readonly ok: true;
      readonly resources: Resources;
      /** What the executor adds to the charge: nothing when it is already there. */
      readonly executorResources: Resources;
      readonly startsExecutor: boolean;
    };

/**
 * The checks of LAUNCH in their order; the first fault is the message of TASK_ERROR.
 * @see mesos@1.11 src/master/validation.cpp `task::validate`
 */
export function validateTask(task: TaskInfo, context: TaskContext): ValidatedTask {
  const early = taskShapeFault(task, context);
  if (early !== undefined) return { ok: false, error: early };
  const read = readTaskResources(task, context.role);
  if (!read.ok) return read;
  const late =
    commandAndContainerFault(task) ??
    limitsFault(task, read.resources) ??
    commandOrExecutorFault(task);
  if (late !== undefined) return { ok: false, error: late };
  return withExecutor(task, context, read.resources);
}

/** Id, agent, kill policy, maximum time and checks. */
export function taskShapeFault(task: TaskInfo, context: TaskContext): string | undefined {
  const taskId = task.task_id.value;
  const bad = idFault(taskId);
  if (bad !== undefined) return bad;
  if (context.isKnownTask(taskId)) return `Task has duplicate ID: ${taskId}`;
  if (task.agent_id.value !== context.agentId) {
    return `Task uses invalid agent ${task.agent_id.value} while agent ${context.agentId} is expected`;
  }
  if ((task.kill_policy?.grace_period?.nanoseconds ?? 0) < 0) {
    return "Task's 'kill_policy.grace_period' must be non-negative";
  }
  if ((task.max_completion_time?.nanoseconds ?? 0) < 0) {
    return "Task's `max_completion_time` must be non-negative";
  }
  const check = task.check === undefined ? undefined : checkFault(task.check);
  if (check !== undefined) return `Task uses invalid check: ${check}`;
  const health = task.health_check === undefined ? undefined : healthCheckFault(task.health_check);
  return health === undefined ? undefined : `Task uses invalid health check: ${health}`;
}

export type ReadTaskResources =
  | { readonly ok: true; readonly resources: Resources }
  | { readonly ok: false; readonly error: string };

export function readTaskResources(task: TaskInfo, role: string): ReadTaskResources {
  const wire = task.resources ?? [];
  if (wire.length === 0) return { ok: false, error: "Task uses no resources" };
  const roles = new Set(wire.map((it) => it.allocation_info?.role));
  if (roles.size > 1) {
    return {
      ok: false,
      error: `Task's resources are not allocated to a single role: ${[...roles].join(", ")}`,
    };
  }
  const stray = wire.find((it) => (it.allocation_info?.role ?? role) !== role);
  if (stray !== undefined) {
    const other = stray.allocation_info?.role ?? "";
    return {
      ok: false,
      error: `Task uses resources allocated to role '${other}' while the offers are allocated to role '${role}'`,
    };
  }
  const read = readResources(wire);
  if (!read.ok) return { ok: false, error: `Task uses invalid resources: ${read.error}` };
  if (read.resources.length === 0) return { ok: false, error: "Task uses no resources" };
  const mixed = mixedRevocableFault(read.resources);
  if (mixed !== undefined) {
    return { ok: false, error: `Task mixes revocable and non-revocable resources: ${mixed}` };
  }
  const twice = duplicatePersistenceFault(read.resources);
  if (twice !== undefined) {
    return { ok: false, error: `Task uses duplicate persistence ID: ${twice}` };
  }
  return { ok: true, resources: read.resources };
}

function commandAndContainerFault(task: TaskInfo): string | undefined {
  const command = task.command === undefined ? undefined : commandFault(task.command);
  if (command !== undefined) return `Task's \`CommandInfo\` is invalid: ${command}`;
  const container = task.container === undefined ? undefined : containerFault(task.container);
  return container === undefined ? undefined : `Task's \`ContainerInfo\` is invalid: ${container}`;
}

/** Limits exist for cpus and mem only and are never below the request. */
export function limitsFault(task: TaskInfo, resources: Resources): string | undefined {
  for (const [name, { value }] of Object.entries(task.limits ?? {})) {
    if (name !== "cpus" && name !== "mem") {
      return `Task resource limits are only supported for 'cpus' and 'mem', not for '${name}'`;
    }
    const requestMilli = scalarMilli(resources, name);
    if (!(value === Infinity || toMilli(value) >= requestMilli)) {
      return `The resource limit of '${name}' is less than its request (${value} < ${requestMilli / 1000})`;
    }
  }
  return undefined;
}

function commandOrExecutorFault(task: TaskInfo): string | undefined {
  return (task.command === undefined) === (task.executor === undefined)
    ? "Task should have at least one (but not both) of CommandInfo or ExecutorInfo present"
    : undefined;
}

function withExecutor(task: TaskInfo, context: TaskContext, resources: Resources): ValidatedTask {
  const executor = task.executor;
  let executorResources = NO_RESOURCES;
  let startsExecutor = false;
  if (executor !== undefined) {
    const fault = executorFault(executor, context);
    if (fault !== undefined) return { ok: false, error: fault };
    if (context.executorOf(executor.executor_id.value) === undefined) {
      const read = readResources(executor.resources ?? []);
      if (!read.ok) return { ok: false, error: `Executor uses invalid resources: ${read.error}` };
      executorResources = read.resources;
      startsExecutor = true;
    }
  }
  const total = addResources(resources, executorResources);
  const mixed = mixedRevocableFault(total);
  if (mixed !== undefined) {
    return {
      ok: false,
      error: `Task and its executor mix revocable and non-revocable resources: ${mixed}`,
    };
  }
  if (!containsResources(context.available, total)) {
    return {
      ok: false,
      error:
        `Total resources ${formatResources(total)} required by task and its executor is more than ` +
        `available ${formatResources(context.available)}`,
    };
  }
  return { ok: true, resources, executorResources, startsExecutor };
}

/** What is wrong with an ExecutorInfo given with a task or group; the framework id may be unset. */
export function executorFault(executor: ExecutorInfo, context: TaskContext): string | undefined {
  const executorId = executor.executor_id.value;
  const bad = idFault(executorId);
  if (bad !== undefined) return `Executor ID is invalid: ${bad}`;
  const framework = executor.framework_id?.value;
  if (framework !== undefined && framework !== context.frameworkId) {
    return `ExecutorInfo has an invalid FrameworkID (Actual: ${framework} vs Expected: ${context.frameworkId})`;
  }
  if ((executor.shutdown_grace_period?.nanoseconds ?? 0) < 0) {
    return "ExecutorInfo's 'shutdown_grace_period' must be non-negative";
  }
  const command = executor.command === undefined ? undefined : commandFault(executor.command);
  if (command !== undefined) return `Executor's \`CommandInfo\` is invalid: ${command}`;
  const container =
    executor.container === undefined ? undefined : containerFault(executor.container);
  if (container !== undefined) return `Executor's \`ContainerInfo\` is invalid: ${container}`;
  const existing = context.executorOf(executorId);
  if (existing !== undefined && !sameExecutorInfo(existing, executor)) {
    return `ExecutorInfo is not compatible with existing ExecutorInfo with same ExecutorID '${executorId}'`;
  }
  return undefined;
}
