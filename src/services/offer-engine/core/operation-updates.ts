import type { AgentCall } from "../../../api/agent-link/calls.ts";
import type { AgentId } from "../../../api/ids/ids.ts";
import { asId } from "../../../api/ids/ids.ts";
import type { OperationState, OperationStatus } from "../../../api/mesos/operation-status.ts";
import type { SchedulerCall } from "../../../api/mesos/scheduler-call.ts";
import type { Agent, Framework } from "../../../domain/mesos/master-state.ts";
import { reversed } from "../../../domain/mesos/operations/conversion.ts";
import {
  isTerminalOperation,
  type Operation,
  operationStatus,
} from "../../../domain/mesos/operations/operation.ts";
import { readResources } from "../../../domain/mesos/wire-resources.ts";
import type { Resources } from "../../../domain/resources/resource.ts";
import { tellUpdated } from "./agent-offering.ts";
import { type EngineContext, sendEvent, tellAllocator } from "./context.ts";
import {
  acknowledgeToAgent,
  forgetOperation,
  frameworkOf,
  recordCheckpoint,
} from "./operation-delivery.ts";
import { convertAgent } from "./operations.ts";
import { relieveAgent } from "./overcommit.ts";

type StatusCall = Extract<AgentCall, { readonly type: "OPERATION_STATUS" }>;

/** The agent says what became of an operation. It repeats that until it is acknowledged. */
export function updateOperation(context: EngineContext, agent: Agent, call: StatusCall): void {
  context.counters.add("master/messages_operation_status_update");
  const operation = agent.operations.get(call.operation_uuid);
  const uuid = call.status.uuid?.value;
  if (operation === undefined) {
    // Forgotten here when its last status was acknowledged: the agent has not heard of that.
    context.counters.add("master/invalid_operation_status_updates");
    if (uuid !== undefined) acknowledgeToAgent(context, agent, call.operation_uuid, uuid);
    return;
  }
  context.counters.add("master/valid_operation_status_updates");
  const { id } = operation.info;
  const status: OperationStatus = {
    ...call.status,
    ...(id === undefined ? {} : { operation_id: id }),
    agent_id: { value: agent.id },
  };
  moveOperation(context, agent, operation, status);
  operation.pendingUuid = uuid;
  if (id !== undefined && frameworkOf(context, operation) !== undefined) {
    tellStatus(context, operation, status);
    if (uuid === undefined && isTerminalOperation(operation.state)) {
      forgetOperation(context, agent, operation);
    } else recordCheckpoint(context, agent);
  } else if (id === undefined || isOver(context, operation)) {
    acknowledgeForNobody(context, agent, operation);
  }
}

/** Nobody is going to come back for it: no framework, one that is completed, or one that had long enough to return. */
function isOver(context: EngineContext, { frameworkId }: Operation): boolean {
  if (frameworkId === undefined || context.state.completed.has(frameworkId)) return true;
  const leadsForMs = context.nowMs - context.startedMs;
  return leadsForMs >= context.limits.agentReregisterTimeoutMs;
}

/** The master acknowledges in the place of a framework that does not want to know, or is over. */
export function acknowledgeForNobody(
  context: EngineContext,
  agent: Agent,
  operation: Operation,
): void {
  const { pendingUuid, state, uuid } = operation;
  operation.pendingUuid = undefined;
  if (pendingUuid !== undefined) acknowledgeToAgent(context, agent, uuid, pendingUuid);
  if (isTerminalOperation(state)) forgetOperation(context, agent, operation);
}

/** To its new state, with what follows for the resources. */
function moveOperation(
  context: EngineContext,
  agent: Agent,
  operation: Operation,
  status: OperationStatus,
): void {
  const { statuses } = operation;
  const isKnown = statuses.some(
    ({ uuid }) => uuid !== undefined && uuid.value === status.uuid?.value,
  );
  if (!isKnown) statuses.push(status);
  if (isTerminalOperation(operation.state)) return;
  operation.state = status.state;
  if (!isTerminalOperation(status.state)) return;
  const hasSucceeded = status.state === "OPERATION_FINISHED";
  if (operation.timing === "whenTold") settleConsumed(context, agent, operation, status);
  else if (!hasSucceeded) undoConversion(context, agent, operation);
}

