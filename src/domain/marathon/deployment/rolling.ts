/** What a rolling restart starts from. */
export interface RollingInput {
  readonly instances: number;
  /** Running instances of the versions before. */
  readonly old: { readonly healthy: number; readonly unhealthy: number };
  readonly minimumHealthCapacity: number;
  readonly maximumOverCapacity: number;
  /** Persistent apps may not run more than `instances`. */
  readonly resident: boolean;
}

export interface RestartNumbers {
  /** Instances that stay healthy at every moment. */
  readonly minHealthy: number;
  /** Instances that exist at most at any moment. */
  readonly maxCapacity: number;
  /** Old instances to kill before anything is started. */
  readonly killNow: number;
}

/** `ceil(instances · factor)` in IEEE doubles, without epsilon, as Marathon computes it: 100 · 0.07 gives 8. */
export function minHealthyOf(instances: number, factor: number): number {
  return Math.ceil(instances * factor);
}

/** `floor(instances · (1 + factor))` in IEEE doubles: 100 · 1.15 gives 114. */
export function maxCapacityOf(instances: number, factor: number): number {
  return Math.floor(instances * (1 + factor));
}

/** Instances after `scaleBy` of a group: `ceil(instances · factor)`. */
export function scaledBy(instances: number, factor: number): number {
  return Math.ceil(instances * factor);
}

/**
 * The bounds of a restart and its first kill.
 * Example: 3 instances, minimum 0.5, no over-capacity → keep 2, at most 3, kill 1 at once.
 * @see marathon@1.10 core/deployment/impl/TaskReplaceActor.scala computeRestartStrategy
 */
export function restartNumbers(input: RollingInput): RestartNumbers {
  const { instances, old } = input;
  const current = old.healthy + old.unhealthy;
  const minHealthy = minHealthyOf(instances, input.minimumHealthCapacity);
  let maxCapacity = maxCapacityOf(instances, input.maximumOverCapacity);
  let killNow = Math.max(0, old.healthy - minHealthy);
  if (minHealthy === maxCapacity && maxCapacity <= old.healthy) {
    if (input.resident) killNow = old.healthy - minHealthy + 1;
    else maxCapacity += 1;
  }
  if (instances < current) killNow = Math.max(current - instances, killNow);
  return { minHealthy, maxCapacity, killNow };
}

/** A rolling restart on its way; counts only, so that any set of instances can follow it. */
export interface RollingState {
  readonly instances: number;
  readonly maxCapacity: number;
  /** Old ones not gone yet, those being killed included. */
  readonly oldActive: number;
  /** Old ones nobody has been told to kill. */
  readonly oldToKill: number;
  readonly started: number;
  readonly newReady: number;
}

export type RollingEvent = "oldGone" | "newReady" | "newFailed";

export interface RollingStep {
  readonly state: RollingState;
  /** Old instances to kill now, unhealthy ones first. */
  readonly kill: number;
  /** New instances to start now. */
  readonly start: number;
  readonly done: boolean;
}

function startable(state: RollingState): number {
  const room = Math.max(0, state.maxCapacity - state.oldActive - state.started);
  return Math.min(state.instances - state.started, room);
}

function settle(state: RollingState, kill: number): RollingStep {
  const start = Math.max(0, startable(state));
  const next = { ...state, started: state.started + start, oldToKill: state.oldToKill - kill };
  const done = next.instances === 0 || (next.newReady >= next.instances && next.oldActive === 0);
  return { state: next, kill, start, done };
}

/** The first step: kill what is over the minimum, start what fits. */
export function igniteRolling(input: RollingInput): RollingStep {
  const { maxCapacity, killNow } = restartNumbers(input);
  const oldActive = input.old.healthy + input.old.unhealthy;
  const state: RollingState = {
    instances: input.instances,
    maxCapacity,
    oldActive,
    oldToKill: oldActive,
    started: 0,
    newReady: 0,
  };
  return settle(state, Math.min(killNow, oldActive));
}

/** The next step after one event. A new instance that fails is relaunched by the queue and changes nothing here. */
export function advanceRolling(state: RollingState, event: RollingEvent): RollingStep {
  switch (event) {
    case "oldGone": {
      const oldActive = Math.max(0, state.oldActive - 1);
      return settle({ ...state, oldActive, oldToKill: Math.min(state.oldToKill, oldActive) }, 0);
    }
    case "newReady":
      return settle({ ...state, newReady: state.newReady + 1 }, Math.min(1, state.oldToKill));
    case "newFailed":
      return { state, kill: 0, start: 0, done: false };
  }
}
