import type { Random } from "../../../runtime/ports/random.ts";
import type { AgentId, FrameworkId, OfferId } from "../../../api/ids/ids.ts";
import { asId } from "../../../api/ids/ids.ts";
import type { SubscribeCall } from "../../../api/agent-link/calls.ts";
import type { KillPolicy } from "../../../api/mesos/command.ts";
import type { MasterInfo } from "../../../api/mesos/master-info.ts";
import type { SchedulerEvent } from "../../../api/mesos/scheduler-event.ts";
import type { TaskStatus } from "../../../api/mesos/task-status.ts";
import type {
  AllocatorEvent,
  Decision,
  Grant,
  InverseOffer,
  PodAdmission,
} from "../../../domain/allocator/events.ts";
import type {
  MarkedMachine,
  PlannedWindow,
} from "../../../domain/mesos/maintenance/machine-table.ts";
import { agentIdOf, frameworkIdOf, offerIdOf } from "../../../domain/mesos/ids.ts";
import type { Agent, Framework, MasterState, Task } from "../../../domain/mesos/master-state.ts";
import type { AllocatorView } from "../../../domain/allocator/view/allocator-view.ts";
import type { ClusterConfig } from "../ports.ts";
import type { Counters } from "./counters.ts";
import type { EngineEffect } from "./effects.ts";
import { notePods } from "./pod-notes.ts";
import type { Preemptions } from "./preemptions.ts";
import type { Reclaims } from "./reclaims.ts";
import { podAgent } from "./pod-agent.ts";

/** The allocator as the engine uses it. */
export interface AllocatorPort {
  apply(event: AllocatorEvent, nowMs: number): Decision;
  readonly view: Pick<
    AllocatorView,
    | "consumed"
    | "isOvercommitted"
    | "isAnyLent"
    | "lentOn"
    | "free"
    | "totals"
    | "missingGuarantees"
    | "heldUpPods"
    | "preemptions"
    | "isPodWaiting"
    | "explain"
  >;
}

/** Limits of spec/mesos.md sections 10 and 13, and agent.md section 3. */
export interface EngineLimits {
  readonly completedTasksMax: number;
  readonly unreachableTasksMax: number;
  /** After the last beat. */
  readonly unreachableAfterMs: number;
  /** How long agents in the Registry are awaited after a failover. */
  readonly agentReregisterTimeoutMs: number;
  /** Share of agents lost within one lease above which nobody is declared unreachable. */
  readonly stormShare: number;
}

export const ENGINE_LIMITS: EngineLimits = {
  completedTasksMax: 1000,
  unreachableTasksMax: 1000,
  unreachableAfterMs: 25_000,
  agentReregisterTimeoutMs: 600_000,
  stormShare: 0.55,
};

/** The link an agent speaks through. */
export interface AgentLinkState {
  readonly linkId: string;
  readonly agentId: AgentId | undefined;
  ackedSeq: number;
}

/** A registration that waits for its record to be durable. */
export interface PendingAdmission {
  readonly agentId: AgentId;
  readonly call: SubscribeCall;
  readonly address: string;
}

export interface PendingKill {
  readonly frameworkId: FrameworkId;
  readonly taskId: Task["id"];
  readonly killPolicy: KillPolicy | undefined;
  /** Its room is needed by somebody with a better right to it. */
  readonly isPreempted?: true;
}

