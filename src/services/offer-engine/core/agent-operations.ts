import type { AgentId } from "../../../api/ids/ids.ts";
import { isAware } from "../../../domain/mesos/master-state.ts";
import { lostOr } from "../../../domain/mesos/task-state.ts";
import { masterStatus } from "../../../domain/mesos/task-status.ts";
import { removeAgentForGood } from "./agent-loss.ts";
import { type EngineContext, linkOf, sendUpdate } from "./context.ts";
import { forgetCheckpoint } from "./operation-delivery.ts";
import { drainRecord } from "./records.ts";
import { completeTask, moveTask } from "./tasks.ts";

/** Drained once every terminal update is acknowledged and every operation over; then gone, if that was asked for. */
export function finishDrains(context: EngineContext): void {
  for (const agent of context.state.agents.values()) {
    if (agent.draining?.state !== "DRAINING" || agent.tasks.size > 0) continue;
    if (agent.operations.size > 0) continue;
    agent.draining = { ...agent.draining, state: "DRAINED" };
    if (agent.draining.markGone) recordGone(context, agent.id);
    else context.effects.push({ kind: "persist", writes: [drainRecord(agent.id, agent.draining)] });
  }
}

/** MARK_AGENT_GONE: Registry first; irreversible. */
export function recordGone(context: EngineContext, agentId: AgentId): void {
  if (context.becomingGone.has(agentId) || context.state.gone.has(agentId)) return;
  context.becomingGone.add(agentId);
  context.effects.push({
    kind: "persist",
    writes: [
      { kind: "put", record: "gone", key: agentId, value: { since_ms: context.nowMs } },
      { kind: "delete", record: "agent", key: agentId },
      { kind: "delete", record: "unreachable", key: agentId },
      { kind: "delete", record: "drain", key: agentId },
    ],
    then: { kind: "goneRecorded", agentId },
  });
}

/** The record is durable: its tasks are over, the agent shuts down when it listens. */
export function markGone(context: EngineContext, agentId: AgentId): void {
  context.becomingGone.delete(agentId);
  context.becomingUnreachable.delete(agentId);
  context.state.gone.set(agentId, context.nowMs);
  context.state.recovered.delete(agentId);
  endUnreachableTasks(context, agentId);
  forgetCheckpoint(context, agentId);
  context.state.unreachable.delete(agentId);
  const agent = context.state.agents.get(agentId);
  if (agent === undefined) return;
  const linkId = linkOf(agent);
  if (linkId !== undefined) {
    context.effects.push({
      kind: "agentEvent",
      linkId,
      event: { type: "SHUTDOWN", term: context.term, message: "Agent has been marked gone" },
    });
  }
  removeAgentForGood(context, agent, {
    state: "TASK_GONE_BY_OPERATOR",
    reason: "REASON_AGENT_REMOVED_BY_OPERATOR",
    unawareReason: "REASON_AGENT_REMOVED",
    message: `Agent ${agent.hostname} has been marked gone`,
  });
}

/** Tasks that waited for the agent's return: they will not. */
function endUnreachableTasks(context: EngineContext, agentId: AgentId): void {
  for (const framework of context.state.frameworks.values()) {
    for (const task of [...framework.unreachableTasks.values()]) {
      if (task.agentId !== agentId) continue;
      const aware = isAware(framework);
      const status = masterStatus({
        taskId: task.id,
        state: lostOr("TASK_GONE_BY_OPERATOR", aware),
        reason: aware ? "REASON_AGENT_REMOVED_BY_OPERATOR" : "REASON_AGENT_REMOVED",
        message: "Agent has been marked gone",
        nowMs: context.nowMs,
        agentId,
      });
      moveTask(context, task, { status, latestState: status.state });
      sendUpdate(context, framework, status);
      completeTask(context, framework, undefined, task);
    }
  }
}
