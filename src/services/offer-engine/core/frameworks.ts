import { asId, type AgentId, type FrameworkId } from "../../../api/ids/ids.ts";
import type { FrameworkInfo } from "../../../api/mesos/framework-info.ts";
import type { SchedulerCallSubscribe } from "../../../api/mesos/scheduler-call.ts";
import { registrationFault } from "../../../domain/authorization/framework-permissions.ts";
import { capabilitiesOf, rolesOf } from "../../../domain/mesos/framework-capability.ts";
import { mergeFrameworkInfo, subscribeFault } from "../../../domain/mesos/framework-validation.ts";
import type { FrameworkUpdate } from "../../../domain/mesos/framework-update.ts";
import type { Framework } from "../../../domain/mesos/master-state.ts";
import { masterStatus } from "../../../domain/mesos/task-status.ts";
import { type EngineContext, nextFrameworkId, sendEvent, tellAllocator } from "./context.ts";
import { frameworkProfile } from "./framework-profile.ts";
import { dropInverseOffersOf, forgetAnswersOf, rescindInverseOffersOf } from "./inverse-offers.ts";
import { noteFrameworkAdded, noteFrameworkRemoved, noteFrameworkUpdated } from "./master-events.ts";
import { discardOffer, rescindOffer } from "./offers.ts";
import { adoptOperations } from "./operation-recovery.ts";
import { orphanOperations } from "./operation-updates.ts";
import { completedRecord, frameworkRecord } from "./records.ts";
import { completeTask, moveTask } from "./tasks.ts";

/** SUBSCRIBE on a stream that is open: SUBSCRIBED first, or ERROR and the end of the stream. */
export function subscribeFramework(
  context: EngineContext,
  streamId: string,
  call: SchedulerCallSubscribe,
): void {
  const id = call.framework_info.id?.value ?? "";
  const known = id === "" ? undefined : context.state.frameworks.get(asId<FrameworkId>(id));
  const fault =
    id !== "" && context.state.completed.has(asId<FrameworkId>(id))
      ? "Framework has been removed"
      : (subscribeFault(call, {
          rolesAllowed: context.config.rolesAllowed,
          rootSubmissions: context.config.rootSubmissions,
        }) ?? registrationFault(context.config.acls, call.framework_info));
  if (fault !== undefined) {
    refuseStream(context, streamId, fault);
    return;
  }
  context.counters.add(
    known === undefined
      ? "master/messages_register_framework"
      : "master/messages_reregister_framework",
  );
  if (known === undefined) addNewFramework(context, streamId, call);
  else resubscribe(context, streamId, call, known);
}

function refuseStream(context: EngineContext, streamId: string, message: string): void {
  context.effects.push(
    { kind: "frameworkEvent", streamId, event: { type: "ERROR", error: { message } } },
    { kind: "closeFrameworkStream", streamId },
  );
}

function addNewFramework(
  context: EngineContext,
  streamId: string,
  call: SchedulerCallSubscribe,
): void {
  const given = call.framework_info.id?.value ?? "";
  const id = given === "" ? nextFrameworkId(context) : asId<FrameworkId>(given);
  const framework = makeFramework(context, { ...call.framework_info, id: { value: id } });
  if (given !== "") adoptOperations(context, framework);
  for (const role of call.suppressed_roles ?? []) framework.suppressed.add(role);
  framework.constraints = call.offer_constraints;
  framework.connection = { kind: "connected", streamId };
  context.streams.set(streamId, id);
  greet(context, framework);
  tellAllocator(context, {
    kind: "frameworkAdded",
    frameworkId: id,
    profile: frameworkProfile(framework),
  });
  noteFrameworkAdded(context, framework);
  persistFramework(context, framework);
}

/** A framework in the tables, not connected; also for those that agents report before they come back. */
export function makeFramework(context: EngineContext, info: FrameworkInfo): Framework {
  const framework: Framework = {
    id: asId(info.id?.value ?? ""),
    info: cutFailoverTimeout(context, info),
    capabilities: capabilitiesOf(info),
    roles: rolesOf(info),
    suppressed: new Set(),
    constraints: undefined,
    connection: { kind: "recovered", deadlineMs: Infinity },
    registeredMs: context.nowMs,
    reregisteredMs: undefined,
    tasks: new Map(),
    unreachableTasks: new Map(),
    completedTasks: [],
    executors: new Map(),
    operations: new Map(),
    offers: new Set(),
  };
  context.state.frameworks.set(framework.id, framework);
  return framework;
}

/** The timeout is cut to the cluster's maximum. */
function cutFailoverTimeout(context: EngineContext, info: FrameworkInfo): FrameworkInfo {
  const mostSeconds = context.config.failoverTimeoutMaxMs / 1000;
  return (info.failover_timeout ?? 0) > mostSeconds
    ? { ...info, failover_timeout: mostSeconds }
    : info;
}

