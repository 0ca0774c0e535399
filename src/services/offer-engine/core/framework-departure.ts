import type { AgentId } from "../../../api/ids/ids.ts";
import type { Framework } from "../../../domain/mesos/master-state.ts";
import { masterStatus } from "../../../domain/mesos/task-status.ts";
import { type EngineContext, linkOf, tellAllocator } from "./context.ts";
import { agentsInUse, persistFramework } from "./frameworks.ts";
import { dropInverseOffersOf, forgetAnswersOf } from "./inverse-offers.ts";
import { noteFrameworkRemoved, noteFrameworkUpdated } from "./master-events.ts";
import { discardOffer } from "./offers.ts";
import { orphanOperations } from "./operation-updates.ts";
import { completedRecord } from "./records.ts";
import { completeTask, moveTask } from "./tasks.ts";

/** The stream ended, by either side: offers stop, the failover timeout begins. */
export function disconnectFramework(context: EngineContext, streamId: string): void {
  const frameworkId = context.streams.get(streamId);
  context.streams.delete(streamId);
  const framework =
    frameworkId === undefined ? undefined : context.state.frameworks.get(frameworkId);
  if (framework?.connection.kind !== "connected") return;
  if (framework.connection.streamId !== streamId) return;
  const timeoutMs = (framework.info.failover_timeout ?? 0) * 1000;
  framework.connection = { kind: "disconnected", deadlineMs: context.nowMs + timeoutMs };
  context.counters.add("master/messages_deactivate_framework");
  tellAllocator(context, { kind: "frameworkDeactivated", frameworkId: framework.id });
  dropInverseOffersOf(context, framework);
  for (const offer of [...framework.offers]) discardOffer(context, offer);
  noteFrameworkUpdated(context, framework);
  if (timeoutMs === 0) removeFramework(context, framework);
  else persistFramework(context, framework);
}

/** TEARDOWN, or the failover timeout ended: executors and tasks are shut down, the framework is completed. */
export function removeFramework(context: EngineContext, framework: Framework): void {
  const { connection } = framework;
  if (connection.kind === "connected") {
    context.streams.delete(connection.streamId);
    context.effects.push({ kind: "closeFrameworkStream", streamId: connection.streamId });
  }
  const agents = agentsInUse(framework);
  forgetAnswersOf(context, framework);
  for (const offer of [...framework.offers]) discardOffer(context, offer);
  for (const task of [...framework.tasks.values()]) {
    const status = masterStatus({
      taskId: task.id,
      state: "TASK_KILLED",
      reason: "REASON_FRAMEWORK_REMOVED",
      message: `Framework ${framework.id} removed`,
      nowMs: context.nowMs,
      agentId: task.agentId,
    });
    moveTask(context, task, { status, latestState: "TASK_KILLED" });
    completeTask(context, framework, context.state.agents.get(task.agentId), task);
  }
  for (const task of [...framework.unreachableTasks.values()]) {
    completeTask(context, framework, undefined, task);
  }
  orphanOperations(context, framework);
  for (const agentId of agents) shutDownOn(context, framework, agentId);
  framework.executors.clear();
  tellAllocator(context, { kind: "frameworkRemoved", frameworkId: framework.id });
  context.state.frameworks.delete(framework.id);
  framework.connection = { kind: "disconnected", deadlineMs: context.nowMs };
  context.state.completed.set(framework.id, { framework, unregisteredMs: context.nowMs });
  context.counters.add("master/messages_unregister_framework");
  noteFrameworkRemoved(context, framework);
  context.effects.push({
    kind: "persist",
    writes: [
      completedRecord(framework, context.nowMs),
      { kind: "delete", record: "framework", key: framework.id },
    ],
  });
  forgetOldestCompleted(context);
}

function shutDownOn(context: EngineContext, framework: Framework, agentId: AgentId): void {
  const agent = context.state.agents.get(agentId);
  const linkId = agent === undefined ? undefined : linkOf(agent);
  if (linkId === undefined) return;
  context.effects.push({
    kind: "agentEvent",
    linkId,
    event: { type: "SHUTDOWN_FRAMEWORK", term: context.term, framework_id: framework.id },
  });
}

/** Keeps the bound, in memory and in the registry; after the record is written, since 0 forgets at once. */
export function forgetOldestCompleted(context: EngineContext): void {
  const { completed } = context.state;
  for (const id of completed.keys()) {
    if (completed.size <= context.config.completedFrameworksMax) return;
    completed.delete(id);
    context.effects.push({
      kind: "persist",
      writes: [{ kind: "delete", record: "completed", key: id }],
    });
  }
}

/** Removes frameworks whose failover timeout has passed. */
export function expireFrameworks(context: EngineContext): void {
  for (const framework of [...context.state.frameworks.values()]) {
    const { connection } = framework;
    if (connection.kind === "connected") continue;
    if (context.nowMs >= connection.deadlineMs) removeFramework(context, framework);
  }
}
