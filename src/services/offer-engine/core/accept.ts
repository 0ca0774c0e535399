import {
  asId,
  type AgentId,
  type ExecutorId,
  type OfferId,
  type TaskId,
} from "../../../api/ids/ids.ts";
import type { SchedulerCallAccept } from "../../../api/mesos/scheduler-call.ts";
import {
  launchFault,
  operationFault,
} from "../../../domain/authorization/framework-permissions.ts";
import { spendOffers, type SpentOffers } from "../../../domain/mesos/accept-offers.ts";
import {
  type AcceptInput,
  type AcceptPlan,
  type AcceptStep,
  type TaskRefusal,
  tasksOf,
} from "../../../domain/mesos/accept-plan.ts";
import {
  type Agent,
  executorOn,
  type Framework,
  isAware,
} from "../../../domain/mesos/master-state.ts";
import { operationStatus } from "../../../domain/mesos/operations/operation.ts";
import { planAccept } from "../../../domain/mesos/plan-accept.ts";
import { lostOr } from "../../../domain/mesos/task-state.ts";
import { masterStatus } from "../../../domain/mesos/task-status.ts";
import { type EngineContext, linkOf, sendEvent, sendUpdate, tellAllocator } from "./context.ts";
import { type LaunchPlace, launchGroup, launchTask } from "./launches.ts";
import { DEFAULT_REFUSE_SECONDS, discardOffer } from "./offers.ts";
import { operationContext, startOperation } from "./operations.ts";
import { countEnd } from "./tasks.ts";

/** ACCEPT: spends the offers, launches what is right, answers for what is not, gives the rest back. */
export function acceptOffers(
  context: EngineContext,
  framework: Framework,
  accept: SchedulerCallAccept,
): void {
  const offerIds = (accept.offer_ids ?? []).map(({ value }) => asId<OfferId>(value));
  const spent = spendOffers(context.state, framework, offerIds);
  if (!spent.ok) {
    refuseAll(context, framework, accept, spent);
    return;
  }
  const { agent, role } = spent;
  const agentRefusal = refusalOf(context, framework, agent);
  const input: AcceptInput = {
    frameworkId: framework.id,
    agentId: agent.id,
    role,
    isAware: isAware(framework),
    offered: spent.resources,
    offersCount: spent.offers.length,
    maxTasksPerOffer: context.config.maxTasksPerOffer,
    operations: accept.operations ?? [],
    isKnownTask: (id) =>
      framework.tasks.has(asId<TaskId>(id)) || framework.unreachableTasks.has(asId<TaskId>(id)),
    executorOf: (id) => executorOn(framework, agent.id, asId<ExecutorId>(id))?.info,
    operating: () =>
      operationContext(context, agent, {
        framework: { ...framework, role },
        principal: framework.info.principal,
      }),
    launchFault: (task, executor) =>
      launchFault(context.config.acls, framework.info, task, executor),
    operationFault: (operation) =>
      operationFault(context.config.acls, framework.info.principal, operation),
    ...(agentRefusal === undefined ? {} : { agentRefusal }),
  };
  const plan = planAccept(input);
  for (const offer of spent.offers) context.state.offers.forget(offer);
  context.counters.add(plan.isDecline ? "master/offers_declined" : "master/offers_accepted");
  for (const step of plan.steps) applyStep(context, framework, agent, role, step);
  giveBack(context, framework, spent, plan, accept);
}

function giveBack(
  context: EngineContext,
  framework: Framework,
  spent: SpentOffers & { readonly ok: true },
  { unused, unusedConverted, isDecline }: AcceptPlan,
  accept: SchedulerCallAccept,
): void {
  if (!isDecline) {
    tellAllocator(context, {
      kind: "demandShown",
      frameworkId: framework.id,
      roles: [spent.role],
    });
  }
  const place = { frameworkId: framework.id, role: spent.role, agentId: spent.agent.id };
  if (unusedConverted.length > 0) {
    tellAllocator(context, {
      kind: "recovered",
      ...place,
      resources: unusedConverted,
      cause: "released",
    });
  }
  if (unused.length === 0) return;
  tellAllocator(context, {
    kind: "recovered",
    ...place,
    resources: unused,
    refuseSeconds: accept.filters?.refuse_seconds ?? DEFAULT_REFUSE_SECONDS,
    cause: isDecline ? "declinedWhole" : "declined",
  });
}

/** Offers that cannot be used together: every valid one goes back without filter, every task is answered. */
function refuseAll(
  context: EngineContext,
  framework: Framework,
  accept: SchedulerCallAccept,
  spent: SpentOffers & { readonly ok: false },
): void {
  for (const offer of spent.valid) discardOffer(context, offer);
  const refusal: TaskRefusal = {
    state: lostOr("TASK_DROPPED", isAware(framework)),
    reason: "REASON_INVALID_OFFERS",
    message: `Task launched with invalid offers: ${spent.error}`,
  };
  for (const operation of accept.operations ?? []) {
    for (const task of tasksOf(operation)) {
      refuseTask(context, framework, task.task_id.value, task.agent_id.value, refusal);
    }
    const message = `Operation attempted with invalid offers: ${spent.error}`;
    if (tasksOf(operation).length === 0) {
      refuseOperation(context, framework, undefined, {
        operation,
        state: "OPERATION_ERROR",
        message,
      });
    }
  }
}

/** An operation with an id is answered, one without is dropped silently, as in Mesos. */
function refuseOperation(
  context: EngineContext,
  framework: Framework,
  agentId: AgentId | undefined,
  { operation, state, message }: Omit<RefusedOperation, "kind">,
): void {
  context.counters.add("master/dropped_messages");
  if (operation.id === undefined) return;
  sendEvent(context, framework, {
    type: "UPDATE_OPERATION_STATUS",
    update_operation_status: {
      status: operationStatus({ info: operation, agentId }, state, message),
    },
  });
}

/** Why nothing can be done on the agent now. */
function refusalOf(
  context: EngineContext,
  framework: Framework,
  agent: Agent,
): TaskRefusal | undefined {
  const state = lostOr("TASK_DROPPED", isAware(framework));
  if (!context.state.agents.has(agent.id)) {
    return { state, reason: "REASON_AGENT_REMOVED", message: "Agent removed" };
  }
  if (linkOf(agent) === undefined) {
    return { state, reason: "REASON_AGENT_DISCONNECTED", message: "Agent disconnected" };
  }
  if (agent.draining !== undefined) {
    return { state, reason: "REASON_AGENT_DRAINING", message: "Agent is draining" };
  }
  return undefined;
}

function refuseTask(
  context: EngineContext,
  framework: Framework,
  taskId: string,
  agentId: string,
  refusal: TaskRefusal,
): void {
  const status = masterStatus({ taskId, agentId, nowMs: context.nowMs, ...refusal });
  countEnd(context, status.state, status);
  sendUpdate(context, framework, status);
}

function applyStep(
  context: EngineContext,
  framework: Framework,
  agent: Agent,
  role: string,
  step: AcceptStep,
): void {
  const place: LaunchPlace = { framework, agent, role };
  switch (step.kind) {
    case "refuseTask":
      refuseTask(context, framework, step.taskId, agent.id, step.refusal);
      return;
    case "refuseOperation":
      refuseOperation(context, framework, agent.id, step);
      return;
    case "operate":
      startOperation(context, place, step.operation);
      return;
    case "launch":
      launchTask(context, place, step.task, step.executor);
      return;
    case "launchGroup":
      launchGroup(context, place, step.tasks, step.executor);
      return;
  }
}

type RefusedOperation = Extract<AcceptStep, { readonly kind: "refuseOperation" }>;
