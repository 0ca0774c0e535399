import { asId, type ExecutorId, type FrameworkId, type TaskId } from "../../../api/ids/ids.ts";
import type {
  ReportedExecutor,
  ReportedTask,
  SubscribeCall,
} from "../../../api/agent-link/calls.ts";
import type { AgentEventOf } from "../../../api/agent-link/events.ts";
import type { Use } from "../../../domain/allocator/events.ts";
import {
  type Agent,
  executorOn,
  type Framework,
  isAware,
  type Task,
} from "../../../domain/mesos/master-state.ts";
import { holdsResources, isTerminalState } from "../../../domain/mesos/task-state.ts";
import { keptStatus, masterStatus } from "../../../domain/mesos/task-status.ts";
import { readResources } from "../../../domain/mesos/wire-resources.ts";
import { type EngineContext, sendUpdate } from "./context.ts";
import { adoptOperations } from "./operation-recovery.ts";
import { makeFramework, persistFramework } from "./frameworks.ts";
import { noteFrameworkAdded } from "./master-events.ts";
import {
  addExecutor,
  addTask,
  completeTask,
  moveTask,
  removeExecutor,
  withoutPayload,
} from "./tasks.ts";

/** Where the master knew the agent from. */
export type AgentOrigin = "unreachable" | "recovered" | "unknown";

/** Takes what a registering agent runs into the tables; tasks that were given up with it come back. */
export function admitReportedWork(
  context: EngineContext,
  agent: Agent,
  call: SubscribeCall,
  origin: AgentOrigin,
): void {
  knowFrameworks(context, call);
  for (const reported of call.executors) admitExecutor(context, agent, reported);
  for (const reported of call.tasks) admitTask(context, agent, reported, origin);
  endUnreported(context, agent, call);
}

/** Frameworks the agent runs tasks of and the master never saw: *recovered*, inactive, until they subscribe. */
function knowFrameworks(context: EngineContext, call: SubscribeCall): void {
  for (const info of call.frameworks) {
    const id = asId<FrameworkId>(info.id?.value ?? "");
    if (id === "" || context.state.frameworks.has(id) || context.state.completed.has(id)) continue;
    const framework = makeFramework(context, info);
    adoptOperations(context, framework);
    const timeoutMs = (framework.info.failover_timeout ?? 0) * 1000;
    framework.connection = {
      kind: "recovered",
      deadlineMs: context.nowMs + Math.max(timeoutMs, REGISTRATION_WINDOW_MS),
    };
    context.allocator.apply(
      {
        kind: "frameworkAdded",
        frameworkId: id,
        profile: {
          roles: framework.roles,
          suppressed: [],
          capabilities: [...framework.capabilities],
          minAllocatable: {},
          constraints: {},
        },
        active: false,
      },
      context.nowMs,
    );
    noteFrameworkAdded(context, framework);
    persistFramework(context, framework);
  }
}

/** A framework found through its tasks gets at least this long to subscribe, whatever its failover timeout. */
const REGISTRATION_WINDOW_MS = 60_000;

function admitExecutor(context: EngineContext, agent: Agent, reported: ReportedExecutor): void {
  const framework = context.state.frameworks.get(asId<FrameworkId>(reported.framework_id));
  if (framework === undefined) return;
  const id = asId<ExecutorId>(reported.executor.executor_id.value);
  if (executorOn(framework, agent.id, id) !== undefined) return;
  const read = readResources(reported.executor.resources ?? []);
  addExecutor(framework, {
    id,
    frameworkId: framework.id,
    agentId: agent.id,
    info: reported.executor,
    role: roleOf(reported.executor.resources, framework),
    resources: read.ok ? read.resources : [],
  });
}

