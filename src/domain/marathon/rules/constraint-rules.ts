import type { AppDefinition, ConstraintTuple } from "../../../api/marathon/app.ts";
import {
  CONSTRAINT_OPERATORS,
  constraintCount,
  parseConstraint,
} from "../constraints/constraint.ts";
import { compileJavaRegex } from "../constraints/java-regex.ts";
import type { Violation } from "./violation.ts";

const IS_VALUE = /^[a-zA-Z0-9_/.-]*$/;
const NOT_TEXT_OR_FLOAT =
  "IS only supports Mesos text and float values (see http://mesos.apache.org/documentation/latest/attributes-resources/)";

/** What is wrong with one constraint, or `undefined`. */
export function constraintError(tuple: ConstraintTuple): string | undefined {
  if ((tuple[0] ?? "") === "") return "missing field for constraint declaration";
  if (tuple.length > 3) return "illegal constraint specification";
  const constraint = parseConstraint(tuple);
  if (!constraint) {
    const [last, ...others] = CONSTRAINT_OPERATORS.toReversed();
    return `operator must be one of the following ${others.toReversed().join(", ")} or ${last}`;
  }
  const { operator, value } = constraint;
  switch (operator) {
    case "UNIQUE":
      return value === undefined || value === "" ? undefined : "UNIQUE does not accept a value";
    case "LIKE":
    case "UNLIKE":
      if (!value) return "LIKE and UNLIKE require a non-empty, regular expression value";
      return compileJavaRegex(value) ? undefined : "is not a valid regular expression";
    case "MAX_PER":
      return constraintCount(value) === undefined ? "MAX_PER requires an integer value" : undefined;
    case "GROUP_BY":
      return value !== undefined && value !== "" && constraintCount(value) === undefined
        ? "GROUP BY must define an integer value or else no value at all"
        : undefined;
    case "IS":
      return value !== undefined && IS_VALUE.test(value) ? undefined : NOT_TEXT_OR_FLOAT;
    case "CLUSTER":
      return undefined;
  }
}

/** All broken rules of `constraints`. */
export function constraintRules(app: AppDefinition): Violation[] {
  return app.constraints.flatMap((tuple, i) => {
    const error = constraintError(tuple);
    return error === undefined ? [] : [{ path: `/constraints(${i})`, error }];
  });
}
