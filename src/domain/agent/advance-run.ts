import { assertNever } from "../../api/invariant.ts";
import type {
  KillCause,
  Run,
  RunEffect,
  RunInput,
  RunRules,
  StatusDraft,
  StopOrder,
  TaskRun,
  TaskSeen,
} from "./run.ts";
import { isGroup } from "./run.ts";
import { judgeEnd } from "./judge-end.ts";
import { hasCapability, type TaskEnd } from "./task-state.ts";
import { isTerminalState } from "../mesos/task-state.ts";

export interface RunStep {
  readonly run: Run;
  /** To be applied in this order; a status is durable before the next one is made. */
  readonly effects: readonly RunEffect[];
}

/**
 * The life of a launch, as the command and default executors of Mesos live it:
 *
 *     staging ─created─► starting ─first running─► running ─end─► ended
 *        └─ kill before creating: KILLED, never created
 *
 * Inputs about ended tasks change nothing. A member of a group that ends FAILED or KILLED takes the others with it.
 * @see mesos@1.11 src/launcher/executor.cpp, src/launcher/default_executor.cpp
 */
export function advanceRun(run: Run, input: RunInput, rules: RunRules): RunStep {
  switch (input.kind) {
    case "creating":
      return { run: { ...run, phase: "creating" }, effects: [] };
    case "created":
      return created(run);
    case "launchFailed":
      return endAll(run, input.end);
    case "seen":
      return observe(run, input.taskId, input.seen, rules);
    case "kill":
      return kill(run, [input.taskId], input.cause ?? "request", input, rules);
    case "killAll":
      return kill(run, liveIds(run), input.cause, input, rules);
    case "due":
      return completionTimes(run, rules);
    default:
      return assertNever(input);
  }
}

function created(run: Run): RunStep {
  let next: Run = { ...run, phase: "created" };
  const effects: RunEffect[] = [];
  for (const task of run.tasks) {
    if (task.stage !== "staging") continue;
    const started: TaskRun = { ...task, stage: "starting" };
    next = replaceTask(next, started);
    effects.push(status(started, { state: "TASK_STARTING", source: "SOURCE_EXECUTOR" }));
    if (task.kill !== undefined) {
      effects.push(...killingStatus(next, started, task.kill.cause), stopEffect([started]));
    }
  }
  return { run: next, effects };
}

function observe(run: Run, taskId: string, seen: TaskSeen, rules: RunRules): RunStep {
  const task = find(run, taskId);
  if (task === undefined || task.stage === "ended") return { run, effects: [] };
  if (seen.kind === "running") return nowRunning(run, task, seen, rules);
  const ran = seen.end.kind !== "verdict";
  const before =
    ran && task.stage !== "running"
      ? nowRunning(run, task, { kind: "running" }, rules)
      : { run, effects: [] };
  const current = find(before.run, taskId) ?? task;
  const after = endTask(before.run, current, seen.end, rules);
  return { run: after.run, effects: [...before.effects, ...after.effects] };
}

function nowRunning(
  run: Run,
  task: TaskRun,
  seen: Extract<TaskSeen, { kind: "running" }>,
  rules: RunRules,
): RunStep {
  const place = {
    ...(seen.ip === undefined ? {} : { ip: seen.ip }),
    ...(seen.pid === undefined ? {} : { pid: seen.pid }),
  };
  if (task.stage === "running")
    return { run: replaceTask(run, { ...task, ...place }), effects: [] };
  const limitNs = task.info.max_completion_time?.nanoseconds;
  const completionDueMs = limitNs === undefined ? undefined : rules.nowMs + limitNs / 1e6;
  const running: TaskRun = {
    ...task,
    ...place,
    stage: "running",
    ...(completionDueMs === undefined ? {} : { completionDueMs }),
  };
  const effects: RunEffect[] = [];
  if (task.stage === "staging") {
    effects.push(status(running, { state: "TASK_STARTING", source: "SOURCE_EXECUTOR" }));
  }
  // A task that is being killed does not go back to RUNNING.
  if (task.kill === undefined) {
    effects.push(status(running, { state: "TASK_RUNNING", source: "SOURCE_EXECUTOR" }));
  }
  if (completionDueMs !== undefined) effects.push({ kind: "wakeAt", dueMs: completionDueMs });
  return { run: replaceTask({ ...run, phase: "created" }, running), effects };
}

function endTask(run: Run, task: TaskRun, end: TaskEnd, rules: RunRules): RunStep {
  const draft = judgeEnd(task, end, hasCapability(run.record.framework, "PARTITION_AWARE"));
  const ended: TaskRun = { ...task, stage: "ended" };
  const next = replaceTask(run, ended);
  const effects: RunEffect[] = [status(ended, draft)];
  const others = liveIds(next);
  if (!isGroup(run.record) || others.length === 0 || draft.state === "TASK_FINISHED") {
    return { run: next, effects };
  }
  const rest = kill(next, others, "group", {}, rules);
  return { run: rest.run, effects: [...effects, ...rest.effects] };
}

