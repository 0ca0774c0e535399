import type { Phase } from "../../../api/crd/v1alpha1/common/common-status.ts";
import type { MarathonAppStatus } from "../../../api/crd/v1alpha1/marathon-app/status.ts";
import type { AppDefinition } from "../../../api/marathon/app.ts";
import { isReady } from "../status/app-pod.ts";
import { endingTasks } from "../status/ending-tasks.ts";
import { queueState, type QueueState } from "../status/queue-reason.ts";
import { rolloutProgress, rolloutState } from "../status/rollout-state.ts";
import { taskCounts } from "../status/task-counts.ts";
import { lastTaskFailure } from "../status/task.ts";
import { fidelityStatus, type FidelityItem } from "../manifests/fidelity.ts";
import { APP_LABEL } from "../manifests/names.ts";
import type { ChangeRecord } from "./change-record.ts";
import {
  decideConditions,
  isDeploying,
  type ConditionInput,
  type WantedCondition,
} from "./conditions.ts";
import type { MarathonAppSeen } from "./marathon-app-seen.ts";
import type { Stalled } from "./stalled.ts";

/** The status without transition times, which the writer fills in. */
export type WantedStatus = Omit<MarathonAppStatus, "conditions"> & {
  readonly conditions: readonly WantedCondition[];
};

export interface StatusInput {
  readonly seen: MarathonAppSeen;
  readonly app: AppDefinition | undefined;
  readonly versions: ChangeRecord | undefined;
  readonly servicePorts: readonly number[];
  readonly stalled: Stalled | undefined;
  readonly isWriting: boolean;
  readonly waitsFor: readonly string[];
  readonly isPaused: boolean;
  readonly drift: string | undefined;
  readonly fidelity: readonly FidelityItem[];
}

function phaseOf(conditions: readonly WantedCondition[]): Phase {
  const has = (type: string): boolean =>
    conditions.some((c) => c.type === type && c.status === "True");
  if (has("Stalled")) return "Stalled";
  if (has("ReconciliationPaused")) return "Paused";
  if (has("Reconciling")) return "Progressing";
  return has("Ready") ? "Ready" : "Degraded";
}

function queueBlock(queue: QueueState) {
  return {
    ...(queue.reason ? { reason: queue.reason } : {}),
    message: queue.message,
    since: queue.since,
  };
}

/** Members that the app sets beside its id; what fidelity is counted over. */
function fieldCount(app: AppDefinition): number {
  return Object.values(app).filter(
    (value) =>
      value !== undefined &&
      value !== "" &&
      !(typeof value === "object" && Object.keys(value as object).length === 0),
  ).length;
}

/** The last status said so of this very version; a rollout stays finished until the version changes. */
function wasCompleted({ seen, versions }: StatusInput): boolean {
  const { status } = seen.object;
  const deploying = status?.conditions?.find(({ type }) => type === "Deploying");
  return (
    versions !== undefined && status?.version === versions.version && deploying?.status === "False"
  );
}

function conditionInput(input: StatusInput, queue: QueueState | undefined): ConditionInput {
  const { seen, app } = input;
  const pods = seen.pods;
  const isCompleted = wasCompleted(input);
  return {
    generation: seen.object.metadata.generation,
    app,
    stalled: input.stalled,
    rollout: rolloutState(seen.rollout),
    isWriting: input.isWriting,
    waitsFor: input.waitsFor,
    isCompleted,
    isPaused: input.isPaused,
    ending: isCompleted ? 0 : endingTasks(pods, seen.nowMs).count,
    drift: input.drift,
    counts: app ? taskCounts(app, pods) : { staged: 0, running: 0, healthy: 0, unhealthy: 0 },
    readyPods: pods.filter((pod) => isReady(pod) && !pod.metadata.deletionTimestamp).length,
    queue,
    fidelity: input.fidelity,
  };
}

/** What became of the app, from what was seen and what is planned; computed once per look. */
export function decideStatus(input: StatusInput): WantedStatus {
  const { seen, app, versions, servicePorts } = input;
  const { metadata, spec } = seen.object;
  const queue = queueState(seen.pods);
  const forConditions = conditionInput(input, queue);
  const conditions = decideConditions(forConditions);
  const failure = lastTaskFailure(spec.id, seen.pods);
  const progress = rolloutProgress(seen.rollout);
  const deploying = versions !== undefined && isDeploying(forConditions);
  return {
    observedGeneration: metadata.generation,
    conditions,
    phase: phaseOf(conditions),
    message: conditions[0]?.message ?? "",
    ...(versions
      ? {
          version: versions.version,
          versionInfo: {
            lastScalingAt: versions.lastScalingAt,
            lastConfigChangeAt: versions.lastConfigChangeAt,
          },
        }
      : {}),
    ...(deploying ? { deployments: [{ id: versions.deploymentId }] } : {}),
    instances: seen.rollout?.status?.replicas ?? 0,
    selector: `${APP_LABEL}=${metadata.name}`,
    tasks: forConditions.counts,
    ...(servicePorts.length > 0 ? { servicePorts: [...servicePorts] } : {}),
    ...(queue ? { queue: queueBlock(queue) } : {}),
    ...(failure ? { lastTaskFailure: failure } : {}),
    ...(progress ? { rollout: progress } : {}),
    ...(app ? { fidelity: fidelityStatus(input.fidelity, fieldCount(app)) } : {}),
  };
}
