import type { OperationStatus } from "../../api/mesos/operation-status.ts";
import type { SchedulerCall } from "../../api/mesos/scheduler-call.ts";
import { asId, type AgentId } from "../../api/ids/ids.ts";
import type { Framework, MasterState } from "./master-state.ts";
import { latestOperationStatus, type Operation } from "./operations/operation.ts";

type Asked = NonNullable<NonNullable<SchedulerCall["reconcile_operations"]>["operations"]>;

/**
 * The answers to RECONCILE_OPERATIONS, one each; without a question, all that is known (spec/mesos.md 7). Agents tell of all
 * their operations when they subscribe and of each change after that, so that what they know is known here.
 */
export function answerOperations(
  state: MasterState,
  framework: Framework,
  asked: Asked,
): readonly OperationStatus[] {
  const known = new Map<string, Operation>();
  for (const operation of framework.operations.values()) {
    if (operation.info.id !== undefined) known.set(operation.info.id.value, operation);
  }
  if (asked.length === 0) return [...known.values()].map(latestAnswer);
  return asked.map(({ operation_id, agent_id }) => {
    const operation = known.get(operation_id.value);
    if (operation !== undefined) return latestAnswer(operation);
    const agentId = agent_id === undefined ? undefined : asId<AgentId>(agent_id.value);
    return answerUnknown(state, operation_id.value, agentId);
  });
}

/** Answers carry no uuid: nobody acknowledges them. */
function latestAnswer(operation: Operation): OperationStatus {
  const { uuid: _acknowledged, ...latest } = latestOperationStatus(operation);
  return { ...latest, message: "Reconciliation: Latest operation status" };
}

/** Nothing is known of it, so it is what is known of the agent that decides. */
function answerUnknown(
  state: MasterState,
  operationId: string,
  agentId: AgentId | undefined,
): OperationStatus {
  const [operationState, message] = verdict(state, agentId);
  return {
    operation_id: { value: operationId },
    state: operationState,
    message: `Reconciliation: ${message}`,
    ...(agentId === undefined ? {} : { agent_id: { value: agentId } }),
  };
}

function verdict(
  state: MasterState,
  agentId: AgentId | undefined,
): readonly [OperationStatus["state"], string] {
  if (agentId === undefined) {
    return ["OPERATION_UNKNOWN", "Both operation and agent are unknown"];
  }
  if (state.recovered.has(agentId)) {
    return ["OPERATION_RECOVERING", "Agent is recovered but has not re-registered"];
  }
  if (state.agents.has(agentId)) return ["OPERATION_UNKNOWN", "Operation is unknown"];
  if (state.unreachable.has(agentId)) return ["OPERATION_UNREACHABLE", "Agent is unreachable"];
  if (state.gone.has(agentId)) {
    return ["OPERATION_GONE_BY_OPERATOR", "Agent marked gone by operator"];
  }
  return ["OPERATION_UNKNOWN", "Both operation and agent are unknown"];
}
