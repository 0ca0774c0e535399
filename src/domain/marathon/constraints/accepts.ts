import { assertNever } from "../../../api/invariant.ts";
import type { ConstraintTuple } from "../../../api/marathon/app.ts";
import { attributeText, scalarText, type AttributeValue } from "./attribute-text.ts";
import { constraintCount, parseConstraint, type Constraint } from "./constraint.ts";
import { compileJavaRegex } from "./java-regex.ts";
import { PlacedValues } from "./placed-values.ts";

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

/** An unused value always; a used one when `groups` values are in use and none of them has fewer. */
function acceptsGroup(placed: PlacedValues, groups: number, actual: string): boolean {
  const used = placed.count(actual);
  return used === 0 || (placed.size >= groups && used === placed.least());
}

/** Compiled once per tuple: agents are asked one after the other. */
const PATTERNS = new WeakMap<ConstraintTuple, { readonly regex: RegExp | undefined }>();

function patternOf(tuple: ConstraintTuple): RegExp | undefined {
  const known = PATTERNS.get(tuple);
  if (known !== undefined) return known.regex;
  const regex = compileJavaRegex(tuple[2] ?? "");
  PATTERNS.set(tuple, { regex });
  return regex;
}

function acceptsCluster(value: string | undefined, placed: PlacedValues, actual: string): boolean {
  if (value !== undefined && value !== "") return actual === value;
  const first = placed.first();
  return first === undefined || first.value === actual;
}

function acceptsValue(
  tuple: ConstraintTuple,
  { operator, value }: Constraint,
  placed: () => PlacedValues,
  actual: string,
): boolean {
  switch (operator) {
    case "UNIQUE":
      return placed().count(actual) === 0;
    case "CLUSTER":
      return acceptsCluster(value, placed(), actual);
    case "IS":
      return isSame(value ?? "", actual);
    case "LIKE":
      return patternOf(tuple)?.test(actual) ?? false;
    case "UNLIKE":
      return !(patternOf(tuple)?.test(actual) ?? true);
    case "MAX_PER":
      return placed().count(actual) < (constraintCount(value) ?? 0);
    case "GROUP_BY":
      return acceptsGroup(placed(), constraintCount(value) ?? 0, actual);
    default:
      return assertNever(operator);
  }
}

/**
 * Whether the app may be placed on `agent`, its counted Pods being where `placedBy` says for the constraint's field. An
 * agent without the field is accepted by UNLIKE alone.
 * @see marathon@1.10 mesos/Constraints.scala
 */
export function acceptsAgent(
  tuple: ConstraintTuple,
  placedBy: (field: string) => PlacedValues,
  agent: ConstraintAgent,
  poolAttributes?: PoolAttributes,
): boolean {
  const constraint = parseConstraint(tuple);
  if (constraint === undefined) return false;
  const { field, operator } = constraint;
  const actual = fieldText(field, agent, poolAttributes);
  if (actual === undefined) return operator === "UNLIKE";
  return acceptsValue(tuple, constraint, () => placedBy(field), actual);
}

/**
 * `acceptsAgent` for a list: counted Pods (current configuration, admitted, not ended) are on `placed`, in order of
 * placement.
 */
export function acceptsConstraint(
  tuple: ConstraintTuple,
  placed: readonly ConstraintAgent[],
  agent: ConstraintAgent,
  poolAttributes?: PoolAttributes,
): boolean {
  const valuesOf = (field: string): PlacedValues => {
    const values = placed.map((other) => fieldText(field, other, poolAttributes));
    const counts = new PlacedValues(() => (values.length === 0 ? undefined : { value: values[0] }));
    for (const value of values) counts.add(value, 1);
    return counts;
  };
  return acceptsAgent(tuple, valuesOf, agent, poolAttributes);
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