function admitTask(
  context: EngineContext,
  agent: Agent,
  reported: ReportedTask,
  origin: AgentOrigin,
): void {
  const framework = context.state.frameworks.get(asId<FrameworkId>(reported.framework_id));
  if (framework === undefined) return;
  const id = asId<TaskId>(reported.task.task_id.value);
  if (framework.tasks.has(id)) return;
  const returned = framework.unreachableTasks.get(id);
  framework.unreachableTasks.delete(id);
  const task = taskOf(agent, framework, reported, returned);
  addTask(context, framework, agent, task);
  if (origin === "recovered") return;
  sendUpdate(context, framework, {
    ...masterStatus({
      taskId: id,
      state: task.state,
      reason: "REASON_AGENT_REREGISTERED",
      message:
        origin === "unreachable"
          ? "Unreachable agent re-reregistered"
          : "Unknown agent reregistered",
      nowMs: context.nowMs,
      agentId: agent.id,
      ...(task.executorId === undefined ? {} : { executorId: task.executorId }),
    }),
  });
}

function taskOf(
  agent: Agent,
  framework: Framework,
  reported: ReportedTask,
  known: Task | undefined,
): Task {
  const read = readResources(reported.task.resources ?? []);
  const status = reported.status === undefined ? undefined : keptStatus(reported.status);
  const isCommandTask =
    reported.task.executor === undefined && !isGroupTask(agent, framework, reported);
  return {
    id: asId(reported.task.task_id.value),
    frameworkId: framework.id,
    agentId: agent.id,
    executorId: isCommandTask ? undefined : asId(reported.executor_id),
    info: withoutPayload(reported.task),
    launchId: reported.launch_id,
    role: roleOf(reported.task.resources, framework),
    resources: read.ok ? read.resources : [],
    state: reported.latest_state,
    charged: holdsResources(reported.latest_state),
    statuses: status === undefined ? [...(known?.statuses ?? [])] : [status],
    pending: status?.uuid === undefined ? undefined : { state: status.state, uuid: status.uuid },
  };
}

/** Tasks of a group carry no executor of their own; the agent lists the executor apart. */
function isGroupTask(agent: Agent, framework: Framework, reported: ReportedTask): boolean {
  return executorOn(framework, agent.id, asId<ExecutorId>(reported.executor_id)) !== undefined;
}

function roleOf(resources: ReportedTask["task"]["resources"], framework: Framework): string {
  return resources?.[0]?.allocation_info?.role ?? framework.roles[0] ?? "*";
}

/**
 * Unreachable tasks of this agent that it does not have any more are over. A framework that waits for them is told so, which Mesos
 * leaves to its next reconciliation: a launch that was lost on the way to the agent would be waited for until then.
 */
function endUnreported(context: EngineContext, agent: Agent, call: SubscribeCall): void {
  const reported = new Set(call.tasks.map(({ task }) => task.task_id.value));
  for (const framework of context.state.frameworks.values()) {
    for (const task of [...framework.unreachableTasks.values()]) {
      if (task.agentId !== agent.id || reported.has(task.id)) continue;
      if (isAware(framework)) tellGone(context, framework, task);
      completeTask(context, framework, undefined, task);
    }
  }
}

function tellGone(context: EngineContext, framework: Framework, task: Task): void {
  const status = masterStatus({
    taskId: task.id,
    state: "TASK_GONE",
    reason: "REASON_RECONCILIATION",
    message: "Unreachable agent re-reregistered: Task is unknown to the agent",
    nowMs: context.nowMs,
    agentId: task.agentId,
    ...(task.executorId === undefined ? {} : { executorId: task.executorId }),
  });
  moveTask(context, task, { status, latestState: "TASK_GONE" });
  sendUpdate(context, framework, status);
}

