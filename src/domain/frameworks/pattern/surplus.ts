import type { SchedulerCall } from "../../../api/mesos/scheduler-call.ts";
import { killCall } from "../scheduler-calls.ts";
import { type PatternSpec, wantedInstances } from "./pattern-spec.ts";
import { type PatternState, type PatternTask, sinceStartMs, tasksOf } from "./pattern-state.ts";

/** Kills what is beyond the wanted number, highest place first, and companions that nothing stands beside any more. */
export function killSurplus(
  spec: PatternSpec,
  state: PatternState,
): { readonly state: PatternState; readonly calls: readonly SchedulerCall[] } {
  if (!state.isSynced) return { state, calls: [] };
  const surplus = spec.components.flatMap(({ name }) => surplusOf(spec, state, name));
  const doomed = new Set(surplus.map(({ id }) => id));
  const lonely = spec.components.flatMap((it) => lonelyCompanions(state, it, doomed));
  const tasks = new Map(state.tasks);
  for (const task of [...surplus, ...lonely]) tasks.set(task.id, { ...task, isKillSent: true });
  return {
    state: { ...state, tasks },
    calls: [...surplus, ...lonely].map(({ id, agentId }) => killCall(id, agentId)),
  };
}

function surplusOf(spec: PatternSpec, state: PatternState, name: string): readonly PatternTask[] {
  const wanted = wantedInstances(spec, name, sinceStartMs(state));
  const live = tasksOf(state, name).filter(({ isKillSent }) => !isKillSent);
  return live.toSorted((a, b) => a.index - b.index).slice(wanted);
}

function lonelyCompanions(
  state: PatternState,
  { name, companion }: PatternSpec["components"][number],
  doomed: ReadonlySet<string>,
): readonly PatternTask[] {
  if (companion?.as !== "task" || companion.endsWith !== "tasks") return [];
  const agents = new Set(
    tasksOf(state, name)
      .filter(({ id, isKillSent }) => !doomed.has(id) && !isKillSent)
      .map(({ agentId }) => agentId),
  );
  return tasksOf(state, companion.name).filter(
    ({ agentId, isKillSent }) => !isKillSent && !agents.has(agentId),
  );
}
