import type { AgentInfo } from "../../api/mesos/agent-info.ts";
import type { ExecutorInfo } from "../../api/mesos/executor-info.ts";
import type { FrameworkInfo } from "../../api/mesos/framework-info.ts";
import type { Operation as WireOperation } from "../../api/mesos/operation.ts";
import type { OfferConstraints } from "../../api/mesos/offer-constraints.ts";
import type { TaskInfo } from "../../api/mesos/task.ts";
import type { TaskState, TaskStatus } from "../../api/mesos/task-status.ts";
import type { Attribute } from "../../api/mesos/value.ts";
import type { AgentId, ExecutorId, FrameworkId, OfferId, TaskId } from "../../api/ids/ids.ts";
import type { MaintenanceWindow } from "../allocator/events.ts";
import type { Resources } from "../resources/resource.ts";
import type { Operation } from "./operations/operation.ts";
import type { MachineTable } from "./maintenance/machine-table.ts";
import type { PodUses } from "./pod-uses.ts";
import type { FrameworkCapability } from "./framework-capability.ts";

/** What the engine and its framework know of one another. */
export type FrameworkConnection =
  /** `streamId` is the one live stream; offers flow. */
  | { readonly kind: "connected"; readonly streamId: string }
  /** Offers stopped; removed when the deadline passes. */
  | { readonly kind: "disconnected"; readonly deadlineMs: number }
  /** Known from the Registry or an agent after a failover, never seen in this term. */
  | { readonly kind: "recovered"; readonly deadlineMs: number };

/** A framework that is not completed. The maps are changed in place by the engine only. */
export interface Framework {
  readonly id: FrameworkId;
  info: FrameworkInfo;
  capabilities: ReadonlySet<FrameworkCapability>;
  roles: readonly string[];
  readonly suppressed: Set<string>;
  constraints: OfferConstraints | undefined;
  connection: FrameworkConnection;
  readonly registeredMs: number;
  reregisteredMs: number | undefined;
  readonly tasks: Map<TaskId, Task>;
  /** Tasks of unreachable agents: no resources, may come back. */
  readonly unreachableTasks: Map<TaskId, Task>;
  /** Oldest first, bounded. */
  readonly completedTasks: Task[];
  readonly executors: Map<AgentId, Map<ExecutorId, Executor>>;
  /** By uuid; on agents that are registered. */
  readonly operations: Map<string, Operation>;
  readonly offers: Set<Offer>;
  /** Only of the built-in framework: what it holds are pods, not tasks. */
  readonly pods?: PodUses;
}

export interface CompletedFramework {
  readonly framework: Framework;
  readonly unregisteredMs: number;
}

/** An update that waits for the framework's acknowledgement. */
export interface PendingUpdate {
  readonly state: TaskState;
  readonly uuid: string;
}

export interface Task {
  readonly id: TaskId;
  readonly frameworkId: FrameworkId;
  readonly agentId: AgentId;
  /** Undefined for command tasks. */
  readonly executorId: ExecutorId | undefined;
  /** As launched, without `data`. */
  readonly info: TaskInfo;
  readonly launchId: string;
  readonly role: string;
  readonly resources: Resources;
  state: TaskState;
  /** Resources are charged in the allocator: returned exactly once. */
  charged: boolean;
  /** One per state, without `data`; the last is the latest. */
  statuses: TaskStatus[];
  pending: PendingUpdate | undefined;
}

export interface Executor {
  readonly id: ExecutorId;
  readonly frameworkId: FrameworkId;
  readonly agentId: AgentId;
  readonly info: ExecutorInfo;
  readonly role: string;
  readonly resources: Resources;
}

/** Where an agent stands with the master (spec/mesos.md 10). */
export type AgentLink =
  /** Beats arrive. */
  | { readonly kind: "active"; readonly linkId: string }
  /** Two beats missed, or the socket closed within the lease: no new offers. */
  | { readonly kind: "suspect"; readonly linkId: string | undefined }
  /** The lease is over: deactivated, offers rescinded, tasks wait. */
  | { readonly kind: "disconnected" };

/** What operators ordered of an agent: holds until taken back, through its loss and every change of leader. */
export interface AgentOrders {
  /** DEACTIVATE_AGENT: no offers, tasks stay. */
  deactivatedByOperator: boolean;
  /** DRAIN_AGENT: no offers, tasks end. */
  draining: AgentDrain | undefined;
}

