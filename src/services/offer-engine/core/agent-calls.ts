import { assertNever } from "../../../api/invariant.ts";
import { asId, type ExecutorId, type FrameworkId, type TaskId } from "../../../api/ids/ids.ts";
import type { AgentCall } from "../../../api/agent-link/calls.ts";
import { type Agent, executorOn } from "../../../domain/mesos/master-state.ts";
import { applyCheckpointed } from "../../../domain/mesos/operations/checkpointed-resources.ts";
import { readResources } from "../../../domain/mesos/wire-resources.ts";
import { renewLease } from "./agent-leases.ts";
import { removeAgentForGood } from "./agent-loss.ts";
import { isOfferable, setOffered, tellUpdated } from "./agent-offering.ts";
import { type EngineContext, sendEvent, sendUpdate } from "./context.ts";
import { updateOperation } from "./operation-updates.ts";
import { relieveAgent } from "./overcommit.ts";
import { placePoolPods, releasePoolPods } from "./pods.ts";
import { moveTask, removeExecutor } from "./tasks.ts";

type CallOf<T extends AgentCall["type"]> = Extract<AgentCall, { type: T }>;

/** A batch in order; a number that was applied before changes nothing. */
export function applyAgentCalls(
  context: EngineContext,
  linkId: string,
  calls: readonly AgentCall[],
): void {
  const link = context.links.get(linkId);
  const agent = link?.agentId === undefined ? undefined : context.state.agents.get(link.agentId);
  if (link === undefined || agent === undefined) return;
  if (agent.link.kind === "disconnected" || agent.link.linkId !== linkId) return;
  renewLease(context, agent, linkId);
  for (const call of calls) {
    if (call.seq <= link.ackedSeq) continue;
    link.ackedSeq = call.seq;
    applyAgentCall(context, agent, call);
  }
}

function applyAgentCall(context: EngineContext, agent: Agent, call: AgentCall): void {
  switch (call.type) {
    case "BEAT":
      return;
    case "UPDATE_AGENT":
      updateAgent(context, agent, call);
      return;
    case "STATUS_UPDATE":
      updateStatus(context, agent, call);
      return;
    case "EXECUTOR_EXITED":
      executorExited(context, agent, call);
      return;
    case "MESSAGE":
      executorMessage(context, agent, call);
      return;
    case "OPERATION_STATUS":
      updateOperation(context, agent, call);
      return;
    case "POOL_PODS":
      placePoolPods(context, agent.id, call.changed);
      releasePoolPods(context, call.gone);
      return;
    case "GOODBYE":
      sayGoodbye(context, agent, call);
      return;
    default:
      assertNever(call);
  }
}

/** Longest extension of a lease by GOODBYE. */
const RESTART_GRACE_MAX_MS = 8000;

function sayGoodbye(context: EngineContext, agent: Agent, call: CallOf<"GOODBYE">): void {
  switch (call.reason) {
    case "restart":
      agent.leaseExtendedToMs = context.nowMs + Math.min(call.within_ms, RESTART_GRACE_MAX_MS);
      return;
    case "drain":
      return;
    case "remove":
      removeAgentForGood(context, agent, {
        state: "TASK_GONE",
        reason: "REASON_AGENT_REMOVED",
        message: `Agent ${agent.hostname} removed: unregistered`,
      });
      return;
  }
}

/**
 * The task goes to its latest state (which frees resources even while an older update is the head of its stream), the
 * status goes to the framework if it is connected; the agent retries until it is acknowledged.
 */
function updateStatus(context: EngineContext, agent: Agent, call: CallOf<"STATUS_UPDATE">): void {
  context.counters.add("master/messages_status_update");
  const framework = context.state.frameworks.get(asId<FrameworkId>(call.framework_id));
  if (framework === undefined) {
    context.counters.add("master/invalid_status_updates");
    return;
  }
  const status = {
    ...call.status,
    agent_id: { value: agent.id },
    ...(call.executor_id === undefined ? {} : { executor_id: { value: call.executor_id } }),
  };
  const task = framework.tasks.get(asId<TaskId>(call.status.task_id.value));
  if (task === undefined || task.agentId !== agent.id) {
    context.counters.add("master/invalid_status_updates");
  } else {
    context.counters.add("master/valid_status_updates");
    moveTask(context, task, { status, latestState: call.latest_state });
    if (status.uuid !== undefined) task.pending = { state: status.state, uuid: status.uuid };
  }
  sendUpdate(context, framework, status);
}

function executorExited(
  context: EngineContext,
  agent: Agent,
  call: CallOf<"EXECUTOR_EXITED">,
): void {
  context.counters.add("master/messages_exited_executor");
  const framework = context.state.frameworks.get(asId<FrameworkId>(call.framework_id));
  if (framework === undefined) return;
  const executor = executorOn(framework, agent.id, asId<ExecutorId>(call.executor_id));
  if (executor !== undefined) removeExecutor(context, framework, executor);
  sendEvent(context, framework, {
    type: "FAILURE",
    failure: {
      agent_id: { value: agent.id },
      executor_id: { value: call.executor_id },
      status: call.status,
    },
  });
}

function executorMessage(context: EngineContext, agent: Agent, call: CallOf<"MESSAGE">): void {
  context.counters.add("master/messages_executor_to_framework");
  const framework = context.state.frameworks.get(asId<FrameworkId>(call.framework_id));
  const sent =
    framework !== undefined &&
    sendEvent(context, framework, {
      type: "MESSAGE",
      message: {
        agent_id: { value: agent.id },
        executor_id: { value: call.executor_id },
        data: call.data,
      },
    });
  context.counters.add(
    sent
      ? "master/valid_executor_to_framework_messages"
      : "master/invalid_executor_to_framework_messages",
  );
}

/** New total and attributes; offers that no longer fit are rescinded, largest first. */
function updateAgent(context: EngineContext, agent: Agent, call: CallOf<"UPDATE_AGENT">): void {
  context.counters.add("master/messages_update_slave");
  const read = readResources([...call.total, ...call.oversubscribed]);
  if (!read.ok) {
    context.counters.add("master/dropped_messages");
    return;
  }
  const wasOffered = isOfferable(agent);
  agent.inventory = read.resources;
  agent.total = applyCheckpointed(agent.inventory, agent.checkpointed);
  agent.attributes = call.attributes;
  agent.podSlots = call.pod_slots;
  agent.cordoned = call.unschedulable;
  agent.info = { ...agent.info, resources: call.total, attributes: call.attributes };
  tellUpdated(context, agent);
  relieveAgent(context, agent.id);
  setOffered(context, agent, wasOffered);
}
