import { pathSegments, resolvePath } from "../../domain/marathon/app/app-path.ts";
import { MARATHON_APP } from "../../api/crd/v1alpha1/marathon-app/marathon-app.ts";
import {
  decideMarathonApp,
  type MarathonAppPlan,
} from "../../domain/marathon/decide/decide-marathon-app.ts";
import type { MarathonAppSeen } from "../../domain/marathon/decide/marathon-app-seen.ts";
import { APP_LABEL } from "../../domain/marathon/manifests/names.ts";
import type { RenderSettings } from "../../domain/marathon/manifests/render-input.ts";
import { ActionRunner } from "../../runtime/apply/action-runner.ts";
import { Controller } from "../../runtime/controller/controller.ts";
import type { Informers } from "../../runtime/informer/informers.ts";
import {
  keyOf,
  objectKey,
  type KubeObject,
  type ObjectKey,
} from "../../runtime/kube/kube-object.ts";
import type { Clock } from "../../runtime/ports/clock.ts";
import type { EventRecorder } from "../../runtime/ports/event-recorder.ts";
import type { KubeReader, KubeWriter } from "../../runtime/ports/kube-transport.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import type { Meter } from "../../runtime/ports/meter.ts";
import type { Random } from "../../runtime/ports/random.ts";
import { StatusWriter } from "../../runtime/status/status-writer.ts";
import type { UrgentPart } from "../../runtime/status/decide-status-write.ts";
import type { MarathonAppStatus } from "../../api/crd/v1alpha1/marathon-app/status.ts";
import type { Reconciler, ReconcileResult } from "../../runtime/controller/reconciler.ts";
import { findCondition } from "../../runtime/status/condition.ts";
import { applyMarathonApp, type Applied } from "./apply.ts";
import { INDEX, marathonAppCaches } from "./caches.ts";
import { observeMarathonApp } from "./observe.ts";
import { conditionsOf, type AppObject, type MarathonAppCaches } from "./ports.ts";
import { ServicePortClaims } from "./service-port-claims.ts";
import {
  StoredVersions,
  type VersionCodec,
} from "../../domain/marathon/versions/stored-versions.ts";

export interface MarathonAppControllerParts {
  readonly informers: Informers;
  readonly kube: KubeReader & KubeWriter;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly meter: Meter;
  readonly events: EventRecorder;
  readonly codec: VersionCodec;
  readonly settings: RenderSettings;
  readonly defaultCluster?: string;
  readonly maxConcurrent?: number;
}

const appKey = ({ metadata }: KubeObject): readonly ObjectKey[] => {
  const name = metadata.labels?.[APP_LABEL];
  return name === undefined ? [] : [objectKey(metadata.namespace, name)];
};

/** Apps that wait for this one: by its id, or by any group it is in. */
function dependents(caches: MarathonAppCaches) {
  return ({ metadata, spec }: AppObject): readonly ObjectKey[] => {
    const segments = pathSegments(resolvePath(spec.id));
    const paths = segments.map((_, i) => `/${segments.slice(0, i + 1).join("/")}`);
    return paths.flatMap((path) =>
      caches.apps.byIndex(INDEX.dependency, `${metadata.namespace ?? ""} ${path}`).map(keyOf),
    );
  };
}

/** Tells people what a look decided that they would want to know, with the same words as the conditions. */
function announce(events: EventRecorder, plan: MarathonAppPlan, seen: MarathonAppSeen): void {
  const object = seen.object as unknown as AppObject;
  for (const action of plan.actions) {
    if (action.kind !== "adopt" && action.kind !== "revertTemplate") continue;
    const isAdopted = action.kind === "adopt";
    events.record(object, {
      type: isAdopted ? "Normal" : "Warning",
      reason: isAdopted ? "EditAdopted" : "RolloutDrift",
      action: isAdopted ? "Adopted" : "Reverted",
      note: isAdopted
        ? `an edit of the Rollout is now version ${action.change.version}`
        : (findCondition(plan.status.conditions, "Drift")?.message ?? "the edit was taken back"),
    });
  }
  const stalled = findCondition(plan.status.conditions, "Stalled");
  const before = findCondition(conditionsOf(object), "Stalled");
  if (stalled && stalled.reason !== before?.reason) {
    const { reason, message } = stalled;
    events.record(object, { type: "Warning", reason, action: "Stalled", note: message });
  }
}

/** Written at once: what clients of the API wait for. Counts and progress may be seconds old. */
const urgentPart: UrgentPart = (status) => {
  const { conditions = [], version, deployments, servicePorts } = status as MarathonAppStatus;
  const flips = conditions.map(({ type, status: state, reason }) => [type, state, reason]);
  return { flips, version, deployments, servicePorts };
};

function resultOf(plan: MarathonAppPlan, { outcome, statusDueMs }: Applied): ReconcileResult {
  const planActions = plan.actions.length;
  switch (outcome.kind) {
    case "applied": {
      const afterMs = Math.min(statusDueMs ?? Infinity, plan.requeueAfterMs ?? Infinity);
      return afterMs === Infinity
        ? { kind: "done", planActions }
        : { kind: "requeueAfter", afterMs, planActions };
    }
    case "stale":
    case "failed":
      return outcome;
  }
}

/**
 * The controller of MarathonApps: one app per key, woken by the app, its children, its Pods, its cluster and the apps it
 * waits for.
 */
export function createMarathonAppController(parts: MarathonAppControllerParts): Controller {
  const { informers, kube, clock, meter, events } = parts;
  const caches = marathonAppCaches(informers);
  const versions = new StoredVersions(parts.codec);
  const claims = new ServicePortClaims();
  const runner = new ActionRunner(meter);
  const status = new StatusWriter({
    kind: MARATHON_APP,
    clock,
    fieldManager: "orchestrator",
    urgent: urgentPart,
  });
  const applyParts = { caches, kube, runner, status, versions, claims };
  const reconciler: Reconciler = {
    async reconcile(key, context) {
      if (!caches.apps.get(key)) claims.release(key);
      const observing = { ...parts, caches, versions, claims };
      const seen = await observeMarathonApp(observing, key, context.signal);
      if (!seen) return { kind: "done", planActions: 0 };
      const plan = decideMarathonApp(seen);
      announce(events, plan, seen);
      return resultOf(plan, await applyMarathonApp(applyParts, plan, seen, context));
    },
  };
  const controller = new Controller({
    name: "marathon-app",
    reconciler,
    kube,
    clock,
    random: parts.random,
    logger: parts.logger,
    meter,
    ...(parts.maxConcurrent === undefined ? {} : { maxConcurrent: parts.maxConcurrent }),
  });
  const inNamespace = ({ metadata }: KubeObject): readonly ObjectKey[] =>
    [...caches.apps.list()]
      .filter((app) => app.metadata.namespace === metadata.namespace)
      .map(keyOf);
  return controller
    .reconciles(caches.apps)
    .owns(caches.apps, dependents(caches))
    .owns(caches.rollouts, appKey)
    .owns(caches.services, appKey)
    .owns(caches.budgets, appKey)
    .owns(caches.versions, appKey)
    .owns(caches.pods, appKey)
    .owns(caches.clusters, inNamespace, () => false);
}
