import type { z } from "zod";

/** Key under which a schema carries its CEL rules to the CRD generator. */
export const VALIDATIONS = "x-kubernetes-validations";

export type CelReason =
  "FieldValueInvalid" | "FieldValueForbidden" | "FieldValueRequired" | "FieldValueDuplicate";

/** One CEL rule as the CRD carries it. */
export interface CelRule {
  readonly rule: string;
  readonly message: string;
  readonly reason?: CelReason;
  /** JSON path below the schema, e.g. `.service.type`. */
  readonly fieldPath?: string;
}

/** A CEL rule with its twin in TypeScript: the API server and zod must answer alike. */
export interface Rule<T> extends CelRule {
  readonly holds: (value: T) => boolean;
}

/** The CEL rules that a schema carries. */
export function rulesOf(schema: z.ZodType): readonly CelRule[] {
  return (schema.meta()?.[VALIDATIONS] ?? []) as readonly CelRule[];
}

function withCel<S extends z.ZodType>(schema: S, before: readonly CelRule[], rules: CelRule[]): S {
  return schema.meta({ ...schema.meta(), [VALIDATIONS]: [...before, ...rules] });
}

/** The schema with rules that hold over one object, checked by zod here and by CEL on the API server. */
export function withRules<S extends z.ZodType>(schema: S, rules: readonly Rule<z.output<S>>[]): S {
  const before = rulesOf(schema);
  let checked: S = schema;
  for (const { holds, message, fieldPath } of rules) {
    const path = fieldPath === undefined ? [] : fieldPath.slice(1).split(".");
    checked = checked.refine((value) => holds(value), { message, path });
  }
  return withCel(
    checked,
    before,
    rules.map(({ holds: _, ...cel }) => cel),
  );
}

/** The schema with rules over old and new object; only the API server sees both, so zod knows nothing of them. */
export function withTransitionRules<S extends z.ZodType>(schema: S, rules: readonly CelRule[]): S {
  return withCel(schema, rulesOf(schema), [...rules]);
}

/** A required field that never changes. */
export function immutable<S extends z.ZodType>(schema: S, field: string): S {
  return withTransitionRules(schema, [
    { rule: "self == oldSelf", message: `${field} cannot be changed`, reason: "FieldValueInvalid" },
  ]);
}

/** On the parent of an optional field that is immutable: it can neither be added nor removed later. */
export function presenceFixed(field: string): CelRule {
  return {
    rule: `has(self.${field}) == has(oldSelf.${field})`,
    message: `${field} can be neither added nor removed`,
    reason: "FieldValueInvalid",
  };
}
