import type { AgentId } from "../../../api/ids/ids.ts";
import type { TaskStatus } from "../../../api/mesos/task-status.ts";
import {
  type Agent,
  type Framework,
  isAware,
  type RecoveredAgent,
  type Task,
} from "../../../domain/mesos/master-state.ts";
import { type AwareState, isTerminalState, lostOr } from "../../../domain/mesos/task-state.ts";
import { masterStatus } from "../../../domain/mesos/task-status.ts";
import { agentRecord, unreachableRecord } from "./records.ts";
import { type EngineContext, sendEvent, sendUpdate, tellAllocator } from "./context.ts";
import { forgetCheckpoint } from "./operation-delivery.ts";
import { loseOperations } from "./operation-updates.ts";
import { rescindInverseOffersOn } from "./inverse-offers.ts";
import { noteAgentRemoved } from "./master-events.ts";
import { rescindOffersOfAgent } from "./offers.ts";
import { completeTask, moveTask } from "./tasks.ts";

/** The loss is durable: frameworks are told, the tasks wait for the agent's return. */
export function markUnreachable(context: EngineContext, agentId: AgentId): void {
  const agent = context.state.agents.get(agentId);
  if (!context.becomingUnreachable.delete(agentId)) {
    // It came back while the record was written: the record is taken back.
    if (agent !== undefined) {
      context.effects.push({
        kind: "persist",
        writes: [agentRecord(agent), { kind: "delete", record: "unreachable", key: agentId }],
      });
    }
    return;
  }
  if (agent === undefined) return;
  const sinceMs = context.nowMs;
  context.state.unreachable.set(agentId, {
    id: agentId,
    info: agent.info,
    nodeUid: agent.nodeUid,
    deactivatedByOperator: agent.deactivatedByOperator,
    draining: agent.draining,
    sinceMs,
  });
  context.counters.add("master/slave_unreachable_completed");
  context.counters.add("master/slave_removals");
  context.counters.add("master/slave_removals/reason_unhealthy");
  loseOperations(context, agent, "OPERATION_UNREACHABLE", `Agent ${agent.hostname} is unreachable`);
  removeAgent(context, agent, (framework, task) => {
    const status = lossStatus(context, framework, task, "TASK_UNREACHABLE", {
      reason: "REASON_AGENT_REMOVED",
      message: `Agent ${agent.hostname} is unreachable`,
      unreachableSinceMs: sinceMs,
    });
    giveUpTask(context, framework, agent, task, status);
  });
}

/** What is told of the tasks of an agent that is removed. */
interface RemovalNews {
  readonly state: AwareState;
  readonly reason: LossReason;
  /** For frameworks that are not partition-aware; default `reason`. */
  readonly unawareReason?: LossReason;
  readonly message: string;
}

/** The agent said that it leaves for good, or an operator did: its tasks are over, and nothing is remembered of it. */
export function removeAgentForGood(context: EngineContext, agent: Agent, told: RemovalNews): void {
  loseOperations(context, agent, "OPERATION_GONE_BY_OPERATOR", told.message);
  forgetCheckpoint(context, agent.id);
  endWith(context, agent, told);
  context.effects.push({
    kind: "persist",
    writes: [
      { kind: "delete", record: "agent", key: agent.id },
      { kind: "delete", record: "drain", key: agent.id },
    ],
  });
}

/** The agent is to be away for a while: its tasks are over, its id, orders, reservations and volumes wait for its return. */
export function removeAgentForAWhile(
  context: EngineContext,
  agent: Agent,
  told: RemovalNews,
): void {
  const sinceMs = context.nowMs;
  loseOperations(context, agent, "OPERATION_UNREACHABLE", told.message);
  const { id, info, nodeUid, deactivatedByOperator, draining } = agent;
  context.state.unreachable.set(id, {
    id,
    info,
    nodeUid,
    deactivatedByOperator,
    draining,
    sinceMs,
  });
  endWith(context, agent, told);
  context.effects.push({
    kind: "persist",
    writes: [unreachableRecord(agent, sinceMs), { kind: "delete", record: "agent", key: id }],
  });
}

