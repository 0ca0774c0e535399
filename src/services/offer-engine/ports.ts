import type { AgentId, Brand, KubeUid } from "../../api/ids/ids.ts";
import type { Attribute } from "../../api/mesos/value.ts";
import type { Acls } from "../../domain/authorization/acls.ts";
import type { PodAdmission } from "../../domain/allocator/events.ts";
import type { EvictionReason } from "../../domain/mesos/eviction-reason.ts";
import type { MachineName } from "../../domain/mesos/maintenance/machine.ts";
import type { PlannedWindow } from "../../domain/mesos/maintenance/machine-table.ts";
import type { Recurrence } from "../../domain/mesos/maintenance/recurrence.ts";
import type { WaitingPod } from "../../domain/allocator/pods/waiting-pod.ts";
import type { Quantities } from "../../domain/resources/quantity.ts";

/** Kinds of records (spec/mesos.md 11, spec/agent.md 16). Never tasks, offers or filters. */
export type RegistryKind =
  | "term"
  | "agent"
  | "unreachable"
  | "gone"
  | "drain"
  | "machine"
  | "framework"
  | "completed"
  | "operation"
  | "quota"
  | "weight"
  | "workload"
  | "job";

/** Opaque; changes with every write of the record by anybody. */
export type RecordVersion = Brand<"RecordVersion">;

export interface RegistryRecord {
  readonly kind: RegistryKind;
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly version: RecordVersion;
}

/** Most bytes of one record. */
export const RECORD_BYTES_MAX = 512 * 1024;

/**
 * Durable records, compare-and-set by version. Writes are on stable storage when they resolve.
 * Every method may throw {OperatingError} REGISTRY_UNAVAILABLE (transient).
 */
export interface Registry {
  /**
   * Stores the record. `expected` undefined: whatever is there; "absent": only when there is none.
   * @throws {OperatingError} REGISTRY_CONFLICT when the stored version is not the expected one.
   */
  put(
    kind: RegistryKind,
    key: string,
    bytes: Uint8Array,
    expected?: RecordVersion | "absent",
  ): Promise<RecordVersion>;
  get(kind: RegistryKind, key: string): Promise<RegistryRecord | undefined>;
  list(kind: RegistryKind): Promise<readonly RegistryRecord[]>;
  /** Deleting what is not there is no error. @throws {OperatingError} REGISTRY_CONFLICT as `put`. */
  delete(kind: RegistryKind, key: string, expected?: RecordVersion): Promise<void>;
}

/** What a role is given. Quantities by scalar name, in milli-units; absent = no guarantee, no limit. */
export interface RoleConfig {
  readonly name: string;
  readonly weight: number;
  readonly guaranteesMilli?: Readonly<Record<string, number>>;
  readonly limitsMilli?: Readonly<Record<string, number>>;
  readonly mode?: "Hard" | "Soft" | "Adaptive";
}

/** Machines that are to be unavailable, under the name of their window. */
export interface MaintenanceWindowConfig extends PlannedWindow {
  readonly name: string;
}

/** Machines that are to be unavailable again and again. */
export interface RecurringWindowConfig extends Recurrence {
  readonly name: string;
  /** At least one. */
  readonly machines: readonly MachineName[];
}

/** What the cluster's owner configured; from the MesosCluster object, or from flags. Frozen. */
export interface ClusterConfig {
  readonly clusterName: string;
  /** Empty = every role is welcome. */
  readonly rolesAllowed: readonly string[];
  readonly roles: readonly RoleConfig[];
  /** Over all frameworks of a principal, in thousandths by name. */
  readonly principalLimits?: Readonly<Record<string, Quantities>>;
  /** Whether frameworks of user root are welcome (Mesos flag `root_submissions`). */
  readonly rootSubmissions: boolean;
  /** 0 = offers stay until answered. */
  readonly offerTimeoutMs: number;
  readonly maxTasksPerOffer: number;
  readonly heartbeatMs: number;
  readonly failoverTimeoutMaxMs: number;
  /** Completed frameworks that are remembered; the oldest go first. */
  readonly completedFrameworksMax: number;
  /** Who may do what; undefined = everybody everything. */
  readonly acls?: Acls;
  /** Hostnames that may be offered; undefined = all. */
  readonly agentWhitelist?: readonly string[];
  /** Whether pods that run may be evicted for others of their role that are of a higher priority. */
  readonly preemption: "Off" | "LowerPriority";
  readonly maintenanceWindows: readonly MaintenanceWindowConfig[];
  /** Of each the occurrence that is under way, or else the next one, is in the schedule. */
  readonly recurringWindows: readonly RecurringWindowConfig[];
}

