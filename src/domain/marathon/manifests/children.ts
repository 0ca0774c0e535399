import { pdbMinAvailable } from "../deployment/rollout-numbers.ts";
import { requestedPorts } from "../app/app-facts.ts";
import { childLabels, isDynamic, ownerReference, selectorLabels } from "./app-metadata.ts";
import { portBindings } from "./container-ports.ts";
import type { FidelityNotes } from "./fidelity.ts";
import type { Manifest } from "./manifest.ts";
import { present } from "./manifest.ts";
import { podTemplate } from "./pod-template.ts";
import { previewServiceName, serviceName } from "./names.ts";
import type { RenderInput } from "./render-input.ts";
import { rolloutStrategy } from "./rollout-strategy.ts";

function metadata(
  input: RenderInput,
  name: string,
  annotations?: Readonly<Record<string, string>>,
): Manifest["metadata"] {
  return {
    name,
    namespace: input.namespace,
    labels: childLabels(input),
    ...(annotations ? { annotations } : {}),
    ownerReferences: input.orphans ? [] : [ownerReference(input)],
  };
}

/**
 * The Rollout of an app. Owned: template, selector, strategy, replicas and deadlines. Never owned: `paused`, `restartAt`,
 * status and Argo's annotations, so that promote, abort, pause and restart are not fought (operator.md 6.2).
 * @param annotations ours on the Rollout itself, never in the template
 */
export function buildRollout(
  input: RenderInput,
  notes: FidelityNotes,
  annotations: Readonly<Record<string, string>>,
): Manifest {
  const { rollout, settings } = input;
  const base = metadata(input, input.name, annotations);
  const instance = settings.rolloutsInstanceId;
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Rollout",
    metadata:
      instance === undefined
        ? base
        : {
            ...base,
            labels: {
              ...base.labels,
              "argo-rollouts.argoproj.io/controller-instance-id": instance,
            },
          },
    spec: {
      replicas: input.app.instances,
      progressDeadlineSeconds: rollout?.progressDeadlineSeconds ?? 600,
      progressDeadlineAbort: rollout?.abortOnDeadline ?? false,
      revisionHistoryLimit: 10,
      analysis: { successfulRunHistoryLimit: 5, unsuccessfulRunHistoryLimit: 5 },
      selector: { matchLabels: selectorLabels(input) },
      strategy: rolloutStrategy(input),
      template: podTemplate(input, notes),
    },
  };
}

interface ServicePortSpec {
  readonly name: string;
  readonly protocol: "TCP" | "UDP";
  readonly port: number;
  readonly targetPort: number;
}

function servicePortSpecs(input: RenderInput): ServicePortSpec[] {
  return portBindings(input)
    .filter(({ servicePort }) => servicePort > 0)
    .map(({ name, protocol, servicePort, containerPort }) => ({
      name,
      protocol,
      port: servicePort,
      targetPort: containerPort,
    }));
}

function serviceSpec(input: RenderInput, ports: readonly ServicePortSpec[]): object {
  // Without a number that is known before, clients find the instances by name and the port by its annotation.
  const headless = ports.length === 0;
  return present({
    type: "ClusterIP",
    clusterIP: headless ? "None" : undefined,
    ports,
    selector: selectorLabels(input),
  });
}

function service(input: RenderInput, name: string): Manifest {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: metadata(input, name),
    spec: serviceSpec(input, servicePortSpecs(input)),
  };
}

/** The Service of the app and, for blue-green, its preview; none for an app without ports. */
export function buildServices(input: RenderInput, notes: FidelityNotes): Manifest[] {
  const ports = requestedPorts(input.app);
  const isBlueGreen = input.rollout?.strategy === "BlueGreen";
  if (ports.length === 0 && !isBlueGreen) return [];
  if (ports.some(isDynamic(input))) {
    notes.approximated(
      "portDefinitions.servicePort",
      "dynamic host ports: the Service is headless, ports are in the Pods' annotations",
    );
  }
  const active = service(input, serviceName(input.name));
  return isBlueGreen ? [active, service(input, previewServiceName(input.name))] : [active];
}

/** Keeps a node drain from taking more than Marathon's minimum; none for a single instance. */
export function buildPodDisruptionBudget(input: RenderInput): Manifest | undefined {
  const { instances, upgradeStrategy } = input.app;
  const minAvailable = pdbMinAvailable(instances, upgradeStrategy.minimumHealthCapacity);
  if (minAvailable === undefined) return undefined;
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: metadata(input, input.name),
    spec: { minAvailable, selector: { matchLabels: selectorLabels(input) } },
  };
}
