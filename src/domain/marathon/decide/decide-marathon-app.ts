import type { MarathonAppSpec } from "../../../api/crd/v1alpha1/marathon-app/spec.ts";
import type { AppDefinition } from "../../../api/marathon/app.ts";
import { ANNOTATION } from "../manifests/names.ts";
import type { Manifest } from "../manifests/manifest.ts";
import { appOfSpec, configHash } from "./app-of-spec.ts";
import { nextVersion } from "../app/timestamp.ts";
import {
  derivedUuid,
  parseApplied,
  parseChange,
  resolveVersions,
  type AppliedRecord,
  type ChangeRecord,
} from "./change-record.ts";
import { decideStatus, type StatusInput, type WantedStatus } from "./decide-status.ts";
import { foreignInstances, judgeTemplateEdit } from "./foreign-edit.ts";
import { isContained } from "./is-contained.ts";
import type { MarathonAppSeen, SeenService } from "./marathon-app-seen.ts";
import { renderApp, type RenderedApp, type RenderRequest } from "./render-app.ts";
import { assignServicePorts } from "./service-ports.ts";
import { stalledBefore, stalledByFidelity, stalledByRollout, type Stalled } from "./stalled.ts";
import { endingTasks } from "../status/ending-tasks.ts";
import { rolloutState, type LiveRollout } from "../status/rollout-state.ts";

/** A step towards what is wanted; data, carried out by the reconciler. */
export type MarathonAppAction =
  /** Bring the child to these fields; `force` false where Argo owns a part of the same map. */
  | { readonly kind: "apply"; readonly manifest: Manifest; readonly force: boolean }
  | { readonly kind: "delete"; readonly childKind: string; readonly name: string }
  /** Record the configuration that is being rolled out, so that it can be gone back to. */
  | {
      readonly kind: "recordVersion";
      readonly record: ChangeRecord;
      readonly spec: MarathonAppSpec;
    }
  /** Write somebody's edit of the Rollout into the app. */
  | { readonly kind: "adopt"; readonly spec: MarathonAppSpec; readonly change: ChangeRecord }
  /** Put our template back whole, since an apply alone leaves what the edit added. */
  | { readonly kind: "revertTemplate"; readonly template: object }
  /** Forget who else wrote the Rollout: fields they co-own would survive our leaving them out. */
  | { readonly kind: "disown"; readonly managers: readonly string[] };

export interface MarathonAppPlan {
  readonly actions: readonly MarathonAppAction[];
  readonly status: WantedStatus;
  readonly reasons: readonly string[];
  /** Look again then, though nothing may have changed. */
  readonly requeueAfterMs?: number;
}

/** By the field or by the annotation, whichever is at hand. */
function isPausedByPerson({ object }: MarathonAppSeen): boolean {
  return object.spec.paused || object.metadata.annotations?.["orchestrator.io/paused"] === "true";
}

/** Everything is decided and shown, and nothing is stored. */
function isPlanOnly({ object }: MarathonAppSeen): boolean {
  return object.spec.mode === "Plan";
}

function unmanagedPlan(seen: MarathonAppSeen): MarathonAppPlan {
  const { generation } = seen.object.metadata;
  const message = "spec.management is Unmanaged: the operator changes nothing";
  const ready = { type: "Ready", status: "Unknown", reason: "Unmanaged", message } as const;
  const conditions = [{ ...ready, observedGeneration: generation }];
  const status = { observedGeneration: generation, conditions, message };
  return { actions: [], status, reasons: [ready.reason] };
}

const NO_RENDER = {
  isWriting: false,
  waitsFor: [],
  isPaused: false,
  drift: undefined,
  fidelity: [],
} as const;

function stalledPlan(
  seen: MarathonAppSeen,
  stalled: Stalled,
  app?: AppDefinition,
): MarathonAppPlan {
  const input: StatusInput = {
    ...NO_RENDER,
    seen,
    app,
    versions: undefined,
    servicePorts: [],
    stalled,
  };
  return { actions: [], status: decideStatus(input), reasons: [stalled.reason] };
}

/** Argo writes its hash into the selector; once it is there, the selector is Argo's. */
function withoutArgosSelector(manifest: Manifest, live: SeenService | undefined): Manifest {
  if (live?.spec?.selector?.["rollouts-pod-template-hash"] === undefined) return manifest;
  const { selector: _argos, ...spec } = manifest.spec as { selector?: object };
  return { ...manifest, spec };
}