/** Everything the handlers of the engine work on. One per term; changed in place, only inside `OfferEngine.advance`. */
export interface EngineContext {
  readonly state: MasterState;
  readonly term: number;
  readonly masterInfo: MasterInfo;
  readonly startedMs: number;
  readonly allocator: AllocatorPort;
  readonly random: Random;
  readonly counters: Counters;
  readonly limits: EngineLimits;
  readonly podsFrameworkId: FrameworkId | undefined;
  config: ClusterConfig;
  nowMs: number;
  effects: EngineEffect[];
  /** Granted in this input, not yet offers. */
  grants: Grant[];
  /** Frameworks to be asked in this input to leave an agent. */
  inverseGrants: InverseOffer[];
  admissions: PodAdmission[];
  allocationDueMs: number | undefined;
  readonly streams: Map<string, FrameworkId>;
  readonly links: Map<string, AgentLinkState>;
  readonly pendingAdmissions: Map<string, PendingAdmission>;
  readonly pendingKills: Map<AgentId, PendingKill[]>;
  /** Who was told to end so that loans come back; for a minute after its end. */
  readonly reclaims: Reclaims;
  readonly preemptions: Preemptions;
  /** Agents whose loss is being recorded. */
  readonly becomingUnreachable: Set<AgentId>;
  /** Agents that are being recorded as gone. */
  readonly becomingGone: Set<AgentId>;
  /** The maintenance schedule, with the present occurrences of what recurs. */
  planned: readonly PlannedWindow[];
  /** When the first of those occurrences ends. */
  occurrencesUntilMs: number;
  /** What was said about machines by START and STOP, by key. */
  readonly marks: Map<string, MarkedMachine>;
  /** Some operator watches: changes are told as `masterEvent`. */
  isWatched: boolean;
  storm: boolean;
  readonly allocationIntervalMs: number;
  lastAllocationTickMs: number;
  nextFramework: number;
  nextOffer: number;
  nextAgent: number;
}

/** Tells the allocator; what it grants becomes offers at the end of the input. */
export function tellAllocator(context: EngineContext, event: AllocatorEvent): Decision {
  const decision = context.allocator.apply(event, context.nowMs);
  if (decision.grants.length > 0) context.grants.push(...decision.grants);
  if (decision.inverseOffers.length > 0) context.inverseGrants.push(...decision.inverseOffers);
  if (decision.admissions.length > 0) context.admissions.push(...decision.admissions);
  notePods(context.state, event, decision, context.nowMs);
  showPodsTheAgent(context, event);
  const due = decision.nextDueMs;
  context.allocationDueMs = due;
  if (decision.outcome.kind === "unknownSubject") {
    context.counters.add("orchestrator/allocator_unknown_subject");
  }
  return decision;
}

/** Admission of pods follows the allocator's agents in the same turn. */
function showPodsTheAgent(context: EngineContext, event: AllocatorEvent): void {
  if (event.kind === "agentRemoved") {
    context.effects.push({ kind: "podAgentGone", agentId: event.agentId });
  } else if (event.kind === "agentAdded" || (event.kind === "agentUpdated" && event.profile)) {
    const agent = context.state.agents.get(event.agentId);
    if (agent !== undefined)
      context.effects.push({ kind: "podAgentKnown", agent: podAgent(agent) });
  }
}

/** Sends an event to a framework that is connected; to others it is dropped, as Mesos does. */
export function sendEvent(
  context: EngineContext,
  framework: Framework,
  event: SchedulerEvent,
): boolean {
  if (framework.connection.kind !== "connected") return false;
  context.effects.push({
    kind: "frameworkEvent",
    streamId: framework.connection.streamId,
    event,
  });
  return true;
}

export function sendUpdate(
  context: EngineContext,
  framework: Framework,
  status: TaskStatus,
): boolean {
  return sendEvent(context, framework, { type: "UPDATE", update: { status } });
}

/** The link of an agent, unless it is disconnected. */
export function linkOf(agent: Agent): string | undefined {
  return agent.link.kind === "disconnected" ? undefined : agent.link.linkId;
}

export function nextFrameworkId(context: EngineContext): FrameworkId {
  return asId(frameworkIdOf(context.state.masterId, context.nextFramework++));
}

/** Inverse offers are numbered with the offers. */
export function nextInverseOfferId(context: EngineContext): OfferId {
  return asId(offerIdOf(context.state.masterId, context.nextOffer++));
}

export function nextAgentId(context: EngineContext): AgentId {
  return asId(agentIdOf(context.state.masterId, context.nextAgent++));
}
