import type { z } from "zod";
import { violationPath, type Violation } from "./violation.ts";

type Issue = z.core.$ZodIssue;

const EXPECTED: Readonly<Record<string, string>> = {
  string: "error.expected.jsstring",
  number: "error.expected.jsnumber",
  int: "error.expected.int",
  boolean: "error.expected.jsboolean",
  array: "error.expected.jsarray",
  tuple: "error.expected.jsarray",
  object: "error.expected.jsobject",
  record: "error.expected.jsobject",
};

function typeWord(expected: string, input: unknown): string {
  if (input === undefined) return "error.path.missing";
  if (expected === "int" && typeof input !== "number") return "error.expected.jsnumber";
  return EXPECTED[expected] ?? "error.expected.jsobject";
}

function boundWord(bound: "min" | "max", origin: string): string {
  return origin === "string" || origin === "array" ? `error.${bound}Length` : `error.${bound}`;
}

function wordsOf(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return typeWord(issue.expected, issue.input);
    case "too_small":
      return boundWord("min", issue.origin);
    case "too_big":
      return boundWord("max", issue.origin);
    case "invalid_format":
    case "invalid_key":
      return "error.pattern";
    case "invalid_value":
      return typeof issue.input === "string"
        ? "error.unknown.enum.literal"
        : typeWord("string", issue.input);
    default:
      return "error.expected.jsobject";
  }
}

/** The union's branch that came furthest tells what is wrong; a value of no branch's type gets the first one's word. */
function flatten(issue: Issue, base: readonly PropertyKey[]): Violation[] {
  const path = [...base, ...issue.path];
  if (issue.code !== "invalid_union" || issue.errors.length === 0) {
    return [{ path: violationPath(path), error: wordsOf(issue) }];
  }
  const deepest = issue.errors.toSorted(
    (a, b) => Math.max(...b.map((i) => i.path.length)) - Math.max(...a.map((i) => i.path.length)),
  )[0]!;
  return deepest.flatMap((inner) => flatten(inner, path));
}

/**
 * What zod found, in Play JSON's words that Marathon's clients know (`error.expected.jsstring` …). Parse with
 * `reportInput: true`: a missing key is told from a wrong type by its input.
 */
export function schemaViolations(error: z.ZodError): Violation[] {
  return error.issues.flatMap((issue) => flatten(issue, []));
}
