import { isOperatingError } from "../../../api/errors/operating-error.ts";
import { type CgroupMount, planCgroup } from "../../../domain/agent/cgroup-plan.ts";
import { mesosEnvironment } from "../../../domain/agent/mesos-environment.ts";
import { planProcess, type ProcessRules } from "../../../domain/agent/process-plan.ts";
import type { RunRecord, StopOrder, TaskSeen } from "../../../domain/agent/run.ts";
import { isGroup } from "../../../domain/agent/run.ts";
import { endOfExitCode, type TaskEnd } from "../../../domain/agent/task-state.ts";
import type { Clock } from "../../../runtime/ports/clock.ts";
import type {
  LaunchAnswer,
  Launcher,
  LaunchOptions,
  RecordedRun,
  RecoveredRun,
  RunSeen,
} from "../ports.ts";
import { ProcessKills } from "./process-kills.ts";
import type { ProcessHost, RunFolders } from "../process-ports.ts";

export interface ProcessLauncherOptions {
  readonly agentEndpoint: string;
  readonly recoveryTimeoutMs: number;
  readonly shutdownGraceMs: number;
  /** PATH of tasks. */
  readonly path: string;
  readonly rules: ProcessRules;
  /** Hierarchies in which the agent may make groups; empty = tasks run without limits. */
  readonly cgroups: readonly CgroupMount[];
  /** Parent folder of all task groups, e.g. `mesos`. */
  readonly cgroupsRoot: string;
}

export interface ProcessLauncherParts {
  readonly host: ProcessHost;
  readonly folders: RunFolders;
  readonly clock: Clock;
  readonly options: ProcessLauncherOptions;
}

/** Runs launches as processes of this machine, one per task, each with a session and, where allowed, a cgroup of its own. */
export class ProcessLauncher implements Launcher {
  readonly kind = "process";
  readonly #parts: ProcessLauncherParts;
  readonly #containerOf = new Map<string, string>();
  readonly #kills: ProcessKills;
  #changed: (containerId: string) => void = () => undefined;

  constructor(parts: ProcessLauncherParts) {
    this.#parts = parts;
    this.#kills = new ProcessKills(parts);
    parts.host.onChange((metaFolder) => {
      const containerId = this.#containerOf.get(metaFolder);
      if (containerId !== undefined) this.#changed(containerId);
    });
  }

  onChange(changed: (containerId: string) => void): void {
    this.#changed = changed;
  }