export interface Agent extends AgentOrders {
  readonly id: AgentId;
  info: AgentInfo;
  hostname: string;
  version: string;
  capabilities: readonly string[];
  attributes: readonly Attribute[];
  nodeUid: string | undefined;
  /** What its inventory shows. */
  inventory: Resources;
  /** Reservations and volumes that operations made of it. */
  checkpointed: Resources;
  /** The inventory with those. Conversions change it in step with the allocator's. */
  total: Resources;
  /** The agent remembers its reservations and operations; else the Registry does. */
  keepsCheckpoint: boolean;
  /** Its launcher can mount persistent volumes. */
  makesVolumes: boolean;
  /** By uuid, oldest first, until the last status is acknowledged; none on agents that give no feedback. */
  readonly operations: Map<string, Operation>;
  podSlots: number | undefined;
  link: AgentLink;
  /** The node takes no new work: no offers, tasks stay. */
  cordoned: boolean;
  readonly registeredMs: number;
  reregisteredMs: number | undefined;
  lastBeatMs: number;
  leaseExtendedToMs: number;
  readonly tasks: Set<Task>;
  /** Oldest first; changed by the book of offers only. */
  readonly offers: Offer[];
  /** Address the link comes from. */
  address: string;
  /** When its machine is to be unavailable; frameworks are told with every offer. */
  unavailability?: MaintenanceWindow | undefined;
}

export interface AgentDrain {
  readonly state: "DRAINING" | "DRAINED";
  readonly maxGracePeriodMs: number | undefined;
  readonly markGone: boolean;
}

/** In the Registry, not back since the failover. */
export interface RecoveredAgent extends Readonly<AgentOrders> {
  readonly id: AgentId;
  readonly info: AgentInfo;
  readonly nodeUid: string | undefined;
}

export interface UnreachableAgent extends RecoveredAgent {
  readonly sinceMs: number;
}

/** One outstanding offer. */
export interface Offer {
  readonly id: OfferId;
  readonly framework: Framework;
  readonly agent: Agent;
  readonly role: string;
  readonly resources: Resources;
  /** Where the allocator keeps it, see `Grant.holding`. */
  readonly holding: number;
  readonly madeMs: number;
}

/** What an offer is made of. */
export type OfferParts = Omit<Offer, "id">;

/** The offers of a term that nobody answered yet: by id, and in the lists of their framework and agent. */
export interface OutstandingOffers {
  readonly size: number;
  /** `number` rises from offer to offer; inverse offers use the same counter. */
  make(number: number, parts: OfferParts): Offer;
  /** The offer of an id from outside; undefined when it is none of ours, or none any more. */
  get(id: string): Offer | undefined;
  /** Oldest first. */
  values(): IterableIterator<Offer>;
  forget(offer: Offer): void;
}

/** What the Registry remembers of an agent that does not do so itself. */
export interface AgentCheckpoint {
  readonly resources: Resources;
  readonly operations: readonly WireOperation[];
}

/** A framework is asked to leave an agent before its maintenance; nothing is enforced. */
export interface InverseOffer {
  readonly id: OfferId;
  readonly framework: Framework;
  readonly agent: Agent;
  readonly window: MaintenanceWindow;
}

/** What a framework last said to an inverse offer. */
export interface InverseAnswer {
  /** UNKNOWN while it has not answered. */
  readonly status: "UNKNOWN" | "ACCEPT" | "DECLINE";
  readonly atMs: number;
}

/** All tables of one term. Indexes are kept by the functions of this folder and the engine, nobody else. */
export interface MasterState {
  readonly masterId: string;
  readonly frameworks: Map<FrameworkId, Framework>;
  /** Oldest first, bounded. */
  readonly completed: Map<FrameworkId, CompletedFramework>;
  readonly agents: Map<AgentId, Agent>;
  readonly recovered: Map<AgentId, RecoveredAgent>;
  readonly unreachable: Map<AgentId, UnreachableAgent>;
  /** Gone for good, with when. */
  readonly gone: Map<AgentId, number>;
  /** Of agents that do not remember themselves, wherever they are; equal to their records. */
  readonly checkpoints: Map<AgentId, AgentCheckpoint>;
  readonly offers: OutstandingOffers;
  /** Outstanding: asked, not answered. */
  readonly inverseOffers: Map<OfferId, InverseOffer>;
  /** About the present window of the agent. */
  readonly inverseAnswers: Map<AgentId, Map<FrameworkId, InverseAnswer>>;
  /** Machines that are in maintenance, or are to be. */
  machines: MachineTable;
  /** Pods of the pool, admitted or seen. */
  readonly pods: PodUses;
  /** The built-in framework that stands for them; undefined where pods are not admitted. */
  podsFramework: Framework | undefined;
}

export function isConnected(framework: Framework): boolean {
  return framework.connection.kind === "connected";
}

/** Every framework that is listed to people: those that subscribed, then the built-in one. */
export function listedFrameworks(state: MasterState): readonly Framework[] {
  const { podsFramework } = state;
  if (podsFramework !== undefined) podsFramework.roles = state.pods.roles();
  return [...state.frameworks.values(), ...(podsFramework === undefined ? [] : [podsFramework])];
}

export function isAware(framework: Framework): boolean {
  return framework.capabilities.has("PARTITION_AWARE");
}

/** The executor of that id which the framework has on the agent. */
export function executorOn(
  framework: Framework,
  agentId: AgentId,
  executorId: ExecutorId,
): Executor | undefined {
  return framework.executors.get(agentId)?.get(executorId);
}

/** The status that went out last; none before the first update. `task.state` may be further on. */
export function latestStatus(task: Task): TaskStatus | undefined {
  return task.statuses.at(-1);
}
