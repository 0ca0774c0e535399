import type { z } from "zod";
import { schemaViolations } from "./schema-violations.ts";
import type { Violation } from "./violation.ts";

/** Why a body is refused, each with its own answer (see `error-answer.ts`). */
export type BodyProblem =
  | { readonly kind: "notJson"; readonly details: string }
  | { readonly kind: "empty"; readonly details: string }
  | { readonly kind: "schema"; readonly violations: readonly Violation[] };

export type BodyResult<T> =
  | { readonly kind: "ok"; readonly value: T }
  | { readonly kind: "refused"; readonly problem: BodyProblem };

/** Maps whose values are the user's own: a null in them is an error, not an absent option. */
const USER_MAPS: ReadonlySet<string> = new Set(["env", "labels"]);

/** The value without members that are null: Marathon reads null as "not given", at any depth. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([key, member]) => [
        key,
        USER_MAPS.has(key) ? (member as unknown) : withoutNulls(member),
      ]),
  );
}

/** The JSON document of a request body. */
export function readJson(text: string): BodyResult<unknown> {
  if (text.trim() === "") {
    const details = "No content to map due to end-of-input";
    return { kind: "refused", problem: { kind: "empty", details } };
  }
  try {
    return { kind: "ok", value: JSON.parse(text) };
  } catch (error) {
    const details = error instanceof Error ? error.message : String(error);
    return { kind: "refused", problem: { kind: "notJson", details } };
  }
}

/** The document as the schema's type; every violation is reported, not only the first. */
export function readDocument<S extends z.ZodType>(
  schema: S,
  document: unknown,
): BodyResult<z.output<S>> {
  const parsed = schema.safeParse(withoutNulls(document), { reportInput: true });
  if (parsed.success) return { kind: "ok", value: parsed.data };
  return {
    kind: "refused",
    problem: { kind: "schema", violations: schemaViolations(parsed.error) },
  };
}
