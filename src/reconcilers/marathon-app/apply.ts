import { assertNever } from "../../api/invariant.ts";
import { MARATHON_APP } from "../../api/crd/v1alpha1/marathon-app/marathon-app.ts";
import { annotationPatch, specPatch } from "../../domain/marathon/decide/spec-patch.ts";
import type {
  MarathonAppAction,
  MarathonAppPlan,
} from "../../domain/marathon/decide/decide-marathon-app.ts";
import type { MarathonAppSeen, SeenChild } from "../../domain/marathon/decide/marathon-app-seen.ts";
import { ANNOTATION } from "../../domain/marathon/manifests/names.ts";
import type { LiveRollout } from "../../domain/marathon/status/rollout-state.ts";
import type { ActionRunner } from "../../runtime/apply/action-runner.ts";
import type { KubeAction } from "../../runtime/apply/kube-action.ts";
import { plannedChildren } from "../../runtime/apply/planned-children.ts";
import { previewActions } from "../../runtime/apply/preview.ts";
import type { Plan } from "../../api/crd/v1alpha1/common/common-status.ts";
import type { ReconcileContext } from "../../runtime/controller/reconciler.ts";
import { KINDS } from "../../runtime/kube/core-kinds.ts";
import type { KubeKind } from "../../runtime/kube/kube-kind.ts";
import { keyOf, objectKey, type KubeObject } from "../../runtime/kube/kube-object.ts";
import type { Outcome } from "../../runtime/loop.ts";
import type { JsonPatchOperation, KubeReader } from "../../runtime/ports/kube-transport.ts";
import { mergeConditions } from "../../runtime/status/condition.ts";
import type { StatusWriter } from "../../runtime/status/status-writer.ts";
import { conditionsOf, type AppObject, type MarathonAppCaches } from "./ports.ts";
import type { ServicePortClaims } from "./service-port-claims.ts";
import {
  versionsName,
  type StoredVersions,
} from "../../domain/marathon/versions/stored-versions.ts";

export interface ApplyParts {
  readonly kube: Pick<KubeReader, "get">;
  readonly caches: MarathonAppCaches;
  readonly runner: ActionRunner;
  readonly status: StatusWriter;
  readonly versions: StoredVersions;
  readonly claims: ServicePortClaims;
}

const ADOPT_MANAGER = "orchestrator-adopt";
/** Owns what a revert wrote for a moment only: it is disowned in the next look. */
const REVERT_MANAGER = "orchestrator-revert";

const CHILDREN: Readonly<Record<string, KubeKind>> = {
  Rollout: KINDS.Rollout,
  Service: KINDS.Service,
  PodDisruptionBudget: KINDS.PodDisruptionBudget,
};

function preconditionOf(object: KubeObject): JsonPatchOperation {
  // A `replace` of the resourceVersion answers 409 when stale; a failed `test` would answer 422, the code of a refusal.
  return {
    op: "replace",
    path: "/metadata/resourceVersion",
    value: object.metadata.resourceVersion,
  };
}

function adoptPatch(
  app: AppObject,
  { spec, change }: Extract<MarathonAppAction, { kind: "adopt" }>,
): KubeAction {
  const { name, namespace } = app.metadata;
  return {
    kind: "patch",
    target: { kind: MARATHON_APP, name, ...(namespace === undefined ? {} : { namespace }) },
    fieldManager: ADOPT_MANAGER,
    patch: {
      type: "json",
      operations: [
        preconditionOf(app),
        annotationPatch(app.metadata.annotations, ANNOTATION.change, JSON.stringify(change)),
        ...specPatch(app.spec, spec),
      ],
    },
  };
}

function rolloutPatch(rollout: KubeObject, operations: readonly JsonPatchOperation[]): KubeAction {
  const { name, namespace } = rollout.metadata;
  return {
    kind: "patch",
    target: { kind: KINDS.Rollout, name, ...(namespace === undefined ? {} : { namespace }) },
    fieldManager: REVERT_MANAGER,
    patch: { type: "json", operations: [preconditionOf(rollout), ...operations] },
  };
}

/** Reads the Rollout again, since caches keep no field sets, and leaves the entries of `managers` out. */
async function disownPatch(
  { kube }: ApplyParts,
  rollout: KubeObject,
  managers: readonly string[],
  { signal }: ReconcileContext,
): Promise<KubeAction | undefined> {
  const { name, namespace } = rollout.metadata;
  const ref = { kind: KINDS.Rollout, name, ...(namespace === undefined ? {} : { namespace }) };
  const live = await kube.get(ref, { signal });
  const entries = live?.metadata.managedFields ?? [];
  const value = entries.filter(
    ({ manager = "", operation, subresource }) =>
      operation !== "Update" || subresource !== undefined || !managers.includes(manager),
  );
  if (!live || value.length === entries.length) return undefined;
  return rolloutPatch(live, [{ op: "replace", path: "/metadata/managedFields", value }]);
}

