import type { MarathonAppSpec } from "../../../api/crd/v1alpha1/marathon-app/spec.ts";
import type { LiveRollout } from "../status/rollout-state.ts";
import { APP_CONTAINER } from "../manifests/app-container.ts";
import { IMAGE_VARIABLE } from "../manifests/container-env.ts";
import { ANNOTATION } from "../manifests/names.ts";
import { nextVersion } from "../app/timestamp.ts";
import { appOfSpec, configHash } from "./app-of-spec.ts";
import { derivedUuid, type AppliedRecord, type ChangeRecord } from "./change-record.ts";
import { isContained } from "./is-contained.ts";
import type { MarathonAppSeen } from "./marathon-app-seen.ts";
import { renderApp, type RenderedApp, type RenderRequest } from "./render-app.ts";

/** What somebody else did to the Rollout, and what becomes of it. */
export type ForeignEdit =
  | { readonly kind: "none" }
  /** It has an equivalent in the app: written there as a normal new version, so that no second rollout follows. */
  | { readonly kind: "adopt"; readonly spec: MarathonAppSpec; readonly change: ChangeRecord }
  /** It is taken back; `place` is where the change belongs. */
  | { readonly kind: "revert"; readonly message: string };

interface EditContext {
  readonly seen: MarathonAppSeen;
  readonly live: LiveRollout;
  readonly applied: AppliedRecord;
  readonly request: RenderRequest;
}

/** Managers of ours, and of the plain edits of a person; an applier will assert its own text again. */
function hasForeignApplier({ object }: MarathonAppSeen): boolean {
  return (object.metadata.managedFields ?? []).some(
    ({ manager = "", operation, subresource }) =>
      operation === "Apply" && subresource === undefined && !manager.startsWith("orchestrator"),
  );
}

function withImage(spec: MarathonAppSpec, image: string): MarathonAppSpec | undefined {
  const docker = spec.container?.docker;
  if (!spec.container || !docker) return undefined;
  return { ...spec, container: { ...spec.container, docker: { ...docker, image } } };
}

interface LiveContainer {
  readonly name: string;
  readonly image?: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

function liveContainer({ spec }: LiveRollout): LiveContainer | undefined {
  const pod = spec?.template?.spec as
    { readonly containers?: readonly LiveContainer[] } | undefined;
  return pod?.containers?.find(({ name }) => name === APP_CONTAINER);
}

function liveVersion({ spec }: LiveRollout): string | undefined {
  return spec?.template?.metadata?.annotations?.[ANNOTATION.version];
}

/** Specs that could have given the live template: the app with its image, then the versions of its annotation. */
function candidates({ seen, live, applied }: EditContext): MarathonAppSpec[] {
  const { spec } = seen.object;
  const image = liveContainer(live)?.image;
  const version = liveVersion(live);
  const changed = image === undefined ? undefined : withImage(spec, image);
  const isSameVersion = version === (applied.templateVersion ?? applied.lastConfigChangeAt);
  const stored = seen.versions
    .filter(({ record }) => (record.templateVersion ?? record.lastConfigChangeAt) === version)
    .map(({ spec: earlier }) => ({ ...earlier, instances: spec.instances }));
  return [...(changed && isSameVersion ? [changed] : []), ...stored];
}

/** The change that makes `spec` the app's, if that renders exactly what is live. */
function adoption(context: EditContext, spec: MarathonAppSpec): ForeignEdit | undefined {
  const { seen, live, applied, request } = context;
  const parsed = appOfSpec(spec);
  const templateVersion = liveVersion(live);
  if (parsed.kind !== "ok" || templateVersion === undefined) return undefined;
  const version = nextVersion(seen.nowMs, applied.version);
  const variable = liveContainer(live)?.env?.find(({ name }) => name === IMAGE_VARIABLE)?.value;
  const isOther = variable !== undefined && variable !== parsed.app.container?.docker?.image;
  const change: ChangeRecord = {
    version,
    lastConfigChangeAt: version,
    lastScalingAt: version,
    configHash: configHash(parsed.app),
    instances: parsed.app.instances,
    deploymentId: derivedUuid(`${seen.object.metadata.uid} ${version}`),
    templateVersion,
    ...(isOther ? { imageVariable: variable } : {}),
  };
  const rendered = renderApp(seen, { ...request, app: parsed.app, versions: change });
  return isContained(rendered.template, live.spec?.template)
    ? { kind: "adopt", spec, change }
    : undefined;
}

/** Ours was applied and is still wanted, but something else is live. */
function isEdited(rendered: RenderedApp, live: LiveRollout, applied: AppliedRecord): boolean {
  return (
    applied.templateHash === rendered.applied.templateHash &&
    !isContained(rendered.template, live.spec?.template)
  );
}

/**
 * Judges the live template against ours (operator.md 6.3). Adopted: `set image` and `undo`, as far as the app can say the
 * same. Reverted: when asked for, when an applier owns the spec, and when there is no equivalent.
 */
export function judgeTemplateEdit(
  seen: MarathonAppSeen,
  request: RenderRequest,
  rendered: RenderedApp,
): ForeignEdit {
  const { rollout: live } = seen;
  const { applied } = request;
  if (!live || !applied || !isEdited(rendered, live, applied)) return { kind: "none" };
  const place = `edit MarathonApp ${seen.object.metadata.name} instead`;
  if (seen.object.spec.rollout?.externalEdits === "Revert") {
    return { kind: "revert", message: `externalEdits is Revert: ${place}` };
  }
  if (hasForeignApplier(seen)) {
    return { kind: "revert", message: "the spec is applied from elsewhere: change it there" };
  }
  const context = { seen, live, applied, request };
  for (const spec of candidates(context)) {
    const adopted = adoption(context, spec);
    if (adopted) return adopted;
  }
  return { kind: "revert", message: `the edit has no equivalent in the app: ${place}` };
}

/** The number that `kubectl scale rollout` or an autoscaler wrote, when nobody changed the app's own meanwhile. */
export function foreignInstances(
  seen: MarathonAppSeen,
  applied: AppliedRecord | undefined,
): number | undefined {
  const replicas = seen.rollout?.spec?.replicas;
  if (replicas === undefined || !applied) return undefined;
  const isOurs = seen.object.spec.instances !== applied.instances;
  return isOurs || replicas === applied.instances ? undefined : replicas;
}
