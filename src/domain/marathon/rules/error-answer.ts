import { assertNever } from "../../../api/invariant.ts";
import type { ErrorBody } from "../../../api/marathon/errors.ts";
import type { BodyProblem } from "./read-body.ts";
import { toErrorDetails, type Violation } from "./violation.ts";

export interface ErrorAnswer {
  readonly status: number;
  readonly body: ErrorBody;
}

/** The answer to a body that cannot be read. */
export function bodyProblemAnswer(problem: BodyProblem): ErrorAnswer {
  switch (problem.kind) {
    case "notJson":
      return { status: 400, body: { message: "Invalid JSON", details: problem.details } };
    case "empty":
      return {
        status: 400,
        body: { message: "Please specify data in JSON format", details: problem.details },
      };
    case "schema":
      return {
        status: 422,
        body: { message: "Invalid JSON", details: toErrorDetails(problem.violations) },
      };
    default:
      return assertNever(problem);
  }
}

/** The answer to a document that breaks rules. */
export function ruleAnswer(violations: readonly Violation[]): ErrorAnswer {
  return {
    status: 422,
    body: { message: "Object is not valid", details: toErrorDetails(violations) },
  };
}

/** The answer that carries only a message. */
export function messageAnswer(status: number, message: string): ErrorAnswer {
  return { status, body: { message } };
}
