import type { AgentEventOf } from "../../../api/agent-link/events.ts";
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
  planAccept,
  type PlannedExecutor,
  type PlannedTask,
  type TaskRefusal,
  tasksOf,
} from "../../../domain/mesos/accept-plan.ts";
import {
  type Agent,
  executorOn,
  type Framework,
  isAware,
  type Task,
} from "../../../domain/mesos/master-state.ts";
import { operationStatus } from "../../../domain/mesos/operations/operation.ts";
import { lostOr } from "../../../domain/mesos/task-state.ts";
import { masterStatus } from "../../../domain/mesos/task-status.ts";
import { type EngineContext, linkOf, sendEvent, sendUpdate, tellAllocator } from "./context.ts";
import { DEFAULT_REFUSE_SECONDS, discardOffer } from "./offers.ts";
import { operationContext, startOperation } from "./operations.ts";
import { addExecutor, addTask, terminalCounter, withoutPayload } from "./tasks.ts";

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
  context.counters.add(terminalCounter(refusal.state));
  sendUpdate(
    context,
    framework,
    masterStatus({ taskId, agentId, nowMs: context.nowMs, ...refusal }),
  );
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

interface LaunchPlace {
  readonly framework: Framework;
  readonly agent: Agent;
  readonly role: string;
}

function launchTask(
  context: EngineContext,
  place: LaunchPlace,
  planned: PlannedTask,
  executor: PlannedExecutor | undefined,
): void {
  const launchId = context.random.uuid();
  if (executor !== undefined) startExecutor(place, executor);
  const executorId = executor?.info.executor_id.value;
  recordTask(context, place, planned, executorId, launchId);
  sendRun(context, place, (term) => ({
    type: "RUN_TASK",
    term,
    launch_id: launchId,
    framework_id: place.framework.id,
    framework_info: place.framework.info,
    devices: [],
    generation: 0,
    task: planned.info,
  }));
}

function launchGroup(
  context: EngineContext,
  place: LaunchPlace,
  planned: readonly PlannedTask[],
  executor: PlannedExecutor,
): void {
  const launchId = context.random.uuid();
  startExecutor(place, executor);
  for (const task of planned) {
    recordTask(context, place, task, executor.info.executor_id.value, launchId);
  }
  sendRun(context, place, (term) => ({
    type: "RUN_GROUP",
    term,
    launch_id: launchId,
    framework_id: place.framework.id,
    framework_info: place.framework.info,
    devices: [],
    generation: 0,
    executor: executor.info,
    tasks: planned.map(({ info }) => info),
  }));
}

function sendRun(
  context: EngineContext,
  { agent }: LaunchPlace,
  build: (term: number) => AgentEventOf<"RUN_TASK" | "RUN_GROUP">,
): void {
  const linkId = linkOf(agent);
  // A launch that cannot be sent now is decided by the agent's next SUBSCRIBE: it is listed there as missing.
  if (linkId === undefined) return;
  context.effects.push({ kind: "agentEvent", linkId, event: build(context.term) });
}

function startExecutor({ framework, agent, role }: LaunchPlace, executor: PlannedExecutor): void {
  if (!executor.starts) return;
  addExecutor(framework, {
    id: asId(executor.info.executor_id.value),
    frameworkId: framework.id,
    agentId: agent.id,
    info: executor.info,
    role,
    resources: executor.resources,
  });
}

function recordTask(
  context: EngineContext,
  { framework, agent, role }: LaunchPlace,
  planned: PlannedTask,
  executorId: string | undefined,
  launchId: string,
): void {
  const task: Task = {
    id: asId(planned.info.task_id.value),
    frameworkId: framework.id,
    agentId: agent.id,
    executorId: executorId === undefined ? undefined : asId(executorId),
    info: withoutPayload(planned.info),
    launchId,
    role,
    resources: planned.resources,
    state: "TASK_STAGING",
    charged: true,
    statuses: [],
    pending: undefined,
  };
  addTask(context, framework, agent, task);
  context.counters.add("master/messages_launch_tasks");
}
