import { z } from "zod";
import { listOf, mapOf, openObject } from "../schema/collections.ts";
import { seconds, looseQuantity } from "../schema/numbers.ts";
import { filled, objectName, text } from "../schema/text.ts";

/** Requests and limits of one container. */
export const ContainerResources = z.object({
  requests: mapOf(looseQuantity(), 16).optional(),
  limits: mapOf(looseQuantity(), 16).optional(),
});

export const Toleration = z.object({
  key: text(317).optional(),
  operator: z.enum(["Equal", "Exists"]).optional(),
  value: text(63).optional(),
  effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]).optional(),
  tolerationSeconds: seconds().optional(),
});

const EnvVar = z.object({
  name: filled(),
  value: text(32_768).optional(),
  valueFrom: openObject().optional(),
});

/** What may be changed about a pod besides its resources; the rest through podTemplate. */
export const podOverrides = {
  nodeSelector: mapOf(text(63), 64).optional(),
  tolerations: listOf(Toleration, 64).optional(),
  affinity: openObject().optional(),
  topologySpreadConstraints: listOf(openObject(), 16).optional(),
  priorityClassName: objectName().optional(),
  env: listOf(EnvVar, 256).optional(),
  volumes: listOf(openObject(), 64).optional(),
  volumeMounts: listOf(openObject(), 64).optional(),
  annotations: mapOf(text(65_536), 64).optional(),
  labels: mapOf(text(63), 64).optional(),
  imagePullSecrets: listOf(z.object({ name: objectName() }), 16).optional(),
  podTemplate: openObject()
    .optional()
    .describe("PodTemplateSpec merged last; a pod that the API server refuses stalls the object."),
};

export const PodOverrides = z.object(podOverrides);
export type PodOverrides = z.output<typeof PodOverrides>;
export type ContainerResources = z.output<typeof ContainerResources>;
export type Toleration = z.output<typeof Toleration>;