  async launch(record: RunRecord, options: LaunchOptions): Promise<LaunchAnswer> {
    const warnings: string[] = [];
    const orders = [];
    for (const task of record.tasks) {
      const taskId = task.task_id.value;
      const sandbox = this.#sandbox(record, taskId);
      const environment = this.#environment(record, sandbox, options.agentId);
      const planned = planProcess(record, task, environment, this.#parts.options.rules);
      if (!planned.ok) return { kind: "refused", refusal: planned.refusal };
      const name = `${this.#parts.options.cgroupsRoot}/${record.containerId}${isGroup(record) ? `/mesos/task-${orders.length}` : ""}`;
      const cgroup = planCgroup(this.#parts.options.cgroups, name, planned.value.limits);
      if (cgroup.missing.length > 0) warnings.push(`no limit on ${cgroup.missing.join(", ")}`);
      const metaFolder = this.#meta(record, taskId);
      const volumes = planned.value.volumes.map(({ path, name }) => ({
        path,
        folder: this.#parts.folders.volume(name),
      }));
      orders.push({ metaFolder, sandbox, volumes, plan: planned.value, cgroup });
    }
    try {
      for (const order of orders) {
        this.#containerOf.set(order.metaFolder, record.containerId);
        if (this.#parts.host.look(order.metaFolder).kind !== "absent") continue;
        await this.#parts.host.spawn(order);
      }
    } catch (error) {
      for (const order of orders) await this.#parts.host.signal(order.metaFolder, "SIGKILL");
      if (!isOperatingError(error, "LAUNCH_FAILED")) throw error;
      return {
        kind: "refused",
        refusal: { kind: "failed", field: "command", message: error.message },
      };
    }
    return { kind: "created", warnings };
  }

  look(record: RunRecord): RunSeen {
    const tasks = new Map<string, TaskSeen>();
    for (const task of record.tasks) {
      const state = this.#parts.host.look(this.#meta(record, task.task_id.value));
      if (state.kind === "running") {
        tasks.set(task.task_id.value, { kind: "running", pid: state.pid });
      } else if (state.kind === "exited") {
        const end = state.hitMemoryLimit ? memoryEnd(record) : endOfExitCode(state.code);
        tasks.set(task.task_id.value, { kind: "ended", end });
      } else {
        tasks.set(task.task_id.value, { kind: "ended", end: VANISHED });
      }
    }
    return { tasks };
  }

  async stop(record: RunRecord, orders: readonly StopOrder[]): Promise<void> {
    const metaFolderOf = ({ taskId }: StopOrder): string => this.#meta(record, taskId);
    // First, so that a SIGTERM that cannot be sent keeps no task alive.
    for (const order of orders) this.#kills.arm(metaFolderOf(order), order.kill.dueMs);
    for (const order of orders) await this.#kills.ask(metaFolderOf(order));
  }

  async release(record: RunRecord): Promise<void> {
    for (const task of record.tasks) {
      const metaFolder = this.#meta(record, task.task_id.value);
      this.#kills.forget(metaFolder);
      this.#containerOf.delete(metaFolder);
      await this.#parts.host.cleanUp(metaFolder);
    }
  }

  recover(recorded: readonly RecordedRun[]): Promise<readonly RecoveredRun[]> {
    const recovered = recorded.map(({ record, kill }): RecoveredRun => {
      let isMade = false;
      for (const task of record.tasks) {
        const metaFolder = this.#meta(record, task.task_id.value);
        if (this.#parts.host.look(metaFolder).kind === "absent") continue;
        isMade = true;
        this.#containerOf.set(metaFolder, record.containerId);
        this.#parts.host.follow(metaFolder);
      }
      return {
        record,
        kind: isMade ? "made" : "neverMade",
        ...(kill === undefined ? {} : { kill }),
      };
    });
    return Promise.resolve(recovered);
  }

  #environment(
    record: RunRecord,
    sandbox: string,
    agentId: string,
  ): readonly (readonly [string, string])[] {
    const { agentEndpoint, recoveryTimeoutMs, shutdownGraceMs, path } = this.#parts.options;
    const facts = { agentId, endpoint: agentEndpoint, recoveryTimeoutMs, shutdownGraceMs };
    const mesos = mesosEnvironment(record, { ...facts, sandbox, directory: sandbox });
    return [["PATH", path], ...mesos];
  }

  #sandbox(record: RunRecord, taskId: string): string {
    const { containerId, frameworkId, executorId } = record;
    return isGroup(record)
      ? this.#parts.folders.sandbox(containerId, frameworkId, executorId, taskId)
      : this.#parts.folders.sandbox(containerId, frameworkId, executorId);
  }

  #meta(record: RunRecord, taskId: string): string {
    const { containerId, frameworkId, executorId } = record;
    return this.#parts.folders.meta(containerId, frameworkId, executorId, taskId);
  }
}

const VANISHED: TaskEnd = {
  kind: "verdict",
  state: "TASK_FAILED",
  reason: "REASON_EXECUTOR_TERMINATED",
  message: "Abnormal executor termination: unknown container",
};

function memoryEnd(record: RunRecord): TaskEnd {
  const mem = record.tasks[0]?.resources?.find((resource) => resource.name === "mem");
  const text = `${Math.max(32, mem?.scalar?.value ?? 0)}MB`;
  return {
    kind: "verdict",
    state: "TASK_FAILED",
    reason: "REASON_CONTAINER_LIMITATION_MEMORY",
    message: `Memory limit exceeded: Requested: ${text} Maximum Used: ${text}`,
  };
}
