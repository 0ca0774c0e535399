import type { TaskStatus } from "../../../api/mesos/task-status.ts";
import type { RunRecord } from "../../../domain/agent/run.ts";
import {
  acknowledgeUpdate,
  type AcknowledgeOutcome,
  enqueueUpdate,
  type EnqueueOutcome,
  forwardDue,
  NEW_STREAM,
  pauseDelivery,
  type UpdateStream,
} from "../../../domain/agent/update-stream.ts";
import type { CancelTimer, Clock } from "../../../runtime/ports/clock.ts";
import type { OutgoingCall } from "../link/link-session.ts";
import type { AgentMetrics } from "../metrics.ts";
import { taskKey } from "./run-table.ts";

export interface StreamRef {
  readonly frameworkId: string;
  readonly executorId: string;
  readonly taskId: string;
}

export function streamRefOf(record: RunRecord, taskId: string): StreamRef {
  return { frameworkId: record.frameworkId, executorId: record.executorId, taskId };
}

export interface UpdateDriverParts {
  readonly clock: Clock;
  readonly metrics: AgentMetrics;
  /** A lost update is sent again. */
  readonly send: (call: OutgoingCall) => void;
}

interface Entry {
  readonly ref: StreamRef;
  stream: UpdateStream;
}

/** Drives the update streams of all tasks: forwards heads, repeats them, stops while no master listens. */
export class UpdateDriver {
  readonly #parts: UpdateDriverParts;
  readonly #streams = new Map<string, Entry>();
  /** Keys with something to deliver: what a tick looks at. */
  readonly #pending = new Set<string>();
  #listening = false;
  #cancelTick: CancelTimer | undefined;

  constructor(parts: UpdateDriverParts) {
    this.#parts = parts;
  }

  of(frameworkId: string, taskId: string): UpdateStream | undefined {
    return this.#streams.get(taskKey(frameworkId, taskId))?.stream;
  }

  get pendingCount(): number {
    return this.#pending.size;
  }

  /** Puts a stream as it was before a restart. */
  restore(ref: StreamRef, stream: UpdateStream): void {
    this.#store({ ref, stream: pauseDelivery(stream) });
  }

  /** The update is durable already. */
  enqueue(ref: StreamRef, status: TaskStatus): EnqueueOutcome {
    const entry = this.#entry(ref);
    const { stream, outcome } = enqueueUpdate(entry.stream, status);
    if (outcome === "afterTerminal") this.#parts.metrics.invalidUpdates.add();
    entry.stream = stream;
    this.#store(entry);
    this.#deliver(entry);
    return outcome;
  }

  /** Whether this acknowledgement would change the stream; asked before it is made durable. */
  expects(ref: StreamRef, uuid: string): boolean {
    return this.#streams.get(keyOf(ref))?.stream.pending[0]?.uuid === uuid;
  }

  /** The acknowledgement is durable already. */
  acknowledge(ref: StreamRef, uuid: string): AcknowledgeOutcome {
    const entry = this.#entry(ref);
    const { stream, outcome } = acknowledgeUpdate(entry.stream, uuid);
    if (outcome === "unknownUuid") {
      this.#parts.metrics.wrongUuids.add();
      return outcome;
    }
    entry.stream = stream;
    this.#store(entry);
    this.#deliver(entry);
    return outcome;
  }

  /** Closes a stream that nobody will acknowledge any more (its framework was shut down). */
  abandon(ref: StreamRef): void {
    const entry = this.#streams.get(keyOf(ref));
    if (entry === undefined) return;
    entry.stream = { ...entry.stream, pending: [], closed: true };
    this.#store(entry);
  }

  forget(ref: StreamRef): void {
    this.#streams.delete(keyOf(ref));
    this.#pending.delete(keyOf(ref));
  }

  /** A master listens: every head goes out at once. */
  resume(): void {
    this.#listening = true;
    for (const key of this.#pending) {
      const entry = this.#streams.get(key);
      if (entry === undefined) continue;
      entry.stream = pauseDelivery(entry.stream);
      this.#deliver(entry);
    }
  }

  pause(): void {
    this.#listening = false;
    this.#cancelTick?.();
    this.#cancelTick = undefined;
  }

  #entry(ref: StreamRef): Entry {
    return this.#streams.get(keyOf(ref)) ?? { ref, stream: NEW_STREAM };
  }

  #store(entry: Entry): void {
    const key = keyOf(entry.ref);
    this.#streams.set(key, entry);
    if (entry.stream.pending.length > 0) this.#pending.add(key);
    else this.#pending.delete(key);
  }

  #deliver(entry: Entry): void {
    if (!this.#listening) return;
    const { stream, forward, retry } = forwardDue(entry.stream, this.#parts.clock.monotonicMs());
    entry.stream = stream;
    if (forward !== undefined) {
      if (retry) this.#parts.metrics.updateRetries.add();
      this.#parts.send({
        type: "STATUS_UPDATE",
        framework_id: entry.ref.frameworkId,
        executor_id: entry.ref.executorId,
        status: forward,
        latest_state: stream.latestState,
      });
    }
    this.#armTick();
  }

  #armTick(): void {
    if (this.#cancelTick !== undefined || this.#pending.size === 0) return;
    this.#cancelTick = this.#parts.clock.after(TICK_MS, () => {
      this.#cancelTick = undefined;
      for (const key of this.#pending) {
        const entry = this.#streams.get(key);
        if (entry !== undefined) this.#deliver(entry);
      }
      if (this.#listening) this.#armTick();
    });
  }
}

/** Retries are 10 s and more apart: looking each second is near enough. */
const TICK_MS = 1_000;

function keyOf(ref: StreamRef): string {
  return taskKey(ref.frameworkId, ref.taskId);
}
