import type { ConditionFact } from "./condition-fact.ts";

/** What went wrong while writing, as far as it is shown. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly retry: "transient" | "terminal";
}

interface Told {
  readonly conditions: readonly ConditionFact[];
  readonly phase?: string | undefined;
  readonly lastError?: { code: string; message: string; hint?: string | undefined } | undefined;
}

/**
 * True when the namespace is on its way out: nothing can be made there any more, and the object goes with it. The API server says
 * so in words only, under the code of a missing permission.
 */
export function isNamespaceEnding({ code, message }: Pick<Failure, "code" | "message">): boolean {
  return code === "KUBE_FORBIDDEN" && message.includes("because it is being terminated");
}

/** Why a person must act, if one must. */
function stalledReason({ code, message }: Failure): string | undefined {
  if (/exceeded quota/i.test(message)) return "QuotaExceeded";
  if (code === "KUBE_FORBIDDEN") return "Forbidden";
  if (code === "KUBE_INVALID") return "InvalidSpec";
  return undefined;
}

/**
 * The status with a failure of this round: `Stalled` when a person must act, else `Reconciling/Retrying`, and `lastError`. Other
 * conditions keep what was observed.
 */
export function withFailure<S extends Told>(status: S, failure: Failure): S {
  const reason = stalledReason(failure);
  const observedGeneration = status.conditions[0]?.observedGeneration ?? 0;
  const others = status.conditions.filter(
    ({ type }) => type !== "Reconciling" && (reason === undefined || type !== "Stalled"),
  );
  const added: ConditionFact = {
    type: reason === undefined ? "Reconciling" : "Stalled",
    status: "True",
    reason: reason ?? "Retrying",
    message: `${failure.message} (${failure.code}). ${failure.hint}`,
    observedGeneration,
  };
  const { code, message, hint } = failure;
  return {
    ...status,
    ...(reason === undefined ? {} : { phase: "Stalled" }),
    conditions: [...others, added],
    lastError: { code, message: message.slice(0, 1024), hint: hint.slice(0, 1024) },
  };
}
