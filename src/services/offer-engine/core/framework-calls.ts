import { assertNever } from "../../../api/invariant.ts";
import { asId, type AgentId, type ExecutorId, type TaskId } from "../../../api/ids/ids.ts";
import type { SchedulerCall } from "../../../api/mesos/scheduler-call.ts";
import { answerExplicit, answerImplicit } from "../../../domain/mesos/reconciliation.ts";
import { executorOn, type Framework } from "../../../domain/mesos/master-state.ts";
import { isTerminalState } from "../../../domain/mesos/task-state.ts";
import { answerOperations } from "../../../domain/mesos/operation-reconciliation.ts";
import { roleFault } from "../../../domain/mesos/roles.ts";
import { acceptOffers } from "./accept.ts";
import { type EngineContext, linkOf, sendEvent, sendUpdate, tellAllocator } from "./context.ts";
import { removeFramework } from "./framework-departure.ts";
import { persistFramework, updateFramework } from "./frameworks.ts";
import { answerInverseOffers } from "./inverse-offers.ts";
import { askKill } from "./kills.ts";
import { DEFAULT_REFUSE_SECONDS } from "./offers.ts";
import { acknowledgeOperation } from "./operation-updates.ts";
import { completeTask } from "./tasks.ts";

/** A call that passed the request pipeline; what Mesos drops silently is counted. */
export function callFramework(
  context: EngineContext,
  framework: Framework,
  call: SchedulerCall,
): void {
  switch (call.type) {
    case undefined:
    case "SUBSCRIBE":
      return;
    case "TEARDOWN":
      removeFramework(context, framework);
      return;
    case "ACCEPT":
      acceptOffers(context, framework, call.accept ?? {});
      return;
    case "DECLINE":
      declineOffers(context, framework, call.decline ?? {});
      return;
    case "REVIVE":
      revive(context, framework, call.revive?.roles ?? []);
      return;
    case "SUPPRESS":
      suppress(context, framework, call.suppress?.roles ?? []);
      return;
    case "KILL":
      if (call.kill !== undefined) killTask(context, framework, call.kill);
      return;
    case "ACKNOWLEDGE":
      if (call.acknowledge !== undefined) acknowledge(context, framework, call.acknowledge);
      return;
    case "RECONCILE":
      taskReconciliation(context, framework, call.reconcile?.tasks ?? []);
      return;
    case "MESSAGE":
      if (call.message !== undefined) forwardMessage(context, framework, call.message);
      return;
    case "SHUTDOWN":
      if (call.shutdown !== undefined) shutDownExecutor(context, framework, call.shutdown);
      return;
    case "REQUEST":
      context.counters.add("master/messages_resource_request");
      tellAllocator(context, { kind: "demandShown", frameworkId: framework.id });
      return;
    case "RECONCILE_OPERATIONS":
      operationReconciliation(context, framework, call.reconcile_operations ?? {});
      return;
    case "UPDATE_FRAMEWORK":
      if (call.update_framework !== undefined) {
        updateFramework(context, framework, call.update_framework);
      }
      return;
    case "ACKNOWLEDGE_OPERATION_STATUS":
      if (call.acknowledge_operation_status !== undefined) {
        acknowledgeOperation(context, framework, call.acknowledge_operation_status);
      }
      return;
    case "ACCEPT_INVERSE_OFFERS":
      answerInverseOffers(context, framework, "ACCEPT", call.accept_inverse_offers ?? {});
      return;
    case "DECLINE_INVERSE_OFFERS":
      answerInverseOffers(context, framework, "DECLINE", call.decline_inverse_offers ?? {});
      return;
    default:
      assertNever(call.type);
  }
}

function declineOffers(
  context: EngineContext,
  framework: Framework,
  decline: NonNullable<SchedulerCall["decline"]>,
): void {
  context.counters.add("master/messages_decline_offers");
  for (const { value } of decline.offer_ids ?? []) {
    const offer = context.state.offers.get(value);
    if (offer?.framework !== framework) continue;
    context.state.offers.forget(offer);
    context.counters.add("master/offers_declined");
    tellAllocator(context, {
      kind: "recovered",
      frameworkId: framework.id,
      role: offer.role,
      agentId: offer.agent.id,
      resources: offer.resources,
      holding: offer.holding,
      refuseSeconds: decline.filters?.refuse_seconds ?? DEFAULT_REFUSE_SECONDS,
      cause: "declinedWhole",
    });
  }
}

/** The roles a REVIVE or SUPPRESS names (all when empty), or undefined when one is wrong: then the call is dropped. */
function namedRoles(framework: Framework, roles: readonly string[]): readonly string[] | undefined {
  if (roles.length === 0) return framework.roles;
  const wrong = roles.some(
    (role) => roleFault(role) !== undefined || !framework.roles.includes(role),
  );
  return wrong ? undefined : roles;
}

function revive(context: EngineContext, framework: Framework, given: readonly string[]): void {
  context.counters.add("master/messages_revive_offers");
  const roles = namedRoles(framework, given);
  if (roles === undefined) {
    context.counters.add("master/dropped_messages");
    return;
  }
  for (const role of roles) framework.suppressed.delete(role);
  tellAllocator(context, { kind: "revived", frameworkId: framework.id, roles });
  persistFramework(context, framework);
}

