import type { AppDefinition } from "../../../api/marathon/app.ts";
import type { TaskCounts } from "../../../api/marathon/answers.ts";
import type { FidelityItem } from "../manifests/fidelity.ts";
import type { QueueState } from "../status/queue-reason.ts";
import type { RolloutState } from "../status/rollout-state.ts";
import type { Stalled } from "./stalled.ts";

/** A condition as decided; when it changed follows from what was there. */
export interface WantedCondition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration: number;
}

export const READY_REASONS = [
  "Running",
  "Deploying",
  "Unhealthy",
  "WaitingForResources",
  "WaitingForDependencies",
  "ScaledToZero",
  "Suspended",
  "Unmanaged",
] as const;

/** What the conditions are made from. */
export interface ConditionInput {
  readonly generation: number;
  readonly app: AppDefinition | undefined;
  readonly stalled: Stalled | undefined;
  readonly rollout: RolloutState;
  /** The live Rollout does not hold what is wanted yet. */
  readonly isWriting: boolean;
  readonly waitsFor: readonly string[];
  /** This version was rolled out once: what happens to instances since then is healing, not a deployment. */
  readonly isCompleted: boolean;
  readonly isPaused: boolean;
  /** Tasks that were told to end and have not, while a deployment waits for them. */
  readonly ending: number;
  readonly drift: string | undefined;
  readonly counts: TaskCounts;
  readonly readyPods: number;
  readonly queue: QueueState | undefined;
  readonly fidelity: readonly FidelityItem[];
}

interface Verdict {
  readonly reason: (typeof READY_REASONS)[number] | Stalled["reason"];
  readonly message: string;
}

/** A change is on its way and not finished. */
export function isDeploying(input: ConditionInput): boolean {
  const { rollout, isWriting, waitsFor, isPaused, isCompleted, ending } = input;
  if (isPaused) return rollout.kind === "progressing" || rollout.kind === "unseen";
  if (isWriting || waitsFor.length > 0) return true;
  return !isCompleted && (rollout.kind !== "healthy" || ending > 0);
}

/** What a deployment waits for now; empty = its instances. */
function deploymentDetail({ rollout, ending }: ConditionInput): string {
  if (rollout.kind === "healthy" && ending > 0) {
    return `waits until ${ending} ${ending === 1 ? "task has" : "tasks have"} ended`;
  }
  return "message" in rollout ? rollout.message : "";
}

function whyNotReady(input: ConditionInput): Verdict | undefined {
  const { app, stalled, rollout, waitsFor, queue, readyPods } = input;
  if (stalled) return stalled;
  if (waitsFor.length > 0) {
    const message = `waits until these have finished their change: ${waitsFor.join(", ")}`;
    return { reason: "WaitingForDependencies", message };
  }
  if (rollout.kind === "paused" && rollout.byPerson) {
    return { reason: "Suspended", message: "the rollout is paused by a person" };
  }
  if (queue && readyPods < (app?.instances ?? 0)) {
    return { reason: "WaitingForResources", message: queue.message };
  }
  if (isDeploying(input)) {
    const message = deploymentDetail(input) || "the change is being rolled out";
    return { reason: "Deploying", message };
  }
  if (readyPods < (app?.instances ?? 0)) {
    const message = `${readyPods} of ${app?.instances ?? 0} instances are ready`;
    return { reason: "Unhealthy", message };
  }
  return undefined;
}

function ready(input: ConditionInput): Omit<WantedCondition, "observedGeneration"> {
  const why = whyNotReady(input);
  if (why) return { type: "Ready", status: "False", ...why };
  return input.app?.instances === 0
    ? { type: "Ready", status: "True", reason: "ScaledToZero", message: "no instances wanted" }
    : {
        type: "Ready",
        status: "True",
        reason: "Running",
        message: `${input.readyPods} instances are ready`,
      };
}

function mapped(fidelity: readonly FidelityItem[]): Omit<WantedCondition, "observedGeneration"> {
  const dropped = fidelity.filter(({ level }) => level === "Dropped");
  if (dropped.length > 0) {
    const message = dropped.map(({ field }) => field).join(", ");
    return { type: "Mapped", status: "False", reason: "FieldsDropped", message };
  }
  return fidelity.length > 0
    ? {
        type: "Mapped",
        status: "True",
        reason: "FieldsApproximated",
        message: fidelity.map(({ field }) => field).join(", "),
      }
    : { type: "Mapped", status: "True", reason: "AllFieldsMapped", message: "" };
}

/**
 * All conditions in their order. Ready, Deploying and Mapped are always there; Reconciling, Stalled, ReconciliationPaused
 * and Drift only when true, as kstatus reads them.
 */
export function decideConditions(input: ConditionInput): WantedCondition[] {
  const { stalled, drift, generation } = input;
  const deploying = isDeploying(input);
  const wanted: Omit<WantedCondition, "observedGeneration">[] = [
    ready(input),
    {
      type: "Deploying",
      status: deploying ? "True" : "False",
      reason: deploying ? "RollingOut" : "Settled",
      message: deploymentDetail(input),
    },
    ...(input.app ? [mapped(input.fidelity)] : []),
  ];
  if (stalled) wanted.push({ type: "Stalled", status: "True", ...stalled });
  else if (deploying) {
    const reason = input.waitsFor.length > 0 ? "WaitingForDependency" : "Updating";
    wanted.push({ type: "Reconciling", status: "True", reason, message: "" });
  }
  if (input.isPaused) {
    const message = "spec.paused is set: no child is changed";
    wanted.push({ type: "ReconciliationPaused", status: "True", reason: "Paused", message });
  }
  if (drift !== undefined) {
    wanted.push({ type: "Drift", status: "True", reason: "RolloutDrift", message: drift });
  }
  return wanted.map((condition) => ({ ...condition, observedGeneration: generation }));
}
