import type { TaskState } from "../../../api/mesos/task-status.ts";
import type { FrameworkEnd } from "../framework-logic.ts";
import type { PatternSpec } from "./pattern-spec.ts";
import { wantedInstances } from "./pattern-spec.ts";
import type { TaskName } from "./task-name.ts";

/** A task without a terminal state. */
export interface PatternTask extends TaskName {
  readonly id: string;
  /** Undefined only while nothing but a status without agent was heard. */
  readonly agentId: string | undefined;
  readonly state: TaskState;
  readonly isKillSent: boolean;
}

export interface AgentAddress {
  readonly hostname: string;
  readonly ip: string;
}

/** Failures of a component since it last ran. */
export interface Failures {
  readonly count: number;
  readonly retryAtMs: number;
}

/** Where a pattern stands; frozen, replaced by every input. */
export interface PatternState {
  /** Makes the ids of this process unlike those of the ones before it. */
  readonly incarnation: string;
  /** Monotonic ms of the first SUBSCRIBED. */
  readonly startedMs: number | undefined;
  readonly nowMs: number;
  readonly launched: number;
  readonly tasks: ReadonlyMap<string, PatternTask>;
  /** Tasks of before the last subscription of which nothing was heard since. */
  readonly unheard: ReadonlySet<string>;
  /** The master said all it knows of our tasks: only then it is known what is missing. */
  readonly isSynced: boolean;
  readonly agents: ReadonlyMap<string, AgentAddress>;
  /** Tasks that finished, by component. */
  readonly finished: ReadonlyMap<string, number>;
  readonly failures: ReadonlyMap<string, Failures>;
  /** Failures by `component agentId`. */
  readonly agentFailures: ReadonlyMap<string, number>;
  /** Launches in a row that were refused as wrong, by component. */
  readonly refusals: ReadonlyMap<string, number>;
  /** Agent by `component-index`, of components that have a home. */
  readonly homes: ReadonlyMap<string, string>;
  /** Those of them that were asked for and of which nothing was seen yet: the master may have refused. */
  readonly homesToBe: ReadonlySet<string>;
  /** Monotonic ms before which no new home is made: reservations of before are not yet offered again. */
  readonly homesKnownAtMs: number;
  readonly isSuppressed: boolean;
  readonly end?: FrameworkEnd;
}

/** The start of a process; `homes` is what an earlier one kept, undefined if nothing was kept. */
export function startPattern(
  incarnation: string,
  homes?: ReadonlyMap<string, string>,
): PatternState {
  return {
    incarnation,
    startedMs: undefined,
    nowMs: 0,
    launched: 0,
    tasks: new Map(),
    unheard: new Set(),
    isSynced: false,
    agents: new Map(),
    finished: new Map(),
    failures: new Map(),
    agentFailures: new Map(),
    refusals: new Map(),
    homes: homes ?? new Map(),
    homesToBe: new Set(),
    homesKnownAtMs: homes === undefined ? HOMES_UNKNOWN_MS : 0,
    isSuppressed: false,
  };
}

/** How long a process that kept no homes waits for its reservations to be offered: two default filters. */
const HOMES_UNKNOWN_MS = 10_000;
/** The same after a launch that came to nothing: what was reserved for it is offered again without a filter. */
const HOME_UNSURE_MS = 2_000;

/** The home is there: its reservation was offered, or its task runs. */
export function withHome(state: PatternState, key: string, agentId: string): PatternState {
  if (state.homes.get(key) === agentId && !state.homesToBe.has(key)) return state;
  const homesToBe = new Set(state.homesToBe);
  homesToBe.delete(key);
  return { ...state, homes: new Map(state.homes).set(key, agentId), homesToBe };
}

/** The home was asked for in the same ACCEPT as the launch. */
export function withHomeToBe(state: PatternState, key: string, agentId: string): PatternState {
  if (state.homes.get(key) === agentId) return state;
  return {
    ...state,
    homes: new Map(state.homes).set(key, agentId),
    homesToBe: new Set(state.homesToBe).add(key),
  };
}

/** The launch came to nothing: whether the home was made shows in the offers to come. */
export function withoutHomeToBe(state: PatternState, key: string): PatternState {
  return state.homesToBe.has(key) ? withoutHomes(state, [key]) : state;
}

/** They were given back, or never were; what is still there will be offered again. */
export function withoutHomes(state: PatternState, keys: readonly string[]): PatternState {
  const homes = new Map(state.homes);
  const homesToBe = new Set(state.homesToBe);
  for (const key of keys) {
    homes.delete(key);
    homesToBe.delete(key);
  }
  const homesKnownAtMs = Math.max(state.homesKnownAtMs, sinceStartMs(state) + HOME_UNSURE_MS);
  return { ...state, homes, homesToBe, homesKnownAtMs };
}

export function sinceStartMs({ startedMs, nowMs }: PatternState): number {
  return startedMs === undefined ? 0 : nowMs - startedMs;
}

export function tasksOf(state: PatternState, component: string): readonly PatternTask[] {
  return [...state.tasks.values()].filter((task) => task.component === component);
}

/** How many more of a component to launch now, by the count alone; what it must wait for is `isReady`. */
export function missingInstances(spec: PatternSpec, state: PatternState, name: string): number {
  const component = spec.components.find((it) => it.name === name);
  if (component === undefined) return 0;
  const live = tasksOf(state, name).filter(({ isKillSent }) => !isKillSent);
  const wanted = wantedInstances(spec, name, sinceStartMs(state));
  if (component.coresMax !== undefined && coresLeft(spec, state, name) <= 0) return 0;
  if (component.finishCount === undefined) return Math.max(0, wanted - live.length);
  const unfinished = component.finishCount - (state.finished.get(name) ?? 0) - live.length;
  return Math.max(0, Math.min(wanted - live.length, unfinished));
}

/** Whole cores that a component may still take; Infinity without `coresMax`. */
export function coresLeft(spec: PatternSpec, state: PatternState, name: string): number {
  const component = spec.components.find((it) => it.name === name);
  if (component?.coresMax === undefined) return Infinity;
  const held = tasksOf(state, name).reduce((sum, { cpuMillis }) => sum + cpuMillis, 0);
  const left = component.coresMax - held / 1000;
  return left * 1000 < component.cpuMillis ? 0 : Math.floor(left);
}

/** Whether nothing stands in the way of the next instance: no back-off, and all that comes before it runs. */
export function isReady(spec: PatternSpec, state: PatternState, name: string): boolean {
  const component = spec.components.find((it) => it.name === name);
  if (component === undefined || !state.isSynced) return false;
  if ((state.failures.get(name)?.retryAtMs ?? 0) > state.nowMs) return false;
  if (component.isOneByOne && tasksOf(state, name).some((it) => it.state !== "TASK_RUNNING")) {
    return false;
  }
  return component.after.every((before) => isWhole(spec, state, before));
}

function isWhole(spec: PatternSpec, state: PatternState, name: string): boolean {
  const running = tasksOf(state, name).filter((it) => it.state === "TASK_RUNNING").length;
  return running >= wantedInstances(spec, name, sinceStartMs(state));
}

/** The components that could use an offer now. */
export function hungryComponents(spec: PatternSpec, state: PatternState): readonly string[] {
  return spec.components
    .map(({ name }) => name)
    .filter((name) => missingInstances(spec, state, name) > 0 && isReady(spec, state, name));
}
