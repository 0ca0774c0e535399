import type { Offer } from "../../api/mesos/offer.ts";
import type { SchedulerCall } from "../../api/mesos/scheduler-call.ts";
import type { SchedulerEvent } from "../../api/mesos/scheduler-event.ts";
import type { TaskInfo } from "../../api/mesos/task.ts";
import type { TaskStatus } from "../../api/mesos/task-status.ts";
import { hasEnded } from "./has-ended.ts";
import { fittingTasks, scalarResources } from "./offer-room.ts";

/** What to run: `total` short shell commands, at most `parallel` at a time. */
export interface ShortTasksSpec {
  /** First part of every task id. */
  readonly name: string;
  /** How many tasks shall finish; undefined = run for ever. */
  readonly total?: number;
  readonly parallel: number;
  readonly cpuMillis: number;
  readonly memMiB: number;
  readonly command: string;
}

/** Where the framework stands; frozen, replaced by every event. */
export interface ShortTasksState {
  readonly frameworkId?: string;
  /** Ids given out so far; an id is never used twice. */
  readonly launched: number;
  /** Tasks without a terminal state, with the agent they run on. */
  readonly live: ReadonlyMap<string, string>;
  /** Live tasks of before the last subscription of which nothing was heard since. */
  readonly unheard: ReadonlySet<string>;
  readonly finished: number;
  /** Tasks that ended otherwise; each is made up for by another one. */
  readonly failed: number;
  /** The master said that this framework must not go on. */
  readonly error?: string;
}

export interface ShortTasksStep {
  readonly state: ShortTasksState;
  /** To be sent in order. */
  readonly calls: readonly SchedulerCall[];
}

export const SHORT_TASKS_START: ShortTasksState = {
  launched: 0,
  live: new Map(),
  unheard: new Set(),
  finished: 0,
  failed: 0,
};

/** True once as many tasks as asked for have finished. */
export function isShortTasksDone(spec: ShortTasksSpec, state: ShortTasksState): boolean {
  return spec.total !== undefined && state.finished >= spec.total;
}

/** The next state and the calls an event leads to; unknown and empty events lead to none. */
export function advanceShortTasks(
  spec: ShortTasksSpec,
  state: ShortTasksState,
  event: SchedulerEvent,
): ShortTasksStep {
  switch (event.type) {
    case "SUBSCRIBED":
      return event.subscribed
        ? subscribed(spec, state, event.subscribed.framework_id.value)
        : { state, calls: [] };
    case "OFFERS":
      return answerOffers(spec, state, event.offers?.offers ?? []);
    case "UPDATE":
      return event.update ? taskChanged(spec, state, event.update.status) : { state, calls: [] };
    case "HEARTBEAT":
      return { state, calls: askAgain(state) };
    case "ERROR":
      return { state: { ...state, error: event.error?.message ?? "unknown error" }, calls: [] };
    default:
      return { state, calls: [] };
  }
}

/** After every subscription the truth about live tasks is asked for: launches and updates may have been lost. */
function subscribed(
  spec: ShortTasksSpec,
  state: ShortTasksState,
  frameworkId: string,
): ShortTasksStep {
  const next = { ...state, frameworkId, unheard: new Set(state.live.keys()) };
  const calls = askAgain(next);
  if (wanted(spec, next) === 0) calls.push(callOf(next, { type: "SUPPRESS" }));
  return { state: next, calls };
}

/** A master that has just taken over says nothing of tasks whose agent is still expected back: they are asked about until it does. */
function askAgain(state: ShortTasksState): SchedulerCall[] {
  const tasks = [...state.live]
    .filter(([taskId]) => state.unheard.has(taskId))
    .map(([taskId, agentId]) => ({ task_id: { value: taskId }, agent_id: { value: agentId } }));
  return tasks.length === 0 ? [] : [callOf(state, { type: "RECONCILE", reconcile: { tasks } })];
}

function answerOffers(
  spec: ShortTasksSpec,
  state: ShortTasksState,
  offers: readonly Offer[],
): ShortTasksStep {
  let next = state;
  const calls: SchedulerCall[] = [];
  const unused: Offer[] = [];
  for (const offer of offers) {
    const count = Math.min(wanted(spec, next), fittingTasks(offer, spec.cpuMillis, spec.memMiB));
    if (count === 0) {
      unused.push(offer);
      continue;
    }
    const tasks = Array.from({ length: count }, (_, i) =>
      shortTask(spec, offer, next.launched + i),
    );
    next = withLaunched(next, tasks);
    calls.push(
      callOf(next, {
        type: "ACCEPT",
        accept: {
          offer_ids: [offer.id],
          operations: [{ type: "LAUNCH", launch: { task_infos: tasks } }],
        },
      }),
    );
  }
  if (unused.length > 0) {
    const offerIds = unused.map((offer) => offer.id);
    calls.push(callOf(next, { type: "DECLINE", decline: { offer_ids: offerIds } }));
  }
  if (wanted(spec, next) === 0 && wanted(spec, state) > 0) {
    calls.push(callOf(next, { type: "SUPPRESS" }));
  }
  return { state: next, calls };
}

function taskChanged(
  spec: ShortTasksSpec,
  before: ShortTasksState,
  status: TaskStatus,
): ShortTasksStep {
  const unheard = new Set(before.unheard);
  unheard.delete(status.task_id.value);
  const state = { ...before, unheard };
  const calls: SchedulerCall[] = [];
  if (status.uuid !== undefined && status.agent_id !== undefined) {
    const { agent_id, task_id, uuid } = status;
    calls.push(callOf(state, { type: "ACKNOWLEDGE", acknowledge: { agent_id, task_id, uuid } }));
  }
  if (!hasEnded(status.state) || !state.live.has(status.task_id.value)) return { state, calls };
  const live = new Map(state.live);
  live.delete(status.task_id.value);
  const next =
    status.state === "TASK_FINISHED"
      ? { ...state, live, finished: state.finished + 1 }
      : { ...state, live, failed: state.failed + 1 };
  if (wanted(spec, state) === 0 && wanted(spec, next) > 0) {
    calls.push(callOf(next, { type: "REVIVE" }));
  }
  return { state: next, calls };
}

/** Tasks to launch now: within the parallel limit, and no more than are still missing. */
function wanted(spec: ShortTasksSpec, state: ShortTasksState): number {
  const missing =
    spec.total === undefined ? Infinity : spec.total - state.finished - state.live.size;
  return Math.max(0, Math.min(spec.parallel - state.live.size, missing));
}

function shortTask(spec: ShortTasksSpec, offer: Offer, number: number): TaskInfo {
  return {
    name: spec.name,
    task_id: { value: `${spec.name}-${number}` },
    agent_id: offer.agent_id,
    resources: scalarResources({ cpus: spec.cpuMillis / 1000, mem: spec.memMiB }),
    command: { value: spec.command, shell: true },
  };
}

function withLaunched(state: ShortTasksState, tasks: readonly TaskInfo[]): ShortTasksState {
  const live = new Map(state.live);
  for (const task of tasks) live.set(task.task_id.value, task.agent_id.value);
  return { ...state, live, launched: state.launched + tasks.length };
}

function callOf(state: ShortTasksState, call: SchedulerCall): SchedulerCall {
  return state.frameworkId === undefined
    ? call
    : { ...call, framework_id: { value: state.frameworkId } };
}