/** A reconnected agent: what only it has is added, states are taken over, executors that ended are forgotten. */
export function compareWork(context: EngineContext, agent: Agent, call: SubscribeCall): void {
  knowFrameworks(context, call);
  const before = new Set<Task>(agent.tasks);
  for (const reported of call.executors) admitExecutor(context, agent, reported);
  for (const reported of call.tasks) {
    const framework = context.state.frameworks.get(asId<FrameworkId>(reported.framework_id));
    const task = framework?.tasks.get(asId<TaskId>(reported.task.task_id.value));
    if (task === undefined) continue;
    moveTask(context, task, { status: undefined, latestState: reported.latest_state });
  }
  for (const reported of call.tasks) admitTask(context, agent, reported, "recovered");
  for (const task of agent.tasks) {
    if (!before.has(task) && task.charged) chargeTask(context, agent, task);
  }
  const executors = new Set(
    call.executors.map(
      ({ framework_id, executor }) => `${framework_id} ${executor.executor_id.value}`,
    ),
  );
  for (const framework of context.state.frameworks.values()) {
    for (const executor of [...(framework.executors.get(agent.id)?.values() ?? [])]) {
      const hasTasks = [...agent.tasks].some(
        (task) => task.frameworkId === framework.id && task.executorId === executor.id,
      );
      if (hasTasks || executors.has(`${framework.id} ${executor.id}`)) continue;
      removeExecutor(context, framework, executor);
    }
  }
}

/** A task the allocator has not heard of on a known agent: booked there without changing the total. */
function chargeTask(context: EngineContext, agent: Agent, task: Task): void {
  const use = { frameworkId: task.frameworkId, role: task.role, resources: task.resources };
  context.allocator.apply(
    { kind: "agentGrown", agentId: agent.id, resources: task.resources, used: [use] },
    context.nowMs,
  );
  context.allocator.apply(
    { kind: "agentUpdated", agentId: agent.id, total: agent.total },
    context.nowMs,
  );
}

/** Tasks the master has on the agent and the agent did not list: it answers LOST or DROPPED for them. */
export function missingTasks(
  context: EngineContext,
  agent: Agent,
  call: SubscribeCall,
): AgentEventOf<"SUBSCRIBED">["tasks"] {
  const reported = new Set(
    call.tasks.map(({ framework_id, task }) => `${framework_id} ${task.task_id.value}`),
  );
  const missing: AgentEventOf<"SUBSCRIBED">["tasks"] = [];
  for (const task of agent.tasks) {
    if (reported.has(`${task.frameworkId} ${task.id}`)) continue;
    const framework = context.state.frameworks.get(task.frameworkId);
    if (framework === undefined || isTerminalState(task.state)) continue;
    missing.push({
      framework_id: task.frameworkId,
      task_id: task.id,
      partition_aware: isAware(framework),
    });
  }
  return missing;
}

/** What of an agent is in use, by framework and role. */
export function usesOf(context: EngineContext, agent: Agent): Use[] {
  const uses: Use[] = [];
  for (const task of agent.tasks) {
    if (!task.charged) continue;
    uses.push({ frameworkId: task.frameworkId, role: task.role, resources: task.resources });
  }
  for (const { charged, conversion, frameworkId, role } of agent.operations.values()) {
    if (!charged || frameworkId === undefined || role === undefined) continue;
    uses.push({ frameworkId, role, resources: conversion.consumed });
  }
  for (const framework of context.state.frameworks.values()) {
    for (const executor of framework.executors.get(agent.id)?.values() ?? []) {
      if (executor.resources.length === 0) continue;
      const { role, resources } = executor;
      uses.push({ frameworkId: framework.id, role, resources });
    }
  }
  return uses;
}

/** Frameworks that ended while the agent was away: it still runs their tasks. */
export function shutDownCompleted(
  context: EngineContext,
  linkId: string,
  call: SubscribeCall,
): void {
  const ids = new Set([
    ...call.frameworks.map(({ id }) => id?.value ?? ""),
    ...call.tasks.map(({ framework_id }) => framework_id),
  ]);
  for (const id of ids) {
    if (!context.state.completed.has(asId<FrameworkId>(id))) continue;
    context.effects.push({
      kind: "agentEvent",
      linkId,
      event: { type: "SHUTDOWN_FRAMEWORK", term: context.term, framework_id: id },
    });
  }
}
