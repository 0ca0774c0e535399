import {
  newRun,
  type Run,
  type RunEffect,
  type RunRecord,
  type StatusDraft,
  type StopOrder,
  type TaskRun,
} from "../../../domain/agent/run.ts";
import { hasCapability, type TaskEnd } from "../../../domain/agent/task-state.ts";
import { isTerminalState } from "../../../domain/mesos/task-state.ts";
import {
  NEW_STREAM,
  replayStream,
  type UpdateStream,
} from "../../../domain/agent/update-stream.ts";
import type { RecordedRun, RecoveredRun, RunSeen } from "../ports.ts";

/** A launch of before the restart that was never made is still made when it is younger than this. */
const LAUNCH_AGAIN_MS = 60_000;

export interface RecoveryInput {
  readonly recovered: readonly RecoveredRun[];
  readonly recorded: readonly RecordedRun[];
  readonly nowMs: number;
  readonly look: (record: RunRecord) => RunSeen;
}

export interface RecoveryStep {
  readonly run: Run;
  readonly streams: ReadonlyMap<string, UpdateStream>;
  /** States to be told again, with a new uuid, because no durable stream tells them. */
  readonly tell: readonly { readonly taskId: string; readonly draft: StatusDraft }[];
  /** The run was never made and will not be. */
  readonly failed?: TaskEnd;
}

/**
 * How runs found after a restart go on. The stage of their tasks comes from the durable update stream, or, where none is
 * kept (Pods), from what the world shows now.
 */
export function planRecovery(input: RecoveryInput): readonly RecoveryStep[] {
  const recorded = new Map(input.recorded.map((run) => [run.record.containerId, run]));
  return input.recovered.map((found) => {
    const known = recorded.get(found.record.containerId);
    return known === undefined
      ? adopt(found, input.look(found.record))
      : resume(found, known, input.nowMs);
  });
}

/** What an adopted run needs: its stop resumed, its completion times watched. */
export function resumeEffects(run: Run): readonly RunEffect[] {
  if (run.phase !== "created") return [];
  const live = run.tasks.filter((task) => task.stage !== "ended");
  const orders = live.flatMap(({ info, kill }): readonly StopOrder[] =>
    kill === undefined ? [] : [{ taskId: info.task_id.value, kill }],
  );
  const wakes = live.flatMap(({ completionDueMs }): readonly RunEffect[] =>
    completionDueMs === undefined ? [] : [{ kind: "wakeAt", dueMs: completionDueMs }],
  );
  return orders.length === 0 ? wakes : [{ kind: "stop", orders }, ...wakes];
}

/** No stream was kept: the present state is told again. An end is left to the next look, which tells it. */
function adopt(found: RecoveredRun, seen: RunSeen): RecoveryStep {
  const { record, kill } = found;
  const tell: { taskId: string; draft: StatusDraft }[] = [];
  const tasks = newRun(record).tasks.map((task): TaskRun => {
    const taskId = task.info.task_id.value;
    const shown = seen.tasks.get(taskId);
    // One that ended meanwhile is not told RUNNING again: its end may have been told already.
    const stage = shown === undefined ? "starting" : "running";
    const ip = shown?.kind === "running" && shown.ip !== undefined ? { ip: shown.ip } : {};
    const state =
      kill === undefined
        ? shown === undefined
          ? "TASK_STARTING"
          : "TASK_RUNNING"
        : hasCapability(record.framework, "TASK_KILLING_STATE")
          ? "TASK_KILLING"
          : undefined;
    if (shown?.kind !== "ended" && state !== undefined) {
      tell.push({ taskId, draft: { state, source: "SOURCE_EXECUTOR", ...ip } });
    }
    return { ...task, ...killPart(found), ...completionPart(record, task, stage), ...ip, stage };
  });
  return { run: { record, phase: "created", tasks }, streams: new Map(), tell };
}

function resume(found: RecoveredRun, recorded: RecordedRun, nowMs: number): RecoveryStep {
  const { record } = found;
  const streams = new Map<string, UpdateStream>();
  for (const [taskId, lines] of recorded.updates) streams.set(taskId, replayStream(lines));
  const tasks = newRun(record).tasks.map((task): TaskRun => {
    const stage = stageOf(streams.get(task.info.task_id.value) ?? NEW_STREAM);
    return { ...task, ...killPart(found), ...completionPart(record, task, stage), stage };
  });
  const run: Run = { record, phase: "created", tasks };
  if (found.kind === "made" || tasks.every((task) => task.stage === "ended")) {
    return { run, streams, tell: [] };
  }
  if (nowMs - record.receivedAtMs < LAUNCH_AGAIN_MS && found.kill === undefined) {
    return { run: { ...run, phase: "admitted" }, streams, tell: [] };
  }
  const failed: TaskEnd = {
    kind: "verdict",
    state: "TASK_DROPPED",
    reason: "REASON_AGENT_RESTARTED",
    message: "Task launched during agent restart",
  };
  return { run, streams, tell: [], failed };
}

function killPart(found: RecoveredRun): Pick<TaskRun, "kill"> {
  return found.kill === undefined ? {} : { kill: found.kill };
}

/** When it began to run is not kept: counting from the launch ends it a little early rather than never. */
function completionPart(
  record: RunRecord,
  task: TaskRun,
  stage: TaskRun["stage"],
): Pick<TaskRun, "completionDueMs"> {
  const ns = task.info.max_completion_time?.nanoseconds;
  if (ns === undefined || stage !== "running") return {};
  return { completionDueMs: record.receivedAtMs + ns / 1e6 };
}

function stageOf(stream: UpdateStream): TaskRun["stage"] {
  if (isTerminalState(stream.latestState)) return "ended";
  switch (stream.latestState) {
    case "TASK_STAGING":
      return "staging";
    case "TASK_STARTING":
      return "starting";
    default:
      return "running";
  }
}
