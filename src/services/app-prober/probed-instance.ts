import type { AppDefinition } from "../../api/marathon/app.ts";
import {
  advanceCheck,
  isGateOpen,
  newCheckState,
  type CheckResult,
  type CheckState,
} from "../../domain/marathon/probing/check-state.ts";
import {
  HEALTH_GATE,
  READY_GATE,
  proberChecks,
  type ProberCheck,
} from "../../domain/marathon/probing/prober-checks.ts";
import { podCondition, taskContainer, type AppPod } from "../../domain/marathon/status/app-pod.ts";

export interface GateCondition {
  readonly type: string;
  readonly status: "True" | "False";
  readonly reason: string;
  readonly message: string;
}

export interface RunningCheck {
  readonly check: ProberCheck;
  state: CheckState;
  isOver: boolean;
}

const GATES = { health: HEALTH_GATE, readiness: READY_GATE } as const;

/** When the task of the Pod started, or `undefined` while it does not run or is being ended. */
export function runningSince(pod: AppPod): string | undefined {
  if (pod.metadata.deletionTimestamp !== undefined) return undefined;
  return taskContainer(pod)?.state?.running?.startedAt;
}

/** One incarnation of an instance with what its checks said so far. */
export class ProbedInstance {
  readonly app: AppDefinition;
  readonly startedAt: string;
  readonly checks: readonly RunningCheck[];
  readonly #causes = new Map<string, string>();
  readonly #isReadyAtOnce: boolean;
  pod: AppPod;

  /** @param isReadyAtOnce the instance was not started by a deployment, so nobody waits for its readiness check */
  constructor(app: AppDefinition, pod: AppPod, startedAt: string, isReadyAtOnce: boolean) {
    this.app = app;
    this.pod = pod;
    this.startedAt = startedAt;
    this.#isReadyAtOnce = isReadyAtOnce;
    const startedMs = Date.parse(startedAt);
    this.checks = proberChecks(app).map((check) => ({
      check,
      state: newCheckState(startedMs),
      isOver: check.purpose === "readiness" && isReadyAtOnce,
    }));
  }

  /** True when the task failed too often. */
  record(running: RunningCheck, result: CheckResult, nowMs: number): boolean {
    const step = advanceCheck(running.check, running.state, result, nowMs);
    running.state = step.state;
    running.isOver = step.isOver;
    this.#causes.set(running.check.name, result.cause ?? "");
    return step.kill;
  }

  /** The gates as they should be; one whose checks have not all answered stays as it is. */
  gates(): GateCondition[] {
    return (["health", "readiness"] as const).flatMap((purpose) => {
      const own = this.checks.filter(({ check }) => check.purpose === purpose);
      return own.length === 0 ? [] : this.#gate(purpose, own);
    });
  }

  /** True when a gate of the Pod is not as it should be. */
  isOutdated(): boolean {
    return this.gates().some(({ type, status }) => podCondition(this.pod, type)?.status !== status);
  }

  #gate(purpose: "health" | "readiness", own: readonly RunningCheck[]): GateCondition[] {
    const type = GATES[purpose];
    if (purpose === "readiness" && this.#isReadyAtOnce) {
      const message = "not started by a deployment";
      return [{ type, status: "True", reason: "NotAwaited", message }];
    }
    const states = own.map(({ state }) => state);
    if (states.some(({ last }) => last === undefined)) return this.#asItIs(type);
    if (isGateOpen(states)) {
      return [{ type, status: "True", reason: "ChecksPassed", message: "" }];
    }
    const failed = own.filter(({ state }) => state.last === "failed");
    const message = failed
      .map(({ check }) => `${check.name}: ${this.#causes.get(check.name) ?? ""}`)
      .join("; ")
      .slice(0, 1_024);
    return [{ type, status: "False", reason: "CheckFailed", message }];
  }

  /** After a restart of the operator, the last known result counts until there is a new one. */
  #asItIs(type: string): GateCondition[] {
    const known = podCondition(this.pod, type);
    if (known?.status !== "True" && known?.status !== "False") return [];
    const { status, reason = "Unknown", message = "" } = known;
    return [{ type, status, reason, message }];
  }
}
