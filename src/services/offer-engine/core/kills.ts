import type { AgentId } from "../../../api/ids/ids.ts";
import { type EngineContext, linkOf, type PendingKill } from "./context.ts";

/** Has a task's agent end it: at once, or on its return when it is away. */
export function askKill(context: EngineContext, agentId: AgentId, kill: PendingKill): void {
  const agent = context.state.agents.get(agentId);
  const linkId = agent === undefined ? undefined : linkOf(agent);
  if (linkId !== undefined) {
    sendKill(context, linkId, kill);
    return;
  }
  const waiting = context.pendingKills.get(agentId) ?? [];
  waiting.push(kill);
  context.pendingKills.set(agentId, waiting);
}

/** What was asked while the agent was away, of tasks that are still there. */
export function sendPendingKills(context: EngineContext, linkId: string, agentId: AgentId): void {
  const kills = context.pendingKills.get(agentId) ?? [];
  context.pendingKills.delete(agentId);
  for (const kill of kills) {
    const framework = context.state.frameworks.get(kill.frameworkId);
    if (framework?.tasks.has(kill.taskId) === true) sendKill(context, linkId, kill);
  }
}

function sendKill(
  context: EngineContext,
  linkId: string,
  { frameworkId, taskId, killPolicy, isPreempted }: PendingKill,
): void {
  context.effects.push({
    kind: "agentEvent",
    linkId,
    event: {
      type: "KILL",
      term: context.term,
      framework_id: frameworkId,
      task_id: taskId,
      ...(killPolicy === undefined ? {} : { kill_policy: killPolicy }),
      ...(isPreempted === undefined ? {} : { preempted: true }),
    },
  });
}
