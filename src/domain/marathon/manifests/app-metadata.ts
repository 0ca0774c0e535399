import { ANNOTATION, APP_LABEL, labelAnnotation, POOL_LABEL } from "./names.ts";
import type { FidelityNotes } from "./fidelity.ts";
import type { ManifestOwner } from "../../manifests/manifest.ts";
import type { RenderInput } from "./render-input.ts";
import { requestedPorts } from "../app/app-facts.ts";
import { present } from "./manifest.ts";

const LABEL_KEY =
  /^(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
/** The part of an annotation key after its prefix: 63 characters, `label.` included. */
const ANNOTATION_NAME = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,55}[A-Za-z0-9])?$/;
const RESERVED = /(?:^|[./])(?:kubernetes\.io|k8s\.io|orchestrator\.io|argoproj\.io)\//;
const ANNOTATIONS_BYTES_MAX = 200 * 1024;

/** Labels of every child of the app. */
export function childLabels(input: RenderInput): Record<string, string> {
  return {
    "app.kubernetes.io/name": input.name,
    "app.kubernetes.io/component": "app",
    "app.kubernetes.io/part-of": "orchestrator",
    "app.kubernetes.io/managed-by": "orchestrator",
    "orchestrator.io/owner": "marathonapp",
    "orchestrator.io/cluster": input.cluster,
    [APP_LABEL]: input.name,
  };
}

export function selectorLabels(input: Pick<RenderInput, "name">): Record<string, string> {
  return { [APP_LABEL]: input.name };
}

export function ownerReference(input: RenderInput): ManifestOwner {
  return {
    apiVersion: "orchestrator.io/v1alpha1",
    kind: "MarathonApp",
    name: input.name,
    uid: input.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** Marathon labels that Kubernetes would accept as labels and nobody else reads. */
function userLabels(input: RenderInput): Record<string, string> {
  return Object.fromEntries(
    Object.entries(input.app.labels).filter(
      ([key, value]) => LABEL_KEY.test(key) && LABEL_VALUE.test(value) && !RESERVED.test(key),
    ),
  );
}

/** Every label as an annotation, up to 200 KiB in sum; what cannot be a key or does not fit is noted. */
function labelAnnotations(input: RenderInput, notes: FidelityNotes): Record<string, string> {
  const annotations: Record<string, string> = {};
  let bytes = 0;
  for (const [key, value] of Object.entries(input.app.labels)) {
    bytes += key.length + value.length;
    if (!ANNOTATION_NAME.test(key)) {
      notes.dropped(`labels[${key}]`, "no legal annotation key; stays in the MarathonApp");
    } else if (bytes > ANNOTATIONS_BYTES_MAX) {
      notes.dropped(`labels[${key}]`, "labels above 200 KiB in sum stay in the MarathonApp");
    } else annotations[labelAnnotation(key)] = value;
  }
  return annotations;
}

/** Host ports that the engine has to find at the gate. */
export function dynamicPortCount(input: RenderInput): number {
  return requestedPorts(input.app).filter(isDynamic(input)).length;
}

/** Only the host network has dynamic host ports: a Pod network needs none. */
export function isDynamic(
  input: RenderInput,
): (port: { readonly hostPort?: number | undefined }) => boolean {
  const onHost = input.app.networks[0]?.mode === "host";
  return ({ hostPort }) => onHost && hostPort === 0;
}

/** Metadata of the Pods: what the engine reads at the gate, and what users and balancers find their app by. */
export function podMetadata(input: RenderInput, notes: FidelityNotes) {
  const { app } = input;
  const ports = dynamicPortCount(input);
  return {
    labels: { ...userLabels(input), ...childLabels(input), [POOL_LABEL]: input.cluster },
    annotations: present({
      ...labelAnnotations(input, notes),
      [ANNOTATION.id]: app.id,
      [ANNOTATION.version]: input.version,
      [ANNOTATION.role]: app.role,
      [ANNOTATION.killSelection]: app.killSelection,
      [ANNOTATION.acceptedRoles]:
        app.acceptedResourceRoles && JSON.stringify(app.acceptedResourceRoles),
      [ANNOTATION.dynamicPorts]: ports > 0 ? String(ports) : undefined,
      [ANNOTATION.constraints]:
        input.placement.kind === "pinned" ? JSON.stringify(app.constraints) : undefined,
    }),
  };
}
