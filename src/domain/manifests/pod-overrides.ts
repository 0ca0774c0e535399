import type { PodOverrides } from "../../api/crd/v1alpha1/common/pod-overrides.ts";
import type { ManifestObject } from "./manifest.ts";
import { strategicMerge } from "./strategic-merge.ts";

/** Values parsed from JSON are JSON; zod's `unknown` only says that it did not look. */
const asJson = (value: unknown): ManifestObject => value as ManifestObject;

function podFields(overrides: PodOverrides): ManifestObject {
  const { nodeSelector, tolerations, affinity, topologySpreadConstraints } = overrides;
  const { priorityClassName, volumes, imagePullSecrets } = overrides;
  return asJson({
    nodeSelector,
    tolerations,
    affinity,
    topologySpreadConstraints,
    priorityClassName,
    volumes,
    imagePullSecrets,
  });
}

/**
 * The template with a person's overrides: first the named fields (`env` and `volumeMounts` go to `container`), then
 * `podTemplate` over everything.
 */
export function overridePodTemplate(
  template: ManifestObject,
  overrides: PodOverrides,
  container: string,
): ManifestObject {
  const named: ManifestObject = {
    metadata: asJson({ labels: overrides.labels, annotations: overrides.annotations }),
    spec: {
      ...podFields(overrides),
      containers: [
        asJson({ name: container, env: overrides.env, volumeMounts: overrides.volumeMounts }),
      ],
    },
  };
  const merged = strategicMerge(template, named);
  return overrides.podTemplate === undefined
    ? merged
    : strategicMerge(merged, asJson(overrides.podTemplate));
}
