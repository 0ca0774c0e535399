import type { SchedulerCall } from "../../../api/mesos/scheduler-call.ts";
import type { FrameworkStep } from "../framework-logic.ts";
import { reconcileCall } from "../scheduler-calls.ts";
import type { PatternState } from "./pattern-state.ts";

/**
 * After each subscription the master is asked for all it knows of our tasks, and then for a task that cannot be. A master
 * is silent about that one while it still waits for an agent, so its answer says that everything else has been told.
 * Tasks not heard of by then are asked about one by one.
 */
export function noteSubscribed(before: PatternState): FrameworkStep<PatternState> {
  const state: PatternState = {
    ...before,
    startedMs: before.startedMs ?? before.nowMs,
    isSynced: false,
    isSuppressed: false,
    unheard: new Set(before.tasks.keys()),
    // Kills may have been lost with the stream: they are due again.
    tasks: new Map([...before.tasks].map(([id, task]) => [id, { ...task, isKillSent: false }])),
  };
  return { state, calls: [reconcileCall([]), probe(state)] };
}

/** The question whose answer ends the reconciliation is repeated with each heartbeat, and so are those about unheard tasks. */
export function askAboutUnheard(state: PatternState): SchedulerCall[] {
  if (!state.isSynced) return [probe(state)];
  return askAboutTasks(state);
}

export function askAboutTasks({ unheard, tasks }: PatternState): SchedulerCall[] {
  if (unheard.size === 0) return [];
  const asked = [...unheard].map((taskId) => {
    const agentId = tasks.get(taskId)?.agentId;
    return { taskId, ...(agentId === undefined ? {} : { agentId }) };
  });
  return [reconcileCall(asked)];
}

/** Id of the task that cannot be; no component is named so. */
export function probeId({ incarnation }: PatternState): string {
  return `reconciliation-probe.${incarnation}`;
}

function probe(state: PatternState): SchedulerCall {
  return reconcileCall([{ taskId: probeId(state) }]);
}
