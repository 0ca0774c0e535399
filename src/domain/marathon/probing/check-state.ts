import type { ProberCheck } from "./prober-checks.ts";

/** What is known of one check of one instance. */
export interface CheckState {
  /** When the task started; the grace period counts from here. */
  readonly startedMs: number;
  readonly hasPassed: boolean;
  readonly failures: number;
  /** The last result; `undefined` before the first. */
  readonly last: "passed" | "failed" | undefined;
}

export interface CheckResult {
  readonly passed: boolean;
  /** Why not, for people. */
  readonly cause?: string;
}

export interface CheckStep {
  readonly state: CheckState;
  /** End the task: it failed too often. */
  readonly kill: boolean;
  /** It will not be asked again: a readiness check ends with its first success. */
  readonly isOver: boolean;
}

export function newCheckState(startedMs: number): CheckState {
  return { startedMs, hasPassed: false, failures: 0, last: undefined };
}

/**
 * The next state after one result. Failures before the first success and within the grace period are ignored; after
 * `failuresMax` in a row the task is killed.
 * @see marathon@1.10 core/health/impl/HealthCheckActor.scala
 */
export function advanceCheck(
  check: ProberCheck,
  state: CheckState,
  result: CheckResult,
  nowMs: number,
): CheckStep {
  if (result.passed) {
    const passed: CheckState = { ...state, hasPassed: true, failures: 0, last: "passed" };
    return { state: passed, kill: false, isOver: check.purpose === "readiness" };
  }
  const inGrace = !state.hasPassed && nowMs - state.startedMs < check.graceMs;
  const failures = inGrace ? 0 : state.failures + 1;
  const kill = check.failuresMax > 0 && failures >= check.failuresMax;
  return { state: { ...state, failures, last: "failed" }, kill, isOver: false };
}

/** A gate is open when the last result of each of its checks was a success. */
export function isGateOpen(states: readonly CheckState[]): boolean {
  return states.length > 0 && states.every(({ last }) => last === "passed");
}