function childActions(seen: MarathonAppSeen, rendered: RenderedApp): MarathonAppAction[] {
  const services = rendered.services.map((manifest): MarathonAppAction => {
    const live = seen.services.find(({ metadata }) => metadata.name === manifest.metadata.name);
    const isShared = seen.object.spec.rollout?.strategy === "BlueGreen";
    return { kind: "apply", manifest: withoutArgosSelector(manifest, live), force: !isShared };
  });
  const wanted = new Set(rendered.services.map(({ metadata }) => metadata.name));
  const stray = seen.services
    .filter(({ metadata }) => !wanted.has(metadata.name))
    .map(
      ({ metadata }) => ({ kind: "delete", childKind: "Service", name: metadata.name }) as const,
    );
  const budget = rendered.podDisruptionBudget;
  const live = seen.podDisruptionBudget;
  return [
    ...services,
    { kind: "apply", manifest: rendered.rollout, force: true },
    ...(budget ? [{ kind: "apply", manifest: budget, force: true } as const] : []),
    ...(!budget && live
      ? [{ kind: "delete", childKind: "PodDisruptionBudget", name: live.metadata.name } as const]
      : []),
    ...stray,
  ];
}

/** What the Rollout lacks of what is wanted; the deployment is under way until it is there and rolled out. */
function isBehind(seen: MarathonAppSeen, rendered: RenderedApp): boolean {
  const { rollout: live } = seen;
  if (!live) return true;
  const annotation = live.metadata.annotations?.[ANNOTATION.applied];
  const { annotations } = rendered.rollout.metadata;
  return (
    annotation !== annotations?.[ANNOTATION.applied] ||
    !isContained(rendered.rollout.spec, live.spec) ||
    !hasOwners(live, rendered.rollout)
  );
}

/** False for one that an earlier app left and that is to be taken back. */
function hasOwners({ metadata }: LiveRollout, wanted: Manifest): boolean {
  const live = new Set((metadata.ownerReferences ?? []).map(({ uid }) => uid));
  return wanted.metadata.ownerReferences.every(({ uid }) => live.has(uid));
}

/** A restart or a new app waits for unfinished changes of its dependencies; what runs keeps running. */
function unsettled(seen: MarathonAppSeen, isBehindNow: boolean): string[] {
  if (!isBehindNow) return [];
  return seen.dependencies.filter(({ isSettled }) => !isSettled).map(({ id }) => id);
}

function adoptInstances(
  seen: MarathonAppSeen,
  applied: AppliedRecord,
  instances: number,
): MarathonAppAction {
  const version = nextVersion(seen.nowMs, applied.version);
  const { templateHash: _hash, placement: _placement, ...versions } = applied;
  const change: ChangeRecord = {
    ...versions,
    version,
    lastScalingAt: version,
    instances,
    deploymentId: derivedUuid(`${seen.object.metadata.uid} ${version}`),
  };
  return { kind: "adopt", spec: { ...seen.object.spec, instances }, change };
}

/** Argo's controller, under whatever name it was built; its command line tool is a person. */
export function isRolloutsController(manager: string): boolean {
  return manager.includes("rollouts") && !manager.startsWith("kubectl");
}

/** The version as it was applied, so that one who comes after a crash, and knows only that, records the same. */
function recordAction(seen: MarathonAppSeen, applied: AppliedRecord): MarathonAppAction[] {
  const { templateHash: _hash, placement: _placement, ...record } = applied;
  const known = seen.versions.some((stored) => stored.record.version === record.version);
  return known ? [] : [{ kind: "recordVersion", record, spec: seen.object.spec }];
}

/** Those who edited the Rollout itself, whose edits have been adopted or taken back by now. */
function disownAction({ rollout }: MarathonAppSeen): MarathonAppAction[] {
  const managers = (rollout?.metadata.managedFields ?? [])
    .filter(({ operation, subresource }) => operation === "Update" && !subresource)
    .map(({ manager = "" }) => manager)
    .filter((manager) => !isRolloutsController(manager));
  return managers.length === 0 ? [] : [{ kind: "disown", managers }];
}

interface Ready {
  readonly seen: MarathonAppSeen;
  readonly request: RenderRequest;
  readonly rendered: RenderedApp;
}