/**
 * The child as it was decided about. Not as the caches have it by now: an edit of somebody else that came in between would be taken
 * back unseen, instead of being judged in the next look.
 */
function seenChild(seen: MarathonAppSeen, kind: string, name: string): KubeObject | undefined {
  const children: Readonly<Record<string, readonly (SeenChild | LiveRollout | undefined)[]>> = {
    Rollout: [seen.rollout],
    Service: seen.services,
    PodDisruptionBudget: [seen.podDisruptionBudget],
  };
  return children[kind]?.find((child) => child?.metadata.name === name) as KubeObject | undefined;
}

async function kubeAction(
  parts: ApplyParts,
  seen: MarathonAppSeen,
  action: MarathonAppAction,
  context: ReconcileContext,
): Promise<KubeAction | undefined> {
  const app = seen.object as unknown as AppObject;
  switch (action.kind) {
    case "apply": {
      const { manifest, force } = action;
      const live = seenChild(seen, manifest.kind, manifest.metadata.name);
      const target = CHILDREN[manifest.kind]!;
      const desired = manifest as unknown as KubeObject;
      // Edits of the Rollout are judged: one that this look did not see must not be overwritten.
      const mustBeUnchanged = manifest.kind === "Rollout";
      return {
        kind: "apply",
        target,
        desired,
        force,
        mustBeUnchanged,
        ...(live ? { live } : {}),
      };
    }
    case "delete": {
      const live = seenChild(seen, action.childKind, action.name);
      return live && { kind: "delete", target: CHILDREN[action.childKind]!, live };
    }
    case "recordVersion": {
      const key = objectKey(app.metadata.namespace, versionsName(app.metadata.name));
      const live = parts.caches.versions.get(key);
      const desired = parts.versions.withVersion(seen.object, live, action.record, action.spec);
      const target = KINDS.ConfigMap;
      return {
        kind: "apply",
        target,
        desired: desired as unknown as KubeObject,
        ...(live ? { live } : {}),
      };
    }
    case "adopt":
      return adoptPatch(app, action);
    case "revertTemplate": {
      const replace = { op: "replace", path: "/spec/template", value: action.template } as const;
      return seen.rollout && rolloutPatch(seen.rollout as KubeObject, [replace]);
    }
    case "disown":
      return disownPatch(parts, seen.rollout as KubeObject, action.managers, context);
    default:
      return assertNever(action);
  }
}

interface Carried {
  readonly outcome: Outcome;
  /** What would change, with `spec.mode: Plan`. */
  readonly preview?: Plan;
}

/** Carries out the plan's actions in their order, or asks the server what they would do. */
async function carryOut(
  parts: ApplyParts,
  plan: MarathonAppPlan,
  seen: MarathonAppSeen,
  context: ReconcileContext,
): Promise<Carried> {
  const actions: KubeAction[] = [];
  for (const action of plan.actions) {
    const next = await kubeAction(parts, seen, action, context);
    if (next) actions.push(next);
  }
  if (seen.object.spec.mode !== "Plan")
    return { outcome: await parts.runner.run(actions, context) };
  const children = actions.filter(({ kind }) => kind !== "patch");
  const preview = plannedChildren(await previewActions(children, context));
  return { outcome: { kind: "applied", writes: 0 }, preview };
}

export interface Applied {
  readonly outcome: Outcome;
  /** The status is worth another write then. */
  readonly statusDueMs?: number;
}

/** A port that the status does not tell yet: one who comes after a crash, and knows only that, would give it to another app. */
function givesNewPorts(app: AppObject, { status }: MarathonAppPlan): boolean {
  const told = app.status?.servicePorts ?? [];
  return (status.servicePorts ?? []).some((port) => port !== 0 && !told.includes(port));
}

/** Carries out a plan in its order, then writes the status, also when an action failed; new service ports are told first. */
export async function applyMarathonApp(
  parts: ApplyParts,
  plan: MarathonAppPlan,
  seen: MarathonAppSeen,
  context: ReconcileContext,
): Promise<Applied> {
  const app = seen.object as unknown as AppObject;
  if (!parts.claims.claim(keyOf(app), plan.status.servicePorts ?? [])) {
    return { outcome: { kind: "stale", what: "a service port was given to another app" } };
  }
  const conditions = mergeConditions(conditionsOf(app), plan.status.conditions, seen.nowMs);
  const decided = { ...plan.status, conditions };
  if (seen.object.spec.mode !== "Plan" && givesNewPorts(app, plan)) {
    await parts.status.write(app, decided, context);
  }
  const { outcome, preview } = await carryOut(parts, plan, seen, context);
  const status = { ...decided, ...(preview ? { plan: preview } : {}) };
  const written = await parts.status.write(app, status, context);
  return { outcome, ...(written.kind === "later" ? { statusDueMs: written.afterMs } : {}) };
}
