import { asId, type AgentId, type FrameworkId } from "../../../api/ids/ids.ts";
import type { FrameworkInfo } from "../../../api/mesos/framework-info.ts";
import type { SchedulerCallSubscribe } from "../../../api/mesos/scheduler-call.ts";
import { registrationFault } from "../../../domain/authorization/framework-permissions.ts";
import { capabilitiesOf, rolesOf } from "../../../domain/mesos/framework-capability.ts";
import { mergeFrameworkInfo, subscribeFault } from "../../../domain/mesos/framework-validation.ts";
import type { FrameworkUpdate } from "../../../domain/mesos/framework-update.ts";
import type { Framework } from "../../../domain/mesos/master-state.ts";
import {
  type EngineContext,
  linkOf,
  nextFrameworkId,
  sendEvent,
  tellAllocator,
} from "./context.ts";
import { frameworkProfile } from "./framework-profile.ts";
import { dropInverseOffersOf, rescindInverseOffersOf } from "./inverse-offers.ts";
import { noteFrameworkAdded, noteFrameworkUpdated } from "./master-events.ts";
import { discardOffer, rescindOffer } from "./offers.ts";
import { adoptOperations } from "./operation-recovery.ts";
import { frameworkRecord } from "./records.ts";

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
    const linkId = agent === undefined ? undefined : linkOf(agent);
    if (linkId === undefined) continue;
    context.effects.push({
      kind: "agentEvent",
      linkId,
      event: {
        type: "UPDATE_FRAMEWORK",
        term: context.term,
        framework_id: framework.id,
        framework_info: framework.info,
      },
    });
  }
}

/** Agents that run tasks or executors of the framework. */
export function agentsInUse(framework: Framework): Set<AgentId> {
  const ids = new Set<AgentId>(framework.executors.keys());
  for (const task of framework.tasks.values()) ids.add(task.agentId);
  return ids;
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