function endAll(run: Run, end: TaskEnd): RunStep {
  let next = run;
  const effects: RunEffect[] = [];
  for (const task of run.tasks) {
    if (task.stage === "ended") continue;
    const ended: TaskRun = { ...task, stage: "ended" };
    next = replaceTask(next, ended);
    const draft = judgeEnd(task, end, hasCapability(run.record.framework, "PARTITION_AWARE"));
    effects.push(status(ended, draft));
  }
  return { run: next, effects };
}

function kill(
  run: Run,
  taskIds: readonly string[],
  cause: KillCause,
  grace: { readonly graceMs?: number; readonly graceMaxMs?: number },
  rules: RunRules,
): RunStep {
  if (taskIds.every((id) => find(run, id)?.stage === "ended")) return { run, effects: [] };
  if (run.phase === "admitted") return calledOff(run, cause);
  let next = run;
  const effects: RunEffect[] = [];
  const stopped: TaskRun[] = [];
  for (const id of taskIds) {
    const task = find(next, id);
    if (task === undefined || task.stage === "ended") continue;
    const dueMs = rules.nowMs + graceOf(task, grace, rules);
    if (task.kill !== undefined && task.kill.dueMs <= dueMs) continue;
    const ordered: TaskRun = { ...task, kill: { cause: task.kill?.cause ?? cause, dueMs } };
    next = replaceTask(next, ordered);
    if (task.kill === undefined && task.stage !== "staging") {
      effects.push(...killingStatus(next, ordered, cause));
    }
    stopped.push(ordered);
  }
  // While the container is being made there is nothing to stop: `created` does it.
  if (stopped.length > 0 && run.phase === "created") effects.push(stopEffect(stopped));
  return { run: next, effects };
}

function calledOff(run: Run, cause: KillCause): RunStep {
  if (cause === "preempted") {
    const message = "Task was preempted before its container was made";
    return endAll(run, {
      kind: "verdict",
      state: "TASK_GONE",
      reason: "REASON_CONTAINER_PREEMPTED",
      message,
    });
  }
  return endAll(run, {
    kind: "verdict",
    state: "TASK_KILLED",
    reason: cause === "draining" ? "REASON_AGENT_DRAINING" : "REASON_TASK_KILLED_DURING_LAUNCH",
    message: "Task was killed before its container was made",
  });
}

function completionTimes(run: Run, rules: RunRules): RunStep {
  const over = run.tasks.filter(
    (task) =>
      task.stage === "running" &&
      task.kill === undefined &&
      task.completionDueMs !== undefined &&
      task.completionDueMs <= rules.nowMs,
  );
  const ids = over.map((task) => task.info.task_id.value);
  return ids.length === 0
    ? { run, effects: [] }
    : kill(run, ids, "completionTime", { graceMs: 0 }, rules);
}

function graceOf(
  task: TaskRun,
  grace: { readonly graceMs?: number; readonly graceMaxMs?: number },
  rules: RunRules,
): number {
  const ownNs = task.info.kill_policy?.grace_period?.nanoseconds;
  const ownMs = ownNs === undefined ? rules.graceDefaultMs : ownNs / 1e6;
  return Math.min(grace.graceMs ?? ownMs, grace.graceMaxMs ?? Number.POSITIVE_INFINITY);
}

function killingStatus(run: Run, task: TaskRun, cause: KillCause): readonly RunEffect[] {
  if (!hasCapability(run.record.framework, "TASK_KILLING_STATE")) return [];
  const draft: StatusDraft = {
    state: "TASK_KILLING",
    source: "SOURCE_EXECUTOR",
    ...(cause === "draining" ? { reason: "REASON_AGENT_DRAINING" as const } : {}),
  };
  return [status(task, draft)];
}

function stopEffect(tasks: readonly TaskRun[]): RunEffect {
  const orders = tasks.flatMap(({ info, kill }): readonly StopOrder[] =>
    kill === undefined ? [] : [{ taskId: info.task_id.value, kill }],
  );
  return { kind: "stop", orders };
}

function status(task: TaskRun, draft: StatusDraft): RunEffect {
  const place = {
    ...(task.ip === undefined ? {} : { ip: task.ip }),
    ...(task.pid === undefined || isTerminalState(draft.state) ? {} : { pid: task.pid }),
  };
  return { kind: "status", taskId: task.info.task_id.value, draft: { ...place, ...draft } };
}

function find(run: Run, taskId: string): TaskRun | undefined {
  return run.tasks.find((task) => task.info.task_id.value === taskId);
}

function liveIds(run: Run): readonly string[] {
  return run.tasks.filter((task) => task.stage !== "ended").map((task) => task.info.task_id.value);
}

function replaceTask(run: Run, task: TaskRun): Run {
  const id = task.info.task_id.value;
  return { ...run, tasks: run.tasks.map((t) => (t.info.task_id.value === id ? task : t)) };
}