/** Actions of an app that may be acted on, and what is said about edits of others. */
function act({ seen, request, rendered }: Ready): {
  readonly actions: readonly MarathonAppAction[];
  readonly drift?: string;
} {
  const { applied } = request;
  const replicas = foreignInstances(seen, applied);
  if (applied && replicas !== undefined) {
    return { actions: [adoptInstances(seen, applied, replicas)] };
  }
  const edit = judgeTemplateEdit(seen, request, rendered);
  if (edit.kind === "adopt") {
    return { actions: [{ kind: "adopt", spec: edit.spec, change: edit.change }] };
  }
  // The record comes after the Rollout: what was never applied is no version.
  const children = [...childActions(seen, rendered), ...recordAction(seen, rendered.applied)];
  if (edit.kind === "none") return { actions: [...disownAction(seen), ...children] };
  const revert = { kind: "revertTemplate", template: rendered.template } as const;
  return { actions: [revert], drift: edit.message };
}

function servicePortsOf(seen: MarathonAppSeen, app: AppDefinition): number[] {
  const earlier = seen.object.status?.servicePorts ?? [];
  return assignServicePorts(app, earlier, seen.usedServicePorts);
}

function requestFor(seen: MarathonAppSeen, app: AppDefinition, cluster: string): RenderRequest {
  const { metadata, spec } = seen.object;
  const applied = parseApplied(seen.rollout?.metadata.annotations?.[ANNOTATION.applied]);
  const versions = resolveVersions({
    uid: metadata.uid,
    configHash: configHash(app),
    instances: spec.instances,
    change: parseChange(metadata.annotations?.[ANNOTATION.change]),
    applied,
    nowMs: seen.nowMs,
  });
  return { app, cluster, versions, servicePorts: servicePortsOf(seen, app), applied };
}

/** While nothing is written, a version that only this look made up is not shown: the next look would make another. */
function shownVersions(request: RenderRequest, seen: MarathonAppSeen): ChangeRecord | undefined {
  const { versions, applied } = request;
  const change = parseChange(seen.object.metadata.annotations?.[ANNOTATION.change]);
  return versions.version === change?.version ? versions : applied;
}

/**
 * What to do about one MarathonApp and what to say about it. Pure and total: same observation, same plan; a converged app
 * gives applies that change nothing, which the applier leaves out.
 */
export function decideMarathonApp(seen: MarathonAppSeen): MarathonAppPlan {
  if (seen.object.spec.management === "Unmanaged") return unmanagedPlan(seen);
  const parsed = appOfSpec(seen.object.spec);
  const app = parsed.kind === "ok" ? parsed.app : undefined;
  const invalid = parsed.kind === "invalid" ? parsed.message : undefined;
  const blocked = stalledBefore(seen, app, invalid);
  if (blocked || !app || seen.cluster === undefined) {
    return stalledPlan(seen, blocked ?? { reason: "InvalidSpec", message: invalid ?? "" }, app);
  }
  const request = requestFor(seen, app, seen.cluster);
  const rendered = renderApp(seen, request);
  const refused = stalledByFidelity(seen, rendered.fidelity);
  if (refused) return stalledPlan(seen, refused, app);
  const behind = isBehind(seen, rendered);
  const isPaused = isPausedByPerson(seen);
  const waitsFor = isPaused ? [] : unsettled(seen, behind);
  const holds = isPaused || waitsFor.length > 0;
  const done = holds ? { actions: [] } : act({ seen, request, rendered });
  const stalled = behind ? undefined : stalledByRollout(rolloutState(seen.rollout));
  const status = decideStatus({
    seen,
    app,
    versions: holds || isPlanOnly(seen) ? shownVersions(request, seen) : request.versions,
    servicePorts: request.servicePorts,
    stalled,
    isWriting: behind,
    waitsFor,
    isPaused,
    drift: "drift" in done ? done.drift : undefined,
    fidelity: rendered.fidelity,
  });
  const plan = {
    actions: done.actions,
    status,
    reasons: status.conditions.map(({ reason }) => reason),
  };
  const { nextLostMs } = endingTasks(seen.pods, seen.nowMs);
  if (status.deployments === undefined || nextLostMs === undefined) return plan;
  return { ...plan, requeueAfterMs: nextLostMs - seen.nowMs };
}
