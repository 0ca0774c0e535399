import type { ConstraintTuple } from "../../../api/marathon/app.ts";
import { constraintCount, parseConstraint, type Constraint } from "./constraint.ts";

/** A constraint in the scheduler's own words; each says exactly what the decision function says. */
export type NativeForm =
  | {
      readonly kind: "nodeAffinity";
      readonly key: string;
      readonly operator: "In" | "NotIn";
      readonly values: readonly string[];
    }
  | { readonly kind: "podAntiAffinity"; readonly topologyKey: string }
  | { readonly kind: "podAffinity"; readonly topologyKey: string };

const LABEL_KEYS: Readonly<Record<string, string>> = {
  hostname: "kubernetes.io/hostname",
  "@hostname": "kubernetes.io/hostname",
  "@region": "topology.kubernetes.io/region",
  "@zone": "topology.kubernetes.io/zone",
};
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)$/;

/** The node label that holds a constraint's field. */
export function labelKeyOfField(field: string): string {
  return LABEL_KEYS[field] ?? field;
}

/** The values of `a|b|c` or `(a|b|c)` without any other syntax; dots and dashes may be escaped. */
function plainAlternatives(regex: string): readonly string[] | undefined {
  const inner = /^\((.*)\)$/s.exec(regex)?.[1] ?? regex;
  const values = inner
    .split("|")
    .map((part) =>
      /^(?:[A-Za-z0-9_-]|\\[.-])+$/.test(part) ? part.replaceAll("\\", "") : undefined,
    );
  return values.every((value) => value !== undefined && LABEL_VALUE.test(value))
    ? (values as string[])
    : undefined;
}

function nodeAffinity(
  field: string,
  operator: "In" | "NotIn",
  values: readonly string[] | undefined,
): NativeForm | undefined {
  if (values === undefined) return undefined;
  return { kind: "nodeAffinity", key: labelKeyOfField(field), operator, values };
}

const labelValue = (value: string): readonly string[] | undefined =>
  LABEL_VALUE.test(value) ? [value] : undefined;

function formOf({ field, operator, value }: Constraint): NativeForm | undefined {
  const topologyKey = labelKeyOfField(field);
  switch (operator) {
    case "UNIQUE":
      return { kind: "podAntiAffinity", topologyKey };
    case "MAX_PER":
      return constraintCount(value) === 1 ? { kind: "podAntiAffinity", topologyKey } : undefined;
    case "CLUSTER":
      return value === undefined || value === ""
        ? { kind: "podAffinity", topologyKey }
        : nodeAffinity(field, "In", labelValue(value));
    case "IS":
      return value === undefined || NUMBER.test(value)
        ? undefined
        : nodeAffinity(field, "In", labelValue(value));
    case "LIKE":
      return nodeAffinity(field, "In", plainAlternatives(value ?? ""));
    case "UNLIKE":
      return nodeAffinity(field, "NotIn", plainAlternatives(value ?? ""));
    case "GROUP_BY":
      return undefined;
  }
}

/** The native form of a constraint, or `undefined` when only the decision function can judge it. */
export function nativeForm(tuple: ConstraintTuple): NativeForm | undefined {
  const constraint = parseConstraint(tuple);
  return constraint === undefined ? undefined : formOf(constraint);
}

/** How an app's constraints are enforced: by the scheduler, or by the engine when it opens the gate. */
export type Placement =
  | { readonly kind: "none" }
  | { readonly kind: "native"; readonly forms: readonly NativeForm[] }
  | { readonly kind: "pinned" };

/**
 * Native only if every constraint has a native form and its label is on every node of the pool; one that has not sends
 * the whole app through the engine, so that no two judges share one app.
 */
export function choosePlacement(
  constraints: readonly ConstraintTuple[],
  labelsOnEveryNode: ReadonlySet<string>,
): Placement {
  if (constraints.length === 0) return { kind: "none" };
  const forms = constraints.map(nativeForm);
  const known = constraints.every(([field = ""]) => labelsOnEveryNode.has(labelKeyOfField(field)));
  return known && forms.every((form) => form !== undefined)
    ? { kind: "native", forms }
    : { kind: "pinned" };
}
