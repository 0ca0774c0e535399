import type {
  AgentUsage,
  BatchAnswer,
  CallBatch,
  SubscribeCall,
} from "../../api/agent-link/calls.ts";
import type { AgentEvent } from "../../api/agent-link/events.ts";
import type { PoolPod } from "../../api/agent-link/pool-pod.ts";
import type { Resource } from "../../api/mesos/resource.ts";
import type { Attribute } from "../../api/mesos/value.ts";
import type { OperationBook, VolumeName } from "../../domain/agent/operation-book.ts";
import type { Refusal } from "../../domain/agent/refusal.ts";
import type { KillOrder, RunRecord, StopOrder, TaskSeen } from "../../domain/agent/run.ts";
import type { StreamRecord } from "../../domain/agent/update-stream.ts";

/** The way to the leading master. */
export interface MasterLink {
  /**
   * Opens a stream at whichever master leads; redirects are followed.
   * @throws {OperatingError} MASTER_UNAVAILABLE when none answers, AGENT_REFUSED when it does not want this agent.
   */
  open(call: SubscribeCall, options: { readonly signal: AbortSignal }): Promise<LinkStream>;
}

/** One stream, from SUBSCRIBE until either side closes it. */
export interface LinkStream {
  /** Ends when the stream is closed; throws MASTER_UNAVAILABLE when it breaks. */
  readonly events: AsyncIterable<AgentEvent>;
  /** @throws {OperatingError} MASTER_UNAVAILABLE when no answer came: the same batch may be sent again. */
  send(batch: CallBatch, options: { readonly signal: AbortSignal }): Promise<BatchAnswer>;
}

export type LaunchAnswer =
  | { readonly kind: "created"; readonly warnings: readonly string[] }
  | { readonly kind: "refused"; readonly refusal: Refusal };

export interface LaunchOptions {
  readonly agentId: string;
  readonly signal: AbortSignal;
}

/** What the world shows of a run. Tasks of which nothing is known yet are absent. */
export interface RunSeen {
  readonly tasks: ReadonlyMap<string, TaskSeen>;
}

export interface RecoveredRun {
  readonly record: RunRecord;
  /** `made`: it exists or existed. `neverMade`: recorded, and nothing was started. */
  readonly kind: "made" | "neverMade";
  readonly kill?: KillOrder;
}

/** Makes runs real, one container set each, and says what becomes of them. */
export interface Launcher {
  readonly kind: "pod" | "process";
  /**
   * Makes the containers of a run; resolves once they durably exist. Calling it again for the same record is harmless.
   * @throws {OperatingError} transient ones may be tried again.
   */
  launch(record: RunRecord, options: LaunchOptions): Promise<LaunchAnswer>;
  /** What is known of a run now; never waits. */
  look(record: RunRecord): RunSeen;
  /** SIGTERM now, SIGKILL at the order's time. A repeated order may only shorten. */
  stop(record: RunRecord, orders: readonly StopOrder[]): Promise<void>;
  /** The outcome is safe elsewhere: what was kept for it may go. Calling it again is harmless. */
  release(record: RunRecord): Promise<void>;
  /** Runs of before a restart; `recorded` are those the journal knows. Call once, before any other method. */
  recover(recorded: readonly RecordedRun[]): Promise<readonly RecoveredRun[]>;
  /** Calls `changed` with the container id whenever `look` may answer differently. */
  onChange(changed: (containerId: string) => void): void;
}

export interface RecordedRun {
  readonly record: RunRecord;
  readonly kill?: KillOrder;
  /** Durable lines of each task's update stream, by task id. */
  readonly updates: ReadonlyMap<string, readonly StreamRecord[]>;
}

export interface Journaled {
  readonly agentId?: string;
  readonly runs: readonly RecordedRun[];
  /** Absent: none were written. */
  readonly operations?: OperationBook;
}

/** What must outlive the agent. Every write is durable when it resolves, before the effect it records. */
export interface Journal {
  /** @throws {OperatingError} AGENT_WORK_DIR_LOCKED, AGENT_META_CORRUPT (strict). */
  open(): Promise<Journaled>;
  writeAgent(agentId: string): Promise<void>;
  writeRun(record: RunRecord): Promise<void>;
  writeKill(record: RunRecord, kill: KillOrder): Promise<void>;
  writeUpdate(record: RunRecord, taskId: string, line: StreamRecord): Promise<void>;
  /** Reservations, volumes and operations survive here; else the master remembers them. */
  readonly keepsOperations: boolean;
  /** Replaces what was written of reservations, volumes and operations. */
  writeOperations(book: OperationBook): Promise<void>;
  /** The run is over and acknowledged. */
  forgetRun(record: RunRecord): Promise<void>;
  close(): Promise<void>;
}

/** Folders of persistent volumes. Repeating a call is harmless. */
export interface VolumeStore {
  make(name: VolumeName): Promise<void>;
  /** With all that is in it. */
  remove(name: VolumeName): Promise<void>;
}

/** What the agent offers to the pool at a moment. */
export interface AgentInventory {
  readonly total: readonly Resource[];
  readonly attributes: readonly Attribute[];
  readonly poolPods: readonly PoolPod[];
  readonly unschedulable: boolean;
  readonly region?: string;
  readonly zone?: string;
  /** Absent outside Kubernetes. */
  readonly podSlots?: number;
  readonly nodeUid?: string;
  readonly bootId?: string;
}

export interface InventorySource {
  current(): AgentInventory;
  /** Calls `changed` after each change, at most every 250 ms. */
  onChange(changed: () => void): void;
}

/** Load of the machine for the beat; undefined where it cannot be seen. */
export interface UsageReader {
  read(): Promise<AgentUsage | undefined>;
}