function endWith(context: EngineContext, agent: Agent, told: RemovalNews): void {
  context.counters.add("master/slave_removals");
  context.counters.add("master/slave_removals/reason_unregistered");
  removeAgent(context, agent, (framework, task) => {
    const reason = isAware(framework) ? told.reason : (told.unawareReason ?? told.reason);
    const { message } = told;
    const status = lossStatus(context, framework, task, told.state, { reason, message });
    moveTask(context, task, { status, latestState: status.state });
    sendUpdate(context, framework, status);
    completeTask(context, framework, agent, task);
  });
}

type LossReason = NonNullable<TaskStatus["reason"]>;

function lossStatus(
  context: EngineContext,
  framework: Framework,
  task: Task,
  state: AwareState,
  told: {
    readonly reason: LossReason;
    readonly message: string;
    readonly unreachableSinceMs?: number;
  },
): TaskStatus {
  return masterStatus({
    taskId: task.id,
    state: lostOr(state, isAware(framework)),
    reason: told.reason,
    message: told.message,
    nowMs: context.nowMs,
    agentId: task.agentId,
    ...(task.executorId === undefined ? {} : { executorId: task.executorId }),
    ...(told.unreachableSinceMs === undefined
      ? {}
      : { unreachableSinceMs: told.unreachableSinceMs }),
  });
}

function giveUpTask(
  context: EngineContext,
  framework: Framework,
  agent: Agent,
  task: Task,
  status: TaskStatus,
): void {
  framework.tasks.delete(task.id);
  agent.tasks.delete(task);
  moveTask(context, task, { status, latestState: status.state });
  framework.unreachableTasks.set(task.id, task);
  for (const oldest of framework.unreachableTasks.keys()) {
    if (framework.unreachableTasks.size <= context.limits.unreachableTasksMax) break;
    framework.unreachableTasks.delete(oldest);
  }
  sendUpdate(context, framework, status);
}

/** Out of all tables: offers rescinded, each open task through `endTask`, FAILURE to everybody. */
function removeAgent(
  context: EngineContext,
  agent: Agent,
  endTask: (framework: Framework, task: Task) => void,
): void {
  rescindInverseOffersOn(context, agent);
  rescindOffersOfAgent(context, agent);
  for (const task of [...agent.tasks]) {
    const framework = context.state.frameworks.get(task.frameworkId);
    if (framework === undefined) continue;
    if (isTerminalState(task.state)) completeTask(context, framework, agent, task);
    else endTask(framework, task);
  }
  for (const framework of context.state.frameworks.values()) {
    framework.executors.delete(agent.id);
  }
  if (agent.link.kind !== "disconnected" && agent.link.linkId !== undefined) {
    context.links.delete(agent.link.linkId);
    context.effects.push({ kind: "closeAgentLink", linkId: agent.link.linkId });
  }
  context.state.agents.delete(agent.id);
  tellAllocator(context, { kind: "agentRemoved", agentId: agent.id });
  noteAgentRemoved(context, agent);
  tellFailure(context, agent.id);
}

export function tellFailure(context: EngineContext, agentId: AgentId): void {
  for (const framework of context.state.frameworks.values()) {
    sendEvent(context, framework, { type: "FAILURE", failure: { agent_id: { value: agentId } } });
  }
}

/** Agents of the Registry that did not return within the re-registration timeout. */
export function giveUpRecovered(context: EngineContext): void {
  if (context.nowMs - context.startedMs < context.limits.agentReregisterTimeoutMs) return;
  for (const agent of [...context.state.recovered.values()]) {
    giveUpRecoveredAgent(context, agent);
  }
}

function giveUpRecoveredAgent(context: EngineContext, agent: RecoveredAgent): void {
  context.state.recovered.delete(agent.id);
  const sinceMs = context.nowMs;
  context.state.unreachable.set(agent.id, { ...agent, sinceMs });
  context.counters.add("master/recovery_slave_removals");
  context.effects.push({
    kind: "persist",
    writes: [unreachableRecord(agent, sinceMs), { kind: "delete", record: "agent", key: agent.id }],
  });
  tellFailure(context, agent.id);
}
