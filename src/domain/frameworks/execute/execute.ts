import type { Offer } from "../../../api/mesos/offer.ts";
import type { SchedulerEvent } from "../../../api/mesos/scheduler-event.ts";
import type { TaskState, TaskStatus } from "../../../api/mesos/task-status.ts";
import type {
  FrameworkEnd,
  FrameworkInput,
  FrameworkLogic,
  FrameworkStep,
} from "../framework-logic.ts";
import { hasEnded } from "../has-ended.ts";
import { acknowledgeCalls, declineCalls, killCall, reconcileCall } from "../scheduler-calls.ts";
import { executeLines } from "./execute-lines.ts";
import { type ExecuteSpec, launchOperation, tasksOfWork } from "./execute-work.ts";

/** Where one execution stands; frozen, replaced by every input. */
export interface ExecuteState {
  /** Where the work was launched; undefined until then. */
  readonly agentId?: string;
  /** Latest state by task; undefined = nothing heard yet. */
  readonly tasks: ReadonlyMap<string, TaskState | undefined>;
  /** Monotonic ms; undefined before the first task runs, and without `killAfterMs`. */
  readonly killAtMs?: number;
  readonly isKillSent: boolean;
  /** Tasks of before the last subscription of which nothing was heard since. */
  readonly unheard: ReadonlySet<string>;
  /** The master said that this framework must not go on. */
  readonly error?: string;
}

type Step = FrameworkStep<ExecuteState>;

/**
 * Runs one task, or one group, and ends with it.
 * @see mesos@1.11 src/cli/execute.cpp `CommandScheduler`
 * Deviation: a lost stream is subscribed again and the task asked about, where Mesos' command ends.
 */
export function executeLogic(spec: ExecuteSpec): FrameworkLogic<ExecuteState> {
  return {
    start: { tasks: new Map(), isKillSent: false, unheard: new Set() },
    advance: (state, input) => advanceExecute(spec, state, input),
    endOf: executeEnd,
    wakeAtMs: ({ isKillSent, killAtMs }) => (isKillSent ? undefined : killAtMs),
  };
}

/** Done when every task finished; failed when all have ended and one of them did not finish. */
export function executeEnd({ error, tasks }: ExecuteState): FrameworkEnd | undefined {
  if (error !== undefined) return { kind: "refused", reason: error };
  const states = [...tasks];
  if (states.length === 0 || states.some(([, state]) => !state || !hasEnded(state))) {
    return undefined;
  }
  const bad = states.find(([, state]) => state !== "TASK_FINISHED");
  return bad === undefined
    ? { kind: "done" }
    : { kind: "failed", reason: `task '${bad[0]}' ended with ${bad[1] ?? ""}` };
}

function advanceExecute(spec: ExecuteSpec, state: ExecuteState, input: FrameworkInput): Step {
  if (input.kind === "wake") return killAll(state, input.nowMs);
  const { event } = input;
  switch (event.type) {
    case "SUBSCRIBED":
      return subscribed(state, event);
    case "OFFERS":
      return answerOffers(spec, state, event.offers?.offers ?? []);
    case "UPDATE":
      return event.update
        ? taskChanged(spec, state, event.update.status, input.nowMs)
        : nothing(state);
    case "HEARTBEAT":
      return { state, calls: askAboutUnheard(state) };
    case "FAILURE":
      return { state, calls: [], lines: failureLines(event) };
    case "ERROR": {
      const error = event.error?.message ?? "unknown error";
      return { state: { ...state, error }, calls: [], lines: [executeLines.refused(error)] };
    }
    default:
      return nothing(state);
  }
}

function subscribed(state: ExecuteState, event: SchedulerEvent): Step {
  const id = event.subscribed?.framework_id.value ?? "";
  // A kill may have been lost with the stream: it is due again.
  const next = { ...state, isKillSent: false, unheard: new Set(openTasks(state)) };
  return { state: next, calls: askAboutUnheard(next), lines: [executeLines.subscribed(id)] };
}

/** A launch or an update may have been lost with the stream; a new leader may still wait for the agent and says nothing. */
function askAboutUnheard({ agentId, unheard }: ExecuteState): Step["calls"] {
  if (unheard.size === 0 || agentId === undefined) return [];
  return [reconcileCall([...unheard].map((taskId) => ({ taskId, agentId })))];
}

function answerOffers({ work }: ExecuteSpec, state: ExecuteState, offers: readonly Offer[]): Step {
  if (state.agentId !== undefined) return { state, calls: declineCalls(offers) };
  for (const offer of offers) {
    const operation = launchOperation(work, offer);
    if (operation === undefined) continue;
    const agentId = offer.agent_id.value;
    const tasks = new Map(tasksOfWork(work).map(({ task_id }) => [task_id.value, undefined]));
    return {
      state: { ...state, agentId, tasks },
      calls: [
        { type: "ACCEPT", accept: { offer_ids: [offer.id], operations: [operation] } },
        ...declineCalls(offers.filter((it) => it !== offer)),
        // Offers that come on are of no use: others may have them.
        { type: "SUPPRESS" },
      ],
      lines: [executeLines.submitted(work, agentId)],
    };
  }
  return { state, calls: declineCalls(offers) };
}

function taskChanged(
  { killAfterMs }: ExecuteSpec,
  state: ExecuteState,
  status: TaskStatus,
  nowMs: number,
): Step {
  const taskId = status.task_id.value;
  const calls = acknowledgeCalls(status);
  const lines = executeLines.update(status);
  const before = state.tasks.get(taskId);
  const isOver = before !== undefined && hasEnded(before);
  if (!state.tasks.has(taskId) || isOver) return { state, calls, lines };
  const unheard = new Set(state.unheard);
  unheard.delete(taskId);
  const next = { ...state, unheard, tasks: new Map(state.tasks).set(taskId, status.state) };
  const startsClock =
    killAfterMs !== undefined && state.killAtMs === undefined && status.state === "TASK_RUNNING";
  return {
    state: startsClock ? { ...next, killAtMs: nowMs + killAfterMs } : next,
    calls,
    lines,
  };
}

function killAll(state: ExecuteState, nowMs: number): Step {
  const { killAtMs, agentId = "" } = state;
  if (state.isKillSent || killAtMs === undefined || nowMs < killAtMs) return nothing(state);
  const open = openTasks(state);
  return {
    state: { ...state, isKillSent: true },
    calls: open.map((taskId) => killCall(taskId, agentId)),
    lines: open.map((taskId) => executeLines.askedToKill(taskId, agentId)),
  };
}

function openTasks({ tasks }: ExecuteState): string[] {
  return [...tasks].filter(([, it]) => it === undefined || !hasEnded(it)).map(([id]) => id);
}

function failureLines({ failure }: SchedulerEvent): readonly string[] {
  if (failure?.executor_id === undefined) return [];
  const agentId = failure.agent_id?.value ?? "";
  return [executeLines.failure(failure.executor_id.value, agentId, failure.status ?? 0)];
}

function nothing(state: ExecuteState): Step {
  return { state, calls: [] };
}
