import type { ContainerResources } from "../../../api/crd/v1alpha1/common/pod-overrides.ts";
import type { ManifestObject } from "../../manifests/manifest.ts";
import {
  API_TOKEN_MOUNT,
  fieldEnv,
  heapOption,
  RESTRICTED_CONTAINER,
  TMP_MOUNT,
} from "../../manifests/pod-defaults.ts";
import { HEALTH_PORT } from "./names.ts";

/** A machine under load may take seconds to answer; that is no reason to restart a leader. */
const PROBE_TIMEOUT_SECONDS = 5;

const probe = (path: string, periodSeconds: number, failureThreshold: number): ManifestObject => ({
  httpGet: { path, port: "health" },
  periodSeconds,
  failureThreshold,
  timeoutSeconds: PROBE_TIMEOUT_SECONDS,
});

/** Alive by itself, ready as it says. */
const PROBES: ManifestObject = {
  startupProbe: probe("/healthz", 2, 30),
  livenessProbe: probe("/healthz", 10, 3),
  readinessProbe: probe("/readyz", 5, 2),
};

/** What is special about the container of one of our processes. */
export interface ProcessContainer {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  /** Beside what every process is told of its pod. */
  readonly env: readonly ManifestObject[];
  /** Beside health. */
  readonly port: { readonly name: string; readonly containerPort: number };
  readonly resources: ContainerResources;
  /** Between the API token and /tmp. */
  readonly volumeMounts: readonly ManifestObject[];
}

/** The container of a process of ours: restricted, probed, told who it is. */
export function buildProcessContainer(special: ProcessContainer): ManifestObject {
  const { name, image, args, env, port, resources, volumeMounts } = special;
  return {
    name,
    image,
    imagePullPolicy: "IfNotPresent",
    args,
    env: [
      ...env,
      fieldEnv("POD_NAME", "metadata.name"),
      fieldEnv("POD_NAMESPACE", "metadata.namespace"),
      fieldEnv("POD_IP", "status.podIP"),
      ...heapOption(resources.limits?.memory),
    ],
    ports: [port, { name: "health", containerPort: HEALTH_PORT }],
    ...PROBES,
    resources,
    securityContext: RESTRICTED_CONTAINER,
    volumeMounts: [API_TOKEN_MOUNT, ...volumeMounts, TMP_MOUNT],
  };
}
