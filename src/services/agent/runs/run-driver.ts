import { assertNever } from "../../../api/invariant.ts";
import { advanceRun } from "../../../domain/agent/advance-run.ts";
import {
  isRunOver,
  type KillCause,
  newRun,
  type Run,
  type RunEffect,
  type RunInput,
  type RunRecord,
  type StopOrder,
} from "../../../domain/agent/run.ts";
import type { DurableUpdates } from "./durable-updates.ts";
import type { Journal, Launcher } from "../ports.ts";
import type { RunCompletion } from "./run-completion.ts";
import type { RunTable } from "./run-table.ts";
import type { SerialByKey } from "../serial.ts";
import { untilDone, type UntilDoneParts } from "../until-done.ts";

export interface RunDriverParts extends UntilDoneParts {
  readonly runs: RunTable;
  readonly statuses: DurableUpdates;
  readonly completion: RunCompletion;
  readonly serial: SerialByKey;
  readonly launcher: Launcher;
  readonly journal: Journal;
  readonly options: {
    /** Kill grace where neither call nor task names one. */
    readonly graceDefaultMs: number;
  };
}

/**
 * Drives runs: what happens goes into `advanceRun`, the step into the table at once, its effects after one another, what
 * must outlive a crash first.
 */
export class RunDriver {
  readonly #parts: RunDriverParts;

  constructor(parts: RunDriverParts) {
    this.#parts = parts;
  }

  advance(run: Run, input: RunInput): void {
    const { runs, clock, options, completion } = this.#parts;
    const rules = { nowMs: clock.nowMs(), graceDefaultMs: options.graceDefaultMs };
    const step = advanceRun(run, input, rules);
    runs.put(step.run);
    for (const effect of step.effects) this.apply(step.run.record, effect);
    if (step.effects.length > 0 && isRunOver(step.run)) completion.onRunOver(step.run.record);
  }

  /** As `advance`; nothing happens to a run that is complete by now. */
  advanceById(containerId: string, input: RunInput): void {
    const run = this.#parts.runs.get(containerId);
    if (run !== undefined) this.advance(run, input);
  }

  /** Takes what the world shows of a run now. */
  lookAgain(containerId: string): void {
    const run = this.#parts.runs.get(containerId);
    if (run === undefined || run.phase !== "created") return;
    for (const [taskId, seen] of this.#parts.launcher.look(run.record).tasks) {
      this.advanceById(containerId, { kind: "seen", taskId, seen });
    }
  }

  /** `graceMaxMs` bounds the grace that the tasks name themselves. */
  killAll(runs: readonly Run[], cause: KillCause, graceMaxMs?: number): void {
    const grace = graceMaxMs === undefined ? {} : { graceMaxMs };
    for (const run of runs) this.advance(run, { kind: "killAll", cause, ...grace });
  }

  /** Ends a launch that asks for what cannot be served: TASK_ERROR, which no container can end with. */
  refuse(record: RunRecord, message: string): void {
    const run = newRun(record);
    this.#parts.runs.put({
      ...run,
      tasks: run.tasks.map((task) => ({ ...task, stage: "ended" })),
    });
    for (const task of record.tasks) {
      this.#parts.statuses.tell(record, task.task_id.value, {
        state: "TASK_ERROR",
        source: "SOURCE_AGENT",
        reason: "REASON_TASK_INVALID",
        message,
      });
    }
    this.#parts.completion.onRunOver(record);
  }

  apply(record: RunRecord, effect: RunEffect): void {
    switch (effect.kind) {
      case "status":
        this.#parts.statuses.tell(record, effect.taskId, effect.draft);
        return;
      case "stop":
        this.#stop(record, effect.orders);
        return;
      case "wakeAt":
        this.#wakeAt(record, effect.dueMs);
        return;
      default:
        assertNever(effect);
    }
  }

  /** `advanceRun` orders a stop once. Its turn is not that of updates: one that cannot be written must not keep a task alive. */
  #stop(record: RunRecord, orders: readonly StopOrder[]): void {
    const { containerId } = record;
    void untilDone(this.#parts, containerId, () =>
      this.#parts.serial.attempt(`${containerId} stop`, () => this.#tryStop(record, orders)),
    );
  }

  async #tryStop(record: RunRecord, orders: readonly StopOrder[]): Promise<void> {
    const { journal, launcher } = this.#parts;
    const due = orders.filter((order) => this.#isStillAsked(record.containerId, order));
    const [first] = due;
    if (first === undefined) return;
    try {
      await journal.writeKill(record, first.kill);
    } finally {
      await launcher.stop(record, due);
    }
  }

  /** Neither ended nor ordered anew meanwhile. */
  #isStillAsked(containerId: string, { taskId, kill }: StopOrder): boolean {
    const run = this.#parts.runs.get(containerId);
    const task = run?.tasks.find(({ info }) => info.task_id.value === taskId);
    return task?.stage !== "ended" && task?.kill?.dueMs === kill.dueMs;
  }

  #wakeAt(record: RunRecord, dueMs: number): void {
    const { clock } = this.#parts;
    clock.after(dueMs - clock.nowMs(), () => this.advanceById(record.containerId, { kind: "due" }));
  }
}
