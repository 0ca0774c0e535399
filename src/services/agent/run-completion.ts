import { isRunOver, type RunRecord } from "../../domain/agent/run.ts";
import type { Clock } from "../../runtime/ports/clock.ts";
import type { OutgoingCall } from "./link-session.ts";
import type { Journal, Launcher } from "./ports.ts";
import type { RunTable } from "./run-table.ts";
import type { SerialByKey } from "./serial.ts";
import { streamRefOf, type UpdateDriver } from "./update-driver.ts";

export interface RunCompletionParts {
  readonly runs: RunTable;
  readonly updates: UpdateDriver;
  readonly serial: SerialByKey;
  readonly launcher: Launcher;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly send: (call: OutgoingCall) => void;
  readonly options: {
    /** After the end, what is kept for a task goes at the latest then, acknowledged or not. */
    readonly releaseAfterEndMs: number;
  };
}

/** From the end of a run until nothing of it needs to be kept: every update of it acknowledged, or never to be. */
export class RunCompletion {
  readonly #parts: RunCompletionParts;
  /** Frameworks that were shut down: nobody acknowledges for them. */
  readonly #terminating = new Set<string>();
  /** Container ids of runs that are over and not complete. */
  readonly #over = new Set<string>();

  constructor(parts: RunCompletionParts) {
    this.#parts = parts;
  }

  /** The last task of a run ended; its end is queued to be told. */
  onRunOver(record: RunRecord): void {
    const { serial, clock, launcher, options } = this.#parts;
    const { containerId } = record;
    if (this.#over.has(containerId)) return;
    this.#over.add(containerId);
    if (record.executor !== undefined) {
      void serial.run(containerId, () => this.#sayExecutorExited(record));
    }
    if (this.#terminating.has(record.frameworkId)) {
      void serial.run(containerId, () => this.abandon(record));
    }
    clock.after(options.releaseAfterEndMs, () => {
      if (!this.#over.has(containerId)) return;
      void serial.run(containerId, () => launcher.release(record));
    });
  }

  /** From now on a run of this framework is abandoned once its end is told, until none is left. */
  abandonOnEnd(frameworkId: string): void {
    if (this.#hasRuns(frameworkId)) this.#terminating.add(frameworkId);
  }

  /** Waits for no acknowledgement of this run any more. */
  abandon(record: RunRecord): void {
    for (const task of record.tasks) {
      this.#parts.updates.abandon(streamRefOf(record, task.task_id.value));
    }
    this.completeIfQuiet(record);
  }

  /** Everything said and acknowledged: nothing of the run needs to be kept. */
  completeIfQuiet(record: RunRecord): void {
    const { runs, updates, serial, launcher, journal } = this.#parts;
    const { containerId } = record;
    const run = runs.get(containerId);
    if (run === undefined || !isRunOver(run)) return;
    const refs = record.tasks.map((task) => streamRefOf(record, task.task_id.value));
    const open = refs.some((ref) => updates.of(ref.frameworkId, ref.taskId)?.closed !== true);
    if (open) return;
    void serial.run(containerId, async () => {
      if (runs.get(containerId) === undefined) return;
      await launcher.release(record);
      await journal.forgetRun(record);
      runs.complete(containerId);
      this.#over.delete(containerId);
      for (const ref of refs) updates.forget(ref);
      if (!this.#hasRuns(record.frameworkId)) this.#terminating.delete(record.frameworkId);
    });
  }

  #hasRuns(frameworkId: string): boolean {
    return this.#parts.runs.all().some(({ record }) => record.frameworkId === frameworkId);
  }

  #sayExecutorExited(record: RunRecord): void {
    if (this.#parts.runs.liveOf(record.frameworkId, record.executorId).length > 0) return;
    this.#parts.send({
      type: "EXECUTOR_EXITED",
      framework_id: record.frameworkId,
      executor_id: record.executorId,
      status: 0,
    });
  }
}