/** What was taken comes back, as it was or as what was made of it. */
function settleConsumed(
  context: EngineContext,
  agent: Agent,
  operation: Operation,
  status: OperationStatus,
): void {
  const { consumed } = operation.conversion;
  const read = readResources(status.converted_resources ?? []);
  const hasMade = status.state === "OPERATION_FINISHED" && read.ok;
  const made = hasMade ? read.resources : consumed;
  const wasCharged = operation.charged;
  operation.charged = false;
  if (hasMade) convertAgent(agent, { consumed, converted: made });
  const { frameworkId, role } = operation;
  if (wasCharged && frameworkId !== undefined && role !== undefined) {
    giveBack(context, agent, { frameworkId, role, from: consumed, to: made });
  } else if (hasMade) {
    tellUpdated(context, agent);
    relieveAgent(context, agent.id);
  }
}

/** Out of the hands of the framework and free for everybody, without filter. */
function giveBack(
  context: EngineContext,
  agent: Agent,
  held: {
    readonly frameworkId: Framework["id"];
    readonly role: string;
    readonly from: Resources;
    readonly to: Resources;
  },
): void {
  const { frameworkId, role, from, to } = held;
  const place = { frameworkId, role, agentId: agent.id };
  if (from !== to) tellAllocator(context, { kind: "allocationConverted", ...place, from, to });
  tellAllocator(context, { kind: "recovered", ...place, resources: to, cause: "released" });
}

/** It was assumed to succeed and did not: offers that hold what was not made end. */
function undoConversion(context: EngineContext, agent: Agent, operation: Operation): void {
  convertAgent(agent, reversed(operation.conversion));
  tellUpdated(context, agent);
  relieveAgent(context, agent.id);
  recordCheckpoint(context, agent);
}

function tellStatus(context: EngineContext, operation: Operation, status: OperationStatus): void {
  const framework = frameworkOf(context, operation);
  if (framework === undefined || operation.info.id === undefined) return;
  sendEvent(context, framework, {
    type: "UPDATE_OPERATION_STATUS",
    update_operation_status: { status },
  });
}

/** ACKNOWLEDGE_OPERATION_STATUS: goes on to the agent; after the last status the operation is forgotten. */
export function acknowledgeOperation(
  context: EngineContext,
  framework: Framework,
  ack: NonNullable<SchedulerCall["acknowledge_operation_status"]>,
): void {
  context.counters.add("master/messages_operation_status_update_acknowledgement");
  const agent = context.state.agents.get(asId<AgentId>(ack.agent_id?.value ?? ""));
  const operation = [...(agent?.operations.values() ?? [])].find(
    ({ frameworkId, info, pendingUuid }) =>
      frameworkId === framework.id &&
      info.id?.value === ack.operation_id.value &&
      pendingUuid === ack.uuid,
  );
  if (agent === undefined || operation === undefined) {
    context.counters.add("master/invalid_operation_status_update_acknowledgements");
    return;
  }
  context.counters.add("master/valid_operation_status_update_acknowledgements");
  operation.pendingUuid = undefined;
  acknowledgeToAgent(context, agent, operation.uuid, ack.uuid);
  if (isTerminalOperation(operation.state)) forgetOperation(context, agent, operation);
  else recordCheckpoint(context, agent);
}

/** The agent is lost: who waits for an operation there is told. It comes back with the agent, if that does. */
export function loseOperations(
  context: EngineContext,
  agent: Agent,
  state: OperationState,
  message: string,
): void {
  for (const operation of agent.operations.values()) {
    if (!isTerminalOperation(operation.state)) {
      tellStatus(context, operation, operationStatus(operation, state, message));
    }
    frameworkOf(context, operation)?.operations.delete(operation.uuid);
  }
  agent.operations.clear();
}

/** The framework is over: nobody acknowledges its operations any more. */
export function orphanOperations(context: EngineContext, framework: Framework): void {
  for (const operation of [...framework.operations.values()]) {
    operation.charged = false;
    const agent = context.state.agents.get(operation.agentId);
    if (agent !== undefined) acknowledgeForNobody(context, agent, operation);
  }
  framework.operations.clear();
}
