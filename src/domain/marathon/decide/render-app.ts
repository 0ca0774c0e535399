import type { AppDefinition } from "../../../api/marathon/app.ts";
import { choosePlacement, nativeForm, type Placement } from "../constraints/native-form.ts";
import { canonicalJson } from "../app/canonical-json.ts";
import { sha1Hex } from "../app/sha1.ts";
import { ANNOTATION, serviceName } from "../manifests/names.ts";
import { buildPodDisruptionBudget, buildRollout, buildServices } from "../manifests/children.ts";
import { FidelityNotes, type FidelityItem } from "../manifests/fidelity.ts";
import type { Manifest } from "../manifests/manifest.ts";
import { podTemplate } from "../manifests/pod-template.ts";
import type { RenderInput } from "../manifests/render-input.ts";
import type { AppliedRecord, ChangeRecord } from "./change-record.ts";
import { noteFieldsWithoutEffect } from "./fields-without-effect.ts";
import type { MarathonAppSeen } from "./marathon-app-seen.ts";

/** The app as objects. */
export interface RenderedApp {
  readonly template: object;
  readonly rollout: Manifest;
  readonly services: readonly Manifest[];
  readonly podDisruptionBudget: Manifest | undefined;
  readonly fidelity: readonly FidelityItem[];
  readonly applied: AppliedRecord;
}

function placementOf(app: AppDefinition, kind: Placement["kind"]): Placement {
  if (kind !== "native") return { kind };
  const forms = app.constraints.map(nativeForm).filter((form) => form !== undefined);
  return { kind, forms };
}

/** A configuration keeps the way its constraints are enforced, or a node that joins without a label would restart it. */
function keptPlacement(
  seen: MarathonAppSeen,
  app: AppDefinition,
  configHash: string,
  applied: AppliedRecord | undefined,
): Placement {
  return applied?.configHash === configHash
    ? placementOf(app, applied.placement)
    : choosePlacement(app.constraints, seen.labelsOnEveryNode);
}

export interface RenderRequest {
  readonly app: AppDefinition;
  readonly cluster: string;
  readonly versions: ChangeRecord;
  readonly servicePorts: readonly number[];
  readonly applied: AppliedRecord | undefined;
}

export function renderInput(seen: MarathonAppSeen, request: RenderRequest): RenderInput {
  const { app, versions } = request;
  const { name, namespace, uid } = seen.object.metadata;
  return {
    name,
    namespace,
    uid,
    app,
    cluster: request.cluster,
    rollout: seen.object.spec.rollout,
    version: versions.templateVersion ?? versions.lastConfigChangeAt,
    imageVariable: versions.imageVariable,
    placement: keptPlacement(seen, app, versions.configHash, request.applied),
    servicePorts: request.servicePorts,
    dependencies: seen.dependencies
      .filter(({ id }) => app.dependencies.includes(id))
      .map(({ id, name: dependency, servicePort }) => ({
        id,
        host: `${serviceName(dependency)}.${namespace}.svc`,
        ...(servicePort === undefined ? {} : { port: servicePort }),
      })),
    settings: seen.settings,
    orphans: seen.object.spec.deletionPolicy === "Orphan",
  };
}

export function hashOfTemplate(template: object): string {
  return sha1Hex(canonicalJson(template)).slice(0, 16);
}

/** With `restartOn: PodTemplate` a change that renders the same Pods keeps their version, so that nothing restarts. */
function withKeptVersion(input: RenderInput, request: RenderRequest): RenderInput {
  const { applied } = request;
  if (input.rollout?.restartOn !== "PodTemplate" || !applied) return input;
  const kept = { ...input, version: applied.templateVersion ?? applied.lastConfigChangeAt };
  const same = hashOfTemplate(podTemplate(kept, new FidelityNotes())) === applied.templateHash;
  return same ? kept : input;
}

/** Renders all children; the record of what is applied goes into the Rollout, in the same write. */
export function renderApp(seen: MarathonAppSeen, request: RenderRequest): RenderedApp {
  const input = withKeptVersion(renderInput(seen, request), request);
  const notes = new FidelityNotes();
  noteFieldsWithoutEffect(seen.object.spec, notes);
  const template = podTemplate(input, notes);
  const { versions } = request;
  const applied: AppliedRecord = {
    ...versions,
    ...(input.version === versions.lastConfigChangeAt ? {} : { templateVersion: input.version }),
    templateHash: hashOfTemplate(template),
    placement: input.placement.kind,
  };
  const annotations = { [ANNOTATION.applied]: canonicalJson(applied) };
  return {
    template,
    rollout: buildRollout(input, notes, annotations),
    services: buildServices(input, notes),
    podDisruptionBudget: buildPodDisruptionBudget(input),
    fidelity: notes.items,
    applied,
  };
}
