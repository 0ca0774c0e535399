import { isRunOver, type RunRecord } from "../../../domain/agent/run.ts";
import type { OutgoingCall } from "../link/link-session.ts";
import type { Journal, Launcher } from "../ports.ts";
import type { RunTable } from "./run-table.ts";
import type { SerialByKey } from "../serial.ts";
import { untilDone, type UntilDoneParts } from "../until-done.ts";
import { streamRefOf, type UpdateDriver } from "./update-driver.ts";

export interface RunCompletionParts extends UntilDoneParts {
  readonly runs: RunTable;
  readonly updates: UpdateDriver;
  readonly serial: SerialByKey;
  readonly launcher: Launcher;
  readonly journal: Journal;
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
  /** Container ids of runs that are being released. */
  readonly #leaving = new Set<string>();

  constructor(parts: RunCompletionParts) {
    this.#parts = parts;
  }

  /** The last task of a run ended; its end is queued to be told. */
  onRunOver(record: RunRecord): void {
    const { serial, clock, options } = this.#parts;
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
      if (this.#over.has(containerId)) this.#letGo(record);
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
    const run = this.#parts.runs.get(record.containerId);
    if (run !== undefined && isRunOver(run) && this.#isQuiet(record)) this.#letGo(record);
  }

  #isQuiet(record: RunRecord): boolean {
    return record.tasks.every((task) => {
      const { frameworkId, taskId } = streamRefOf(record, task.task_id.value);
      return this.#parts.updates.of(frameworkId, taskId)?.closed === true;
    });
  }

  /** Until it is done; between two attempts, acknowledgements take their turn. */
  #letGo(record: RunRecord): void {
    const { containerId } = record;
    if (this.#leaving.has(containerId)) return;
    this.#leaving.add(containerId);
    void untilDone(this.#parts, containerId, () =>
      this.#parts.serial.attempt(containerId, () => this.#tryLetGo(record)),
    );
  }

  /** A run that is not quiet yet is only released; becoming quiet asks again. */
  async #tryLetGo(record: RunRecord): Promise<void> {
    const { runs, launcher, journal } = this.#parts;
    const { containerId } = record;
    if (runs.get(containerId) !== undefined) {
      await launcher.release(record);
      if (this.#isQuiet(record)) {
        await journal.forgetRun(record);
        this.#complete(record);
      }
    }
    this.#leaving.delete(containerId);
  }

  #complete(record: RunRecord): void {
    const { runs, updates } = this.#parts;
    runs.complete(record.containerId);
    this.#over.delete(record.containerId);
    for (const task of record.tasks) updates.forget(streamRefOf(record, task.task_id.value));
    if (!this.#hasRuns(record.frameworkId)) this.#terminating.delete(record.frameworkId);
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
