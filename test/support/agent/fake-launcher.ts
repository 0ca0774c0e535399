import { OperatingError } from "../../../src/api/errors/operating-error.ts";
import type { RunRecord, StopOrder, TaskSeen } from "../../../src/domain/agent/run.ts";
import type {
  LaunchAnswer,
  Launcher,
  RecordedRun,
  RecoveredRun,
  RunSeen,
} from "../../../src/services/agent/ports.ts";

type Method = "launch" | "stop" | "release";

/** Containers in memory: they start when launched and end when the test, or a stop, says so. */
export class FakeLauncher implements Launcher {
  readonly kind = "process";
  readonly launched: RunRecord[] = [];
  readonly stopped: StopOrder[] = [];
  readonly released: string[] = [];
  /** Launches that fail in a passing way before one succeeds. */
  failuresLeft = 0;
  /** Consulted before every call; throw to fail it, wait to delay it. */
  intercept: ((method: Method) => Promise<void> | void) | undefined;
  refusal: Extract<LaunchAnswer, { kind: "refused" }>["refusal"] | undefined;
  /** What `recover` finds. */
  found: RecoveredRun[] = [];
  readonly #seen = new Map<string, Map<string, TaskSeen>>();
  #changed: (containerId: string) => void = () => undefined;

  async launch(record: RunRecord): Promise<LaunchAnswer> {
    await this.intercept?.("launch");
    if (this.failuresLeft > 0) {
      this.failuresLeft -= 1;
      throw new OperatingError("KUBE_UNAVAILABLE", "the API server is away");
    }
    if (this.refusal !== undefined) {
      return { kind: "refused", refusal: this.refusal };
    }
    this.launched.push(record);
    for (const task of record.tasks) this.show(record, task.task_id.value, { kind: "running" });
    return { kind: "created", warnings: [] };
  }

  look(record: RunRecord): RunSeen {
    return { tasks: this.#seen.get(record.containerId) ?? new Map() };
  }

  async stop(record: RunRecord, orders: readonly StopOrder[]): Promise<void> {
    await this.intercept?.("stop");
    this.stopped.push(...orders);
    for (const { taskId } of orders) {
      this.show(record, taskId, { kind: "ended", end: { kind: "signal", signal: 15 } });
    }
  }

  async release(record: RunRecord): Promise<void> {
    await this.intercept?.("release");
    this.released.push(record.containerId);
  }

  /** The next `count` calls of this method fail in a passing way. */
  fail(method: Method, count: number): void {
    let left = count;
    this.intercept = (called) => {
      if (called !== method || left === 0) return;
      left -= 1;
      throw new OperatingError("KUBE_UNAVAILABLE", "the API server is away");
    };
  }

  recover(_recorded: readonly RecordedRun[]): Promise<readonly RecoveredRun[]> {
    return Promise.resolve(this.found);
  }

  onChange(changed: (containerId: string) => void): void {
    this.#changed = changed;
  }

  /** The world moves: a task of a run shows this now. */
  show(record: RunRecord, taskId: string, seen: TaskSeen): void {
    const tasks = this.#seen.get(record.containerId) ?? new Map<string, TaskSeen>();
    tasks.set(taskId, seen);
    this.#seen.set(record.containerId, tasks);
    this.#changed(record.containerId);
  }

  end(taskId: string, code: number): void {
    const record = this.launched.find((run) => run.tasks.some((t) => t.task_id.value === taskId));
    if (record !== undefined) {
      this.show(record, taskId, { kind: "ended", end: { kind: "exit", code } });
    }
  }
}
