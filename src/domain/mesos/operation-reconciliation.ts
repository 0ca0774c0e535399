import type { OperationStatus } from "../../api/mesos/operation-status.ts";
import type { AgentId } from "../../api/ids/ids.ts";
import type { MasterState } from "./master-state.ts";

/**
 * The answer to one question of RECONCILE_OPERATIONS. No operation outlives its call here, so it is what is known of the
 * agent that decides (spec/mesos.md 7).
 */
export function answerOperation(
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
