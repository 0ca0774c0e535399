import type { AgentId } from "../../../api/ids/ids.ts";
import type { Agent } from "../../../domain/mesos/master-state.ts";
import { givesFeedback } from "../../../domain/mesos/operations/operation-plan.ts";
import { type Operation, wireOperation } from "../../../domain/mesos/operations/operation.ts";
import { writeResources } from "../../../domain/mesos/wire-resources.ts";
import { type EngineContext, linkOf } from "./context.ts";
import { checkpointRecord } from "./records.ts";

/**
 * Has the agent told of an operation: at once, or, when the Registry remembers in its place, as soon as the record is
 * durable. Agents without feedback are told and not asked again: what they list when they come back is what holds.
 */
export function deliverOperation(context: EngineContext, agent: Agent, operation: Operation): void {
  const isTracked = givesFeedback(agent.capabilities);
  if (isTracked) {
    agent.operations.set(operation.uuid, operation);
    frameworkOf(context, operation)?.operations.set(operation.uuid, operation);
  }
  if (agent.keepsCheckpoint) sendOperation(context, agent, operation);
  else recordCheckpoint(context, agent, isTracked ? [operation.uuid] : []);
}

/** The operations named are in a durable record. */
export function sendRecordedOperations(
  context: EngineContext,
  agentId: AgentId,
  uuids: readonly string[],
): void {
  const agent = context.state.agents.get(agentId);
  if (agent === undefined) return;
  for (const uuid of uuids) {
    const operation = agent.operations.get(uuid);
    if (operation !== undefined) sendOperation(context, agent, operation);
  }
}

/** One that cannot be sent now is sent at the agent's next subscription, unless the agent lists it. */
export function sendOperation(context: EngineContext, agent: Agent, operation: Operation): void {
  const linkId = linkOf(agent);
  if (linkId === undefined) return;
  context.effects.push({
    kind: "agentEvent",
    linkId,
    event: {
      type: "APPLY_OPERATION",
      term: context.term,
      ...(operation.frameworkId === undefined ? {} : { framework_id: operation.frameworkId }),
      operation_uuid: operation.uuid,
      operation: operation.info,
    },
  });
}

/** Writes what the Registry remembers for the agent; `uuids` are sent when that is durable. */
export function recordCheckpoint(
  context: EngineContext,
  agent: Agent,
  uuids: readonly string[] = [],
): void {
  if (agent.keepsCheckpoint) return;
  const checkpoint = {
    resources: agent.checkpointed,
    operations: [...agent.operations.values()].map(wireOperation),
  };
  const { id } = agent;
  const isEmpty = checkpoint.resources.length + checkpoint.operations.length === 0;
  const before = context.state.checkpoints.get(id);
  const isRecorded =
    before === undefined ? isEmpty : JSON.stringify(before) === JSON.stringify(checkpoint);
  if (isRecorded && uuids.length === 0) return;
  if (isEmpty) context.state.checkpoints.delete(id);
  else context.state.checkpoints.set(id, checkpoint);
  context.effects.push({
    kind: "persist",
    writes: [
      isEmpty
        ? { kind: "delete", record: "operation", key: id }
        : checkpointRecord(id, {
            resources: writeResources(checkpoint.resources, { refined: true }),
            operations: checkpoint.operations,
          }),
    ],
    ...(uuids.length === 0 ? {} : { then: { kind: "operationsRecorded", agentId: id, uuids } }),
  });
}

/** The agent is over for good. */
export function forgetCheckpoint(context: EngineContext, agentId: AgentId): void {
  if (!context.state.checkpoints.delete(agentId)) return;
  context.effects.push({
    kind: "persist",
    writes: [{ kind: "delete", record: "operation", key: agentId }],
  });
}

/** Last status acknowledged, or nobody to acknowledge it. */
export function forgetOperation(context: EngineContext, agent: Agent, operation: Operation): void {
  agent.operations.delete(operation.uuid);
  frameworkOf(context, operation)?.operations.delete(operation.uuid);
  recordCheckpoint(context, agent);
}

export function acknowledgeToAgent(
  context: EngineContext,
  agent: Agent,
  operationUuid: string,
  uuid: string,
): void {
  const linkId = linkOf(agent);
  if (linkId === undefined) return;
  context.effects.push({
    kind: "agentEvent",
    linkId,
    event: {
      type: "ACKNOWLEDGE_OPERATION",
      term: context.term,
      operation_uuid: operationUuid,
      uuid,
    },
  });
}

/** The framework that asked and is not over. */
export function frameworkOf(
  context: EngineContext,
  { frameworkId }: Operation,
): ReturnType<EngineContext["state"]["frameworks"]["get"]> {
  return frameworkId === undefined ? undefined : context.state.frameworks.get(frameworkId);
}
