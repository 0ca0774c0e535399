import type { TaskStatus } from "../../../api/mesos/task-status.ts";
import type { FrameworkStep } from "../framework-logic.ts";
import { hasEnded } from "../has-ended.ts";
import { acknowledgeCalls } from "../scheduler-calls.ts";
import type { PatternSpec } from "./pattern-spec.ts";
import { type PatternState, type PatternTask, withHome, withoutHomeToBe } from "./pattern-state.ts";
import { askAboutTasks, probeId } from "./task-sync.ts";
import { parseTaskId } from "./task-name.ts";

type Step = FrameworkStep<PatternState>;

/** Takes in what became of a task; of one that an earlier process launched it learns all from its id. */
export function noteStatus(spec: PatternSpec, state: PatternState, status: TaskStatus): Step {
  const taskId = status.task_id.value;
  if (taskId === probeId(state)) return synced(state);
  const calls = acknowledgeCalls(status);
  const unheard = new Set(state.unheard);
  unheard.delete(taskId);
  const heard = { ...state, unheard };
  const task = state.tasks.get(taskId) ?? foundTask(taskId);
  if (task === undefined) {
    return { state: heard, calls, lines: [`left alone a task of another making: ${taskId}`] };
  }
  if (hasEnded(status.state)) return ended(spec, heard, task, status, calls);
  if (status.state === "TASK_UNREACHABLE" && !hasHome(spec, task)) {
    return { state: withoutTask(heard, taskId), calls, lines: [lineOf(task, status)] };
  }
  return { state: going(spec, heard, task, status), calls, lines: linesOfMove(task, status) };
}

/** Everything the master knows has been told; what is still unheard of it is asked about by name. */
function synced(state: PatternState): Step {
  const next = { ...state, isSynced: true };
  return { state: next, calls: state.isSynced ? [] : askAboutTasks(next) };
}

function going(
  spec: PatternSpec,
  state: PatternState,
  task: PatternTask,
  status: TaskStatus,
): PatternState {
  const moved: PatternTask = {
    ...task,
    state: status.state,
    agentId: status.agent_id?.value ?? task.agentId,
  };
  const tasks = new Map(state.tasks).set(task.id, moved);
  if (status.state !== "TASK_RUNNING") return { ...state, tasks };
  const failures = new Map(state.failures);
  const refusals = new Map(state.refusals);
  failures.delete(task.component);
  refusals.delete(task.component);
  const running = { ...state, tasks, failures, refusals };
  const { agentId } = moved;
  return agentId !== undefined && hasHome(spec, task)
    ? withHome(running, homeKey(task), agentId)
    : running;
}

function ended(
  spec: PatternSpec,
  state: PatternState,
  task: PatternTask,
  status: TaskStatus,
  calls: Step["calls"],
): Step {
  const next = withoutHomeToBe(withoutTask(state, task.id), homeKey(task));
  // Told again of one that was counted already.
  if (!state.tasks.has(task.id)) return { state: next, calls };
  if (task.isKillSent) return { state: next, calls };
  if (status.state === "TASK_FINISHED" && isFinishing(spec, task.component)) {
    const finished = new Map(next.finished);
    finished.set(task.component, (finished.get(task.component) ?? 0) + 1);
    return { state: { ...next, finished }, calls };
  }
  return { state: failed(next, task, status), calls, lines: [lineOf(task, status)] };
}

/** Back-off doubles with each failure; a launch that is wrong as such is not tried for ever. */
function failed(before: PatternState, task: PatternTask, status: TaskStatus): PatternState {
  const { component } = task;
  const count = (before.failures.get(component)?.count ?? 0) + 1;
  const retryAtMs = before.nowMs + Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** (count - 1));
  const agentKey = `${component} ${task.agentId ?? ""}`;
  const state: PatternState = {
    ...before,
    failures: new Map(before.failures).set(component, { count, retryAtMs }),
    agentFailures: new Map(before.agentFailures).set(
      agentKey,
      (before.agentFailures.get(agentKey) ?? 0) + 1,
    ),
  };
  if (status.state !== "TASK_ERROR") return state;
  const refusals = (before.refusals.get(component) ?? 0) + 1;
  const refused = { ...state, refusals: new Map(before.refusals).set(component, refusals) };
  if (refusals < REFUSALS_MAX) return refused;
  const reason = `the cluster does not launch ${component}: ${status.message ?? "no reason given"}`;
  return { ...refused, end: { kind: "failed", reason } };
}

function foundTask(id: string): PatternTask | undefined {
  const name = parseTaskId(id);
  if (name === undefined) return undefined;
  return { ...name, id, agentId: undefined, state: "TASK_STAGING", isKillSent: false };
}

/** Whether its tasks finish by themselves, as work does. */
export function isFinishing(spec: PatternSpec, component: string): boolean {
  return spec.components.some((it) => it.name === component && it.finishCount !== undefined);
}

/** A task with a home waits for its agent to come back: there is no other place for it. */
function hasHome(spec: PatternSpec, task: PatternTask): boolean {
  return spec.components.some((it) => it.name === task.component && it.home !== undefined);
}

function homeKey({ component, index }: PatternTask): string {
  return `${component}-${index}`;
}

function withoutTask(state: PatternState, taskId: string): PatternState {
  const tasks = new Map(state.tasks);
  tasks.delete(taskId);
  return { ...state, tasks };
}

function linesOfMove(task: PatternTask, status: TaskStatus): readonly string[] {
  return task.state === status.state ? [] : [lineOf(task, status)];
}

function lineOf({ component, index }: PatternTask, { state, message }: TaskStatus): string {
  return `${component} ${index}: ${state}${message === undefined ? "" : ` (${message})`}`;
}

const BACKOFF_MIN_MS = 1_000;
const BACKOFF_MAX_MS = 60_000;
const REFUSALS_MAX = 3;
