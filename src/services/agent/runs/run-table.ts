import { isRunOver, type Run, type RunRecord } from "../../../domain/agent/run.ts";

const COMPLETED_MAX = 500;

/** The runs of an agent, found by container, by launch and by task. Completed ones are kept for reading, up to a bound. */
export class RunTable {
  readonly #runs = new Map<string, Run>();
  readonly #containerOfTask = new Map<string, string>();
  readonly #containerOfLaunch = new Map<string, string>();
  readonly #completed: Run[] = [];

  get(containerId: string): Run | undefined {
    return this.#runs.get(containerId);
  }

  all(): readonly Run[] {
    return [...this.#runs.values()];
  }

  completed(): readonly Run[] {
    return this.#completed;
  }

  hasLaunch(launchId: string): boolean {
    return this.#containerOfLaunch.has(launchId);
  }

  ofTask(frameworkId: string, taskId: string): Run | undefined {
    const containerId = this.#containerOfTask.get(taskKey(frameworkId, taskId));
    return containerId === undefined ? undefined : this.#runs.get(containerId);
  }

  put(run: Run): void {
    const { record } = run;
    this.#runs.set(record.containerId, run);
    this.#containerOfLaunch.set(record.launchId, record.containerId);
    for (const task of record.tasks) {
      const key = taskKey(record.frameworkId, task.task_id.value);
      this.#containerOfTask.set(key, record.containerId);
    }
  }

  /** Moves a run to the completed ones. Its launch id stays known as long as it is kept there. */
  complete(containerId: string): void {
    const run = this.#runs.get(containerId);
    if (run === undefined) return;
    this.#runs.delete(containerId);
    for (const task of run.record.tasks) {
      const key = taskKey(run.record.frameworkId, task.task_id.value);
      if (this.#containerOfTask.get(key) === containerId) this.#containerOfTask.delete(key);
    }
    this.#completed.push(run);
    for (const oldest of this.#completed.splice(0, this.#completed.length - COMPLETED_MAX)) {
      this.#containerOfLaunch.delete(oldest.record.launchId);
    }
  }

  /** Live runs of a framework, of one executor of it if given. */
  liveOf(frameworkId: string, executorId?: string): readonly Run[] {
    return this.all().filter(
      (run) =>
        run.record.frameworkId === frameworkId &&
        (executorId === undefined || run.record.executorId === executorId) &&
        !isRunOver(run),
    );
  }
}

/** Unambiguous: ids hold no control characters. */
export function taskKey(frameworkId: string, taskId: string): string {
  return `${frameworkId}\n${taskId}`;
}

export function taskOf(record: RunRecord, taskId: string): RunRecord["tasks"][number] | undefined {
  return record.tasks.find((task) => task.task_id.value === taskId);
}
