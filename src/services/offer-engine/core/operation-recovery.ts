import type { SubscribeCall } from "../../../api/agent-link/calls.ts";
import type { Operation as WireOperation } from "../../../api/mesos/operation.ts";
import type { Resource } from "../../../api/mesos/resource.ts";
import type { Agent, Framework } from "../../../domain/mesos/master-state.ts";
import {
  applyCheckpointed,
  convertCheckpointed,
  rememberUsed,
} from "../../../domain/mesos/operations/checkpointed-resources.ts";
import { reversed } from "../../../domain/mesos/operations/conversion.ts";
import {
  isTerminalOperation,
  type Operation,
  recordedOperation,
} from "../../../domain/mesos/operations/operation.ts";
import { holdsResources } from "../../../domain/mesos/task-state.ts";
import { readResources, writeResources } from "../../../domain/mesos/wire-resources.ts";
import { addResources, NO_RESOURCES } from "../../../domain/resources/arithmetic.ts";
import type { Resources } from "../../../domain/resources/resource.ts";
import type { EngineContext } from "./context.ts";
import {
  forgetCheckpoint,
  frameworkOf,
  recordCheckpoint,
  sendOperation,
} from "./operation-delivery.ts";

/**
 * What an agent that subscribes has of reservations, volumes and operations: what it tells, or what the Registry remembers
 * in its place. Operations that it did not list are on their way to it still and count as if it had them.
 */
export function takeCheckpoint(context: EngineContext, agent: Agent, call: SubscribeCall): void {
  agent.keepsCheckpoint = call.checkpointed_resources !== undefined;
  agent.makesVolumes = call.makes_volumes;
  if (agent.keepsCheckpoint) forgetCheckpoint(context, agent.id);
  const remembered = agent.keepsCheckpoint
    ? toldCheckpoint(context, call)
    : context.state.checkpoints.get(agent.id);
  admitOperations(agent, remembered?.operations ?? []);
  let checkpointed = remembered?.resources ?? NO_RESOURCES;
  if (agent.keepsCheckpoint) {
    for (const operation of unlisted(agent, call)) {
      if (operation.timing === "whenTold") continue;
      checkpointed = convertCheckpointed(checkpointed, operation.conversion);
    }
  }
  agent.checkpointed = rememberUsed(checkpointed, reportedUse(call));
  agent.total = applyCheckpointed(agent.inventory, agent.checkpointed);
}

function toldCheckpoint(
  context: EngineContext,
  call: SubscribeCall,
): { readonly resources: Resources; readonly operations: readonly WireOperation[] } {
  const read = readResources(call.checkpointed_resources ?? []);
  if (!read.ok) context.counters.add("master/dropped_messages");
  return { resources: read.ok ? read.resources : NO_RESOURCES, operations: call.operations };
}

/** Those already known keep what is known of them: the agent tells again what waits for an acknowledgement. */
function admitOperations(agent: Agent, told: readonly WireOperation[]): void {
  for (const wire of told) {
    if (agent.operations.has(wire.uuid.value)) continue;
    const operation = recordedOperation(agent.id, wire);
    if (operation !== undefined) agent.operations.set(operation.uuid, operation);
  }
}

/** Not over, and the agent does not know of them. */
function unlisted(agent: Agent, call: SubscribeCall): readonly Operation[] {
  const listed = new Set(call.operations.map(({ uuid }) => uuid.value));
  return [...agent.operations.values()].filter(
    ({ uuid, state }) => !listed.has(uuid) && !isTerminalOperation(state),
  );
}

function reportedUse(call: SubscribeCall): Resources {
  return call.tasks.reduce<Resources>((used, { task, latest_state }) => {
    if (!holdsResources(latest_state)) return used;
    const read = readResources((task.resources ?? []).filter(isMade));
    return read.ok ? addResources(used, read.resources) : used;
  }, NO_RESOURCES);
}

/** Of the reservations and volumes that are remembered for an agent: those it has heard of, as it is sent the others. */
export function heardCheckpoint(agent: Agent, call: SubscribeCall): Resource[] {
  const heard = unheardBy(agent, call).reduceRight(
    (checkpointed, { timing, conversion }) =>
      timing === "whenTold"
        ? checkpointed
        : convertCheckpointed(checkpointed, reversed(conversion)),
    agent.checkpointed,
  );
  return writeResources(heard, { refined: true });
}

/** What it has not heard of, or, when it remembers nothing, what is not acknowledged and it does not list. */
function unheardBy(agent: Agent, call: SubscribeCall): readonly Operation[] {
  if (agent.keepsCheckpoint) return unlisted(agent, call);
  const listed = new Set(call.operations.map(({ uuid }) => uuid.value));
  return [...agent.operations.values()].filter(({ uuid }) => !listed.has(uuid));
}

/** Reserved or a volume, in either form: worth to be read. */
function isMade({ reservations = [], reservation, disk }: Resource): boolean {
  return reservations.length > 0 || reservation !== undefined || disk !== undefined;
}

/** After SUBSCRIBED. */
export function resendOperations(context: EngineContext, agent: Agent, call: SubscribeCall): void {
  for (const operation of agent.operations.values()) {
    frameworkOf(context, operation)?.operations.set(operation.uuid, operation);
  }
  for (const operation of unheardBy(agent, call)) sendOperation(context, agent, operation);
  recordCheckpoint(context, agent);
}

/** A framework that is known from now on finds the operations it had asked for. */
export function adoptOperations(context: EngineContext, framework: Framework): void {
  for (const { operations } of context.state.agents.values()) {
    for (const operation of operations.values()) {
      if (operation.frameworkId === framework.id) {
        framework.operations.set(operation.uuid, operation);
      }
    }
  }
}
