import type { NativeForm, Placement } from "../constraints/native-form.ts";
import { selectorLabels } from "./app-metadata.ts";
import { present } from "./manifest.ts";
import type { RenderInput } from "./render-input.ts";

/** Pods of one version count among themselves, as the decision function counts them. */
function podTerm(input: RenderInput, topologyKey: string): object {
  return {
    labelSelector: { matchLabels: selectorLabels(input) },
    matchLabelKeys: ["rollouts-pod-template-hash"],
    topologyKey,
  };
}

function nodeExpressions(forms: readonly NativeForm[]): object[] {
  return forms.flatMap((form) =>
    form.kind === "nodeAffinity"
      ? [{ key: form.key, operator: form.operator, values: form.values }]
      : [],
  );
}

function podTerms(
  input: RenderInput,
  forms: readonly NativeForm[],
  kind: "podAffinity" | "podAntiAffinity",
): object[] {
  return forms.flatMap((form) => (form.kind === kind ? [podTerm(input, form.topologyKey)] : []));
}

const required = (terms: readonly object[]): object | undefined =>
  terms.length > 0 ? { requiredDuringSchedulingIgnoredDuringExecution: terms } : undefined;

/** The constraints as the scheduler's affinity, where they have a native form; else nothing. */
export function affinityOf(input: RenderInput, placement: Placement): object | undefined {
  if (placement.kind !== "native") return undefined;
  const matchExpressions = nodeExpressions(placement.forms);
  const affinity = present({
    nodeAffinity:
      matchExpressions.length > 0
        ? {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions }],
            },
          }
        : undefined,
    podAffinity: required(podTerms(input, placement.forms, "podAffinity")),
    podAntiAffinity: required(podTerms(input, placement.forms, "podAntiAffinity")),
  });
  return Object.keys(affinity).length > 0 ? affinity : undefined;
}
