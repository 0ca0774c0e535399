import type { ConstraintTuple } from "../../../api/marathon/app.ts";

export const CONSTRAINT_OPERATORS = [
  "UNIQUE",
  "CLUSTER",
  "GROUP_BY",
  "LIKE",
  "MAX_PER",
  "UNLIKE",
  "IS",
] as const;
export type ConstraintOperator = (typeof CONSTRAINT_OPERATORS)[number];

export interface Constraint {
  readonly field: string;
  readonly operator: ConstraintOperator;
  readonly value?: string;
}

const INTEGER = /^[+-]?\d+$/;
/** What Marathon takes `inf` for. */
const INT_MAX = 2_147_483_647;

function isOperator(text: string): text is ConstraintOperator {
  return (CONSTRAINT_OPERATORS as readonly string[]).includes(text);
}

/** The constraint of a tuple whose rules hold, or `undefined` for an operator that does not exist. */
export function parseConstraint([field = "", name = "", value]: ConstraintTuple):
  Constraint | undefined {
  const operator = name.toUpperCase();
  if (!isOperator(operator)) return undefined;
  return { field, operator, ...(value === undefined ? {} : { value }) };
}

/** The whole number of MAX_PER and GROUP_BY; `inf` is the largest one. */
export function constraintCount(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (value === "inf") return INT_MAX;
  return INTEGER.test(value) ? Number(value) : undefined;
}