function resubscribe(
  context: EngineContext,
  streamId: string,
  call: SchedulerCallSubscribe,
  framework: Framework,
): void {
  const merged = mergeFrameworkInfo(framework.info, call.framework_info);
  if ("error" in merged) {
    refuseStream(context, streamId, merged.error);
    return;
  }
  if (framework.connection.kind === "connected") {
    const oldStream = framework.connection.streamId;
    sendEvent(context, framework, { type: "ERROR", error: { message: "Framework failed over" } });
    context.effects.push({ kind: "closeFrameworkStream", streamId: oldStream });
    context.streams.delete(oldStream);
    tellAllocator(context, { kind: "frameworkDeactivated", frameworkId: framework.id });
    dropInverseOffersOf(context, framework);
  }
  for (const offer of [...framework.offers]) discardOffer(context, offer);
  framework.info = cutFailoverTimeout(context, merged.info);
  framework.capabilities = capabilitiesOf(framework.info);
  framework.roles = rolesOf(framework.info);
  framework.suppressed.clear();
  for (const role of call.suppressed_roles ?? []) framework.suppressed.add(role);
  framework.constraints = call.offer_constraints;
  framework.connection = { kind: "connected", streamId };
  framework.reregisteredMs = context.nowMs;
  context.streams.set(streamId, framework.id);
  greet(context, framework);
  tellAgentsOfFramework(context, framework);
  tellAllocator(context, {
    kind: "frameworkUpdated",
    frameworkId: framework.id,
    profile: frameworkProfile(framework),
  });
  tellAllocator(context, { kind: "frameworkActivated", frameworkId: framework.id });
  tellAllocator(context, { kind: "demandShown", frameworkId: framework.id });
  noteFrameworkUpdated(context, framework);
  persistFramework(context, framework);
}

/** UPDATE_FRAMEWORK that was validated: all of it takes effect; absent constraints are cleared. */
export function updateFramework(
  context: EngineContext,
  framework: Framework,
  update: FrameworkUpdate,
): void {
  const merged = mergeFrameworkInfo(framework.info, update.framework_info);
  if ("error" in merged) return;
  framework.info = cutFailoverTimeout(context, merged.info);
  framework.capabilities = capabilitiesOf(framework.info);
  framework.roles = rolesOf(framework.info);
  framework.suppressed.clear();
  for (const role of update.suppressed_roles ?? []) framework.suppressed.add(role);
  framework.constraints = update.offer_constraints;
  for (const offer of [...framework.offers]) {
    if (!framework.roles.includes(offer.role)) rescindOffer(context, offer);
  }
  tellAllocator(context, {
    kind: "frameworkUpdated",
    frameworkId: framework.id,
    profile: frameworkProfile(framework),
  });
  tellAgentsOfFramework(context, framework);
  noteFrameworkUpdated(context, framework);
  persistFramework(context, framework);
}

function greet(context: EngineContext, framework: Framework): void {
  sendEvent(context, framework, {
    type: "SUBSCRIBED",
    subscribed: {
      framework_id: { value: framework.id },
      heartbeat_interval_seconds: heartbeatMsOf(context, framework.info) / 1000,
      master_info: context.masterInfo,
    },
  });
}

const HEARTBEAT_LABEL = "orchestrator.io/heartbeat-seconds";

/** The interval told to a framework: the cluster's, or what its label asks for (1–60 s). */
export function heartbeatMsOf(
  context: { readonly config: { readonly heartbeatMs: number } },
  info: FrameworkInfo,
): number {
  const label = info.labels?.labels?.find(({ key }) => key === HEARTBEAT_LABEL)?.value;
  const seconds = label === undefined ? NaN : Number(label);
  return seconds >= 1 && seconds <= 60 ? seconds * 1000 : context.config.heartbeatMs;
}

/** Agents keep the FrameworkInfo with their tasks: they get the one that holds now. */
function tellAgentsOfFramework(context: EngineContext, framework: Framework): void {
  for (const agentId of agentsInUse(framework)) {
    const agent = context.state.agents.get(agentId);
    if (agent === undefined || agent.link.kind === "disconnected") continue;
    if (agent.link.linkId === undefined) continue;
    context.effects.push({
      kind: "agentEvent",
      linkId: agent.link.linkId,
      event: {
        type: "UPDATE_FRAMEWORK",
        term: context.term,
        framework_id: framework.id,
        framework_info: framework.info,
      },
    });
  }
}

function agentsInUse(framework: Framework): Set<AgentId> {
  const ids = new Set<AgentId>(framework.executors.keys());
  for (const task of framework.tasks.values()) ids.add(task.agentId);
  return ids;
}

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
  const linkId =
    agent === undefined || agent.link.kind === "disconnected" ? undefined : agent.link.linkId;
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

export function persistFramework(context: EngineContext, framework: Framework): void {
  context.effects.push({ kind: "persist", writes: [frameworkRecord(framework)] });
}

/** A slow reader gets no new offers until it has caught up; what it holds stays. */
export function blockFramework(context: EngineContext, streamId: string, blocked: boolean): void {
  const frameworkId = context.streams.get(streamId);
  if (frameworkId === undefined) return;
  const framework = context.state.frameworks.get(frameworkId);
  // The allocator forgets whom it asked when a framework leaves the candidates.
  if (blocked && framework !== undefined) rescindInverseOffersOf(context, framework);
  tellAllocator(context, {
    kind: blocked ? "frameworkDeactivated" : "frameworkActivated",
    frameworkId,
  });
}
