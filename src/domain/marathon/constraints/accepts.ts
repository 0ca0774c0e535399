import { assertNever } from "../../../api/invariant.ts";
import type { ConstraintTuple } from "../../../api/marathon/app.ts";
import { attributeText, scalarText, type AttributeValue } from "./attribute-text.ts";
import { constraintCount, parseConstraint, type Constraint } from "./constraint.ts";
import { compileJavaRegex } from "./java-regex.ts";

/** What constraints see of an agent. */
export interface ConstraintAgent {
  readonly hostname: string;
  readonly region?: string;
  readonly zone?: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** Labels of its node; they stand in for attributes that no agent of the pool has. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Names that are attributes of at least one agent of the pool. */
export type PoolAttributes = ReadonlySet<string>;

/** The agent's value of a constraint's field, or `undefined` when it has none. */
export function fieldText(
  field: string,
  agent: ConstraintAgent,
  poolAttributes?: PoolAttributes,
): string | undefined {
  if (field === "hostname" || field === "@hostname") return agent.hostname;
  if (field === "@region") return agent.region;
  if (field === "@zone") return agent.zone;
  const attribute = agent.attributes[field];
  if (attribute !== undefined) return attributeText(attribute);
  return poolAttributes?.has(field) ? undefined : agent.labels?.[field];
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)$/;

/** IS compares numbers as numbers: `1.0` is `1`. */
function isSame(expected: string, actual: string): boolean {
  if (!NUMBER.test(expected) || !NUMBER.test(actual)) return expected === actual;
  return scalarText(Number(expected)) === scalarText(Number(actual));
}

function countByValue(placed: readonly (string | undefined)[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const value of placed) {
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

/** An unused value always; a used one when `groups` values are in use and none of them has fewer. */
function acceptsGroup(
  counts: ReadonlyMap<string, number>,
  groups: number,
  actual: string,
): boolean {
  const used = counts.get(actual);
  if (used === undefined) return true;
  return counts.size >= groups && used === Math.min(...counts.values());
}

function acceptsValue(
  constraint: Constraint,
  placed: readonly (string | undefined)[],
  actual: string,
): boolean {
  const { operator, value } = constraint;
  switch (operator) {
    case "UNIQUE":
      return !placed.includes(actual);
    case "CLUSTER":
      if (value !== undefined && value !== "") return actual === value;
      return placed.length === 0 || placed[0] === actual;
    case "IS":
      return isSame(value ?? "", actual);
    case "LIKE":
      return compileJavaRegex(value ?? "")?.test(actual) ?? false;
    case "UNLIKE":
      return !(compileJavaRegex(value ?? "")?.test(actual) ?? true);
    case "MAX_PER":
      return (countByValue(placed).get(actual) ?? 0) < (constraintCount(value) ?? 0);
    case "GROUP_BY":
      return acceptsGroup(countByValue(placed), constraintCount(value) ?? 0, actual);
    default:
      return assertNever(operator);
  }
}

/**
 * Whether the app may be placed on `agent` while its counted Pods (current configuration, admitted, not ended) are on
 * `placed`, in order of placement. An agent without the field is accepted by UNLIKE alone.
 * @see marathon@1.10 mesos/Constraints.scala
 */
export function acceptsConstraint(
  tuple: ConstraintTuple,
  placed: readonly ConstraintAgent[],
  agent: ConstraintAgent,
  poolAttributes?: PoolAttributes,
): boolean {
  const constraint = parseConstraint(tuple);
  if (constraint === undefined) return false;
  const actual = fieldText(constraint.field, agent, poolAttributes);
  if (actual === undefined) return constraint.operator === "UNLIKE";
  const values = placed.map((other) => fieldText(constraint.field, other, poolAttributes));
  return acceptsValue(constraint, values, actual);
}

/** The first constraint that refuses the agent, or `undefined` when all accept it. */
export function refusingConstraint(
  constraints: readonly ConstraintTuple[],
  placed: readonly ConstraintAgent[],
  agent: ConstraintAgent,
  poolAttributes?: PoolAttributes,
): ConstraintTuple | undefined {
  return constraints.find((tuple) => !acceptsConstraint(tuple, placed, agent, poolAttributes));
}

/**
 * Preference among accepted agents, smaller is better: how many counted Pods share the agent's value, summed over the
 * GROUP_BY constraints. Unused values come first, then the emptiest; equal ranks keep the caller's order.
 */
export function groupByRank(
  constraints: readonly ConstraintTuple[],
  placed: readonly ConstraintAgent[],
  agent: ConstraintAgent,
  poolAttributes?: PoolAttributes,
): number {
  return constraints
    .map(parseConstraint)
    .filter((constraint) => constraint !== undefined)
    .filter(({ operator }) => operator === "GROUP_BY")
    .map(({ field }) => {
      const actual = fieldText(field, agent, poolAttributes);
      return placed.filter((other) => fieldText(field, other, poolAttributes) === actual).length;
    })
    .reduce((sum, count) => sum + count, 0);
}