export interface ClusterConfigSource {
  current(): ClusterConfig;
  /** Calls `changed` after each change; the result ends that. */
  subscribe(changed: () => void): () => void;
}

/** What an operator asks a role to have; what is absent stays as it is. */
export interface RoleWrite {
  readonly role: string;
  readonly weight?: number;
  /** Thousandths by name; "none" = neither guarantee nor limit. */
  readonly quota?: RoleQuotaWrite | "none";
}

export interface RoleQuotaWrite {
  readonly guaranteesMilli: Readonly<Record<string, number>>;
  readonly limitsMilli: Readonly<Record<string, number>>;
}

export type ConfigWriteOutcome =
  /** Durable, and what `ClusterConfigSource` gives from now on. */
  | { readonly kind: "written" }
  /** Somebody else decides about a field that the write would change; nothing is written. */
  | {
      readonly kind: "managedElsewhere";
      /** e.g. `role 'web'` */
      readonly subject: string;
      /** e.g. `weight` */
      readonly field: string;
      readonly manager: string;
    }
  /** The store does not take the values; nothing is written. */
  | { readonly kind: "refused"; readonly reason: string };

/**
 * Writes what operators change through the Mesos API to where the cluster's configuration is kept. All or nothing; one
 * write after the other.
 */
export interface ClusterConfigWriter {
  /** @throws {OperatingError} KUBE_…, REGISTRY_…, LEADER_TERM_EXPIRED when nothing is known to be written. */
  writeRoles(writes: readonly RoleWrite[]): Promise<ConfigWriteOutcome>;
  /** The maintenance schedule is these windows, and no others but recurring ones. Throws as `writeRoles`. */
  replaceWindows(windows: readonly PlannedWindow[]): Promise<ConfigWriteOutcome>;
  /** Takes the machines out of the windows that came this way; other windows stay. Throws as `writeRoles`. */
  releaseMachines(machines: readonly MachineName[]): Promise<ConfigWriteOutcome>;
}

/** An agent as pods of the pool see it: which node it is, and what constraints ask about. */
export interface PodAgent {
  readonly agentId: AgentId;
  readonly hostname: string;
  /** UID of its Kubernetes node; absent for machines outside Kubernetes. */
  readonly nodeUid?: string;
  readonly region?: string;
  readonly zone?: string;
  readonly attributes: readonly Attribute[];
}

/**
 * What the engine is told about pods of the pool. Calls are cheap and never throw; a pod is known by its uid, so that
 * telling a thing twice changes nothing.
 */
export interface PodFeed {
  /** A gated pod of the pool, new or changed. */
  podWaiting(pod: WaitingPod): void;
  /** What the role's waiting pods say about agents (`canRunOn`) may be wrong. */
  podRulesChanged(role: string): void;
  /** Over, deleted, or no longer of the pool: its charge is released. */
  podGone(podUid: KubeUid): void;
  /** Bound to the agent's node, by our admission or without it: charged there and nowhere else. */
  podPlaced(pod: WaitingPod, agentId: AgentId): void;
  /**
   * The patch that removes the gate failed: the charge is undone. `requeue` false: the pod is not tried again until
   * `podWaiting` says so anew (the implementation keeps the back-off).
   */
  admissionFailed(podUid: KubeUid, requeue: boolean): void;
  /** How many more admissions may be decided; each takes one. Bounds the patches under way. */
  admissionWindow(free: number): void;
  /** Labels or taints of the agent's node changed: what pods said about it (`canRunOn`) may be wrong. */
  agentRulesChanged(agentId: AgentId): void;
  /** Agents by the hostname they advertise (the node's name); undefined while the agent is not registered. */
  agentOfHostname(hostname: string): AgentId | undefined;
  hostnameOfAgent(agentId: AgentId): string | undefined;
}

/**
 * Lets pods of the pool start. The engine calls `admit` with what the allocator decided (the charge is already made);
 * the implementation patches the pods (at most 32 at once) and tells `admissionFailed` what came of it when it failed.
 */
export interface PodAdmissionPort {
  /**
   * Begins to tell the feed; resolves when every pod that is there now has been told, which the engine awaits before the
   * first run of a term.
   */
  start(feed: PodFeed, signal: AbortSignal): Promise<void>;
  admit(admissions: readonly PodAdmission[], term: number): void;
  /** Has these pods end, as far as their disruption budgets allow; asked again for as long as it is wanted. */
  evict(podUids: readonly KubeUid[], reason: EvictionReason): void;
  /**
   * An agent registered, or something of it changed. Called in the turn in which the allocator learnt it, so that the pods
   * on it are charged before anything is offered. Agents known before `start` are told right after it.
   */
  agentKnown(agent: PodAgent): void;
  /** The allocator dropped the agent and all charges there. */
  agentGone(agentId: AgentId): void;
}
