import type { CgroupPlan } from "../../domain/agent/cgroup-plan.ts";
import type { VolumeName } from "../../domain/agent/operation-book.ts";
import type { ProcessPlan } from "../../domain/agent/process-plan.ts";

/** What identifies a process beyond doubt: its pid may be given to another one, never together with the rest. */
export interface ProcessMark {
  readonly pid: number;
  /** Field 22 of /proc/<pid>/stat, in clock ticks since boot. */
  readonly startTicks: number;
  readonly bootId: string;
  readonly cgroupFolders: readonly string[];
}

export interface SpawnOrder {
  /** Folder of this task inside the run: `exit`, `forked.pid`. */
  readonly metaFolder: string;
  readonly sandbox: string;
  /** Persistent volumes, linked into the sandbox at a path relative to it. */
  readonly volumes: readonly { readonly path: string; readonly folder: string }[];
  readonly plan: ProcessPlan;
  readonly cgroup: CgroupPlan;
}

export type ProcessState =
  | { readonly kind: "running"; readonly pid: number }
  /** Exit code as a shell gives it: 128 + n for signal n. */
  | { readonly kind: "exited"; readonly code: number; readonly hitMemoryLimit: boolean }
  /** Neither alive nor with an outcome. */
  | { readonly kind: "vanished" }
  /** Was never started. */
  | { readonly kind: "absent" };

/** Processes of this machine, started so that they outlive the agent. */
export interface ProcessHost {
  /**
   * Starts the process; resolves when its mark is durable.
   * @throws {OperatingError} LAUNCH_FAILED naming what the machine refused.
   */
  spawn(order: SpawnOrder): Promise<void>;
  /** State by the files of the meta folder and /proc. */
  look(metaFolder: string): ProcessState;
  /** Sends the signal to every process of the task: its cgroup, else its session. */
  signal(metaFolder: string, signal: "SIGTERM" | "SIGKILL"): Promise<void>;
  /** Removes the cgroup. */
  cleanUp(metaFolder: string): Promise<void>;
  /** Calls `changed` with the meta folder when `look` may answer differently. */
  onChange(changed: (metaFolder: string) => void): void;
  /** Follows a process of a former life again. */
  follow(metaFolder: string): void;
}

/** Where a run's things are. */
export interface RunFolders {
  /** Sandbox of the run or of a group's task; made when it is first asked for. */
  sandbox(containerId: string, frameworkId: string, executorId: string, taskId?: string): string;
  volume(name: VolumeName): string;
  meta(containerId: string, frameworkId: string, executorId: string, taskId: string): string;
}
