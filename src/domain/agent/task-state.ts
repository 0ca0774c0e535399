import type { TaskStatusReason } from "../../api/mesos/task-status.ts";
import type { FrameworkInfo } from "../../api/mesos/framework-info.ts";

type Capability = NonNullable<NonNullable<FrameworkInfo["capabilities"]>[number]["type"]>;

export function hasCapability(framework: FrameworkInfo, capability: Capability): boolean {
  return framework.capabilities?.some(({ type }) => type === capability) === true;
}

/** How a container of a task ended. `exit` and `signal` are judged with what was asked of the task. */
export type TaskEnd =
  | { readonly kind: "exit"; readonly code: number; readonly message?: string }
  | { readonly kind: "signal"; readonly signal: number; readonly message?: string }
  | {
      readonly kind: "verdict";
      readonly state: "TASK_FAILED" | "TASK_KILLED" | "TASK_DROPPED" | "TASK_GONE";
      readonly reason: TaskStatusReason;
      readonly message: string;
    };

const SIGNAL_NAMES: Readonly<Record<number, string>> = {
  1: "Hangup",
  2: "Interrupt",
  3: "Quit",
  4: "Illegal instruction",
  5: "Trace/breakpoint trap",
  6: "Aborted",
  7: "Bus error",
  8: "Floating point exception",
  9: "Killed",
  10: "User defined signal 1",
  11: "Segmentation fault",
  12: "User defined signal 2",
  13: "Broken pipe",
  14: "Alarm clock",
  15: "Terminated",
};

/**
 * Exit code as a shell or a runtime gives it: above 128 it stands for a signal (they cannot be told apart).
 * 143 → signal 15; 3 → exit 3.
 */
export function endOfExitCode(code: number, message?: string): TaskEnd {
  const rest = message === undefined ? {} : { message };
  const signal = code - 128;
  if (signal > 0 && signal <= 64) return { kind: "signal", signal, ...rest };
  return { kind: "exit", code, ...rest };
}

/** Mesos' sentence about an end: `Command exited with status 3`, `Command terminated with signal Killed`. */
export function describeEnd(end: TaskEnd): string {
  switch (end.kind) {
    case "verdict":
      return end.message;
    case "exit":
      return withDetail(`Command exited with status ${end.code}`, end.message);
    case "signal":
      return withDetail(
        `Command terminated with signal ${SIGNAL_NAMES[end.signal] ?? `Unknown signal ${end.signal}`}`,
        end.message,
      );
  }
}

function withDetail(text: string, detail: string | undefined): string {
  return detail === undefined ? text : `${text} (${detail})`;
}
