/** Why a task cannot be started as asked: the field by its Mesos name, and what to do. */
export interface Refusal {
  readonly field: string;
  readonly message: string;
  /** `error`: the task can never run anywhere (TASK_ERROR); else it failed here (TASK_FAILED). */
  readonly kind: "error" | "failed";
}

/** A part of a plan, or the first field that stands in its way. */
export type Mapped<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

export function mapped<T>(value: T): Mapped<T> {
  return { ok: true, value };
}

export function refused(
  field: string,
  message: string,
  kind: Refusal["kind"] = "failed",
): { readonly ok: false; readonly refusal: Refusal } {
  return { ok: false, refusal: { field, message, kind } };
}
