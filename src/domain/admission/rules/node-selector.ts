import type { NodeSelectorRequirement, NodeSelectorTerm, RuledNode } from "../kube-view.ts";

const INTEGER = /^[+-]?\d+$/;

function compare(values: readonly string[], actual: string, wants: "Gt" | "Lt"): boolean {
  const [bound = ""] = values;
  if (!INTEGER.test(bound) || !INTEGER.test(actual)) return false;
  return wants === "Gt" ? Number(actual) > Number(bound) : Number(actual) < Number(bound);
}

/** Whether a label of that value (`undefined`: none) meets the requirement. */
export function meetsRequirement(
  { operator, values = [] }: NodeSelectorRequirement,
  actual: string | undefined,
): boolean {
  switch (operator) {
    case "In":
      return actual !== undefined && values.includes(actual);
    case "NotIn":
      return actual === undefined || !values.includes(actual);
    case "Exists":
      return actual !== undefined;
    case "DoesNotExist":
      return actual === undefined;
    case "Gt":
    case "Lt":
      return actual !== undefined && compare(values, actual, operator);
  }
}

/**
 * Whether one alternative holds for the node. An empty one matches nothing; the only field there is, is `metadata.name`.
 * @see kubernetes@1.34 component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go
 */
export function matchesTerm(term: NodeSelectorTerm, node: RuledNode): boolean {
  const { matchExpressions = [], matchFields = [] } = term;
  if (matchExpressions.length === 0 && matchFields.length === 0) return false;
  const labels = node.metadata.labels ?? {};
  return (
    matchExpressions.every((wanted) => meetsRequirement(wanted, labels[wanted.key])) &&
    matchFields.every(
      (wanted) => wanted.key === "metadata.name" && meetsRequirement(wanted, node.metadata.name),
    )
  );
}

/** Whether the node has every label of a plain node selector. */
export function matchesLabels(
  selector: Readonly<Record<string, string>>,
  node: RuledNode,
): boolean {
  const labels = node.metadata.labels ?? {};
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}