function suppress(context: EngineContext, framework: Framework, given: readonly string[]): void {
  context.counters.add("master/messages_suppress_offers");
  const roles = namedRoles(framework, given);
  if (roles === undefined) {
    context.counters.add("master/dropped_messages");
    return;
  }
  for (const role of roles) framework.suppressed.add(role);
  tellAllocator(context, { kind: "suppressed", frameworkId: framework.id, roles });
  persistFramework(context, framework);
}

/** Unknown task: the answer of an explicit reconciliation. Agent away: kept and sent on its return. */
function killTask(
  context: EngineContext,
  framework: Framework,
  kill: NonNullable<SchedulerCall["kill"]>,
): void {
  context.counters.add("master/messages_kill_task");
  const taskId = asId<TaskId>(kill.task_id.value);
  const task = framework.tasks.get(taskId);
  const askedAgent = kill.agent_id === undefined ? undefined : asId<AgentId>(kill.agent_id.value);
  if (task === undefined) {
    const question = { taskId, agentId: askedAgent };
    const answer = answerExplicit(context.state, framework, question, context.nowMs);
    if (answer !== undefined) sendUpdate(context, framework, answer);
    return;
  }
  if (askedAgent !== undefined && askedAgent !== task.agentId) {
    context.counters.add("master/dropped_messages");
    return;
  }
  const { agentId } = task;
  askKill(context, agentId, { frameworkId: framework.id, taskId, killPolicy: kill.kill_policy });
}

/** Forwarded to the agent; a terminal task whose uuid matches leaves the memory. */
function acknowledge(
  context: EngineContext,
  framework: Framework,
  ack: NonNullable<SchedulerCall["acknowledge"]>,
): void {
  context.counters.add("master/messages_status_update_acknowledgement");
  const agent = context.state.agents.get(asId<AgentId>(ack.agent_id.value));
  const linkId = agent === undefined ? undefined : linkOf(agent);
  if (agent === undefined || linkId === undefined) {
    context.counters.add("master/invalid_status_update_acknowledgements");
    return;
  }
  const taskId = asId<TaskId>(ack.task_id.value);
  const task = framework.tasks.get(taskId);
  if (task?.pending?.uuid === ack.uuid) {
    const { state } = task.pending;
    task.pending = undefined;
    if (isTerminalState(state)) completeTask(context, framework, agent, task);
  }
  context.counters.add("master/valid_status_update_acknowledgements");
  context.effects.push({
    kind: "agentEvent",
    linkId,
    event: {
      type: "ACKNOWLEDGE",
      term: context.term,
      framework_id: framework.id,
      task_id: taskId,
      uuid: ack.uuid,
    },
  });
}

function taskReconciliation(
  context: EngineContext,
  framework: Framework,
  asked: NonNullable<NonNullable<SchedulerCall["reconcile"]>["tasks"]>,
): void {
  context.counters.add("master/messages_reconcile_tasks");
  if (asked.length === 0) {
    for (const status of answerImplicit(framework, context.nowMs)) {
      sendUpdate(context, framework, status);
    }
    return;
  }
  for (const { task_id, agent_id } of asked) {
    const question = {
      taskId: asId<TaskId>(task_id.value),
      agentId: agent_id === undefined ? undefined : asId<AgentId>(agent_id.value),
    };
    const status = answerExplicit(context.state, framework, question, context.nowMs);
    if (status !== undefined) sendUpdate(context, framework, status);
  }
}

function operationReconciliation(
  context: EngineContext,
  framework: Framework,
  asked: NonNullable<SchedulerCall["reconcile_operations"]>,
): void {
  context.counters.add("master/messages_reconcile_operations");
  for (const status of answerOperations(context.state, framework, asked.operations ?? [])) {
    sendEvent(context, framework, {
      type: "UPDATE_OPERATION_STATUS",
      update_operation_status: { status },
    });
  }
}

function forwardMessage(
  context: EngineContext,
  framework: Framework,
  message: NonNullable<SchedulerCall["message"]>,
): void {
  context.counters.add("master/messages_framework_to_executor");
  const agent = context.state.agents.get(asId<AgentId>(message.agent_id.value));
  const linkId = agent === undefined ? undefined : linkOf(agent);
  if (linkId === undefined) {
    context.counters.add("master/invalid_framework_to_executor_messages");
    return;
  }
  context.counters.add("master/valid_framework_to_executor_messages");
  context.effects.push({
    kind: "agentEvent",
    linkId,
    event: {
      type: "MESSAGE",
      term: context.term,
      framework_id: framework.id,
      executor_id: message.executor_id.value,
      data: message.data,
    },
  });
}

function shutDownExecutor(
  context: EngineContext,
  framework: Framework,
  shutdown: NonNullable<SchedulerCall["shutdown"]>,
): void {
  const agentId = asId<AgentId>(shutdown.agent_id.value);
  const agent = context.state.agents.get(agentId);
  const linkId = agent === undefined ? undefined : linkOf(agent);
  const executorId = asId<ExecutorId>(shutdown.executor_id.value);
  if (linkId === undefined || executorOn(framework, agentId, executorId) === undefined) {
    context.counters.add("master/dropped_messages");
    return;
  }
  context.effects.push({
    kind: "agentEvent",
    linkId,
    event: {
      type: "SHUTDOWN_EXECUTOR",
      term: context.term,
      framework_id: framework.id,
      executor_id: executorId,
    },
  });
}
