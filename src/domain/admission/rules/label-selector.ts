import type { LabelSelector } from "../../../api/crd/v1alpha1/common/label-selector.ts";
import { meetsRequirement } from "./node-selector.ts";

/** Whether labels are selected; an empty selector selects everything. */
export function selectsLabels(
  selector: LabelSelector,
  labels: Readonly<Record<string, string>>,
): boolean {
  const equal = Object.entries(selector.matchLabels ?? {});
  const expressions = selector.matchExpressions ?? [];
  return (
    equal.every(([key, value]) => labels[key] === value) &&
    expressions.every(({ key, operator, values }) =>
      meetsRequirement({ key, operator, values: values ?? [] }, labels[key]),
    )
  );
}
