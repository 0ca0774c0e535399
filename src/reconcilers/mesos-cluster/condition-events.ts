import type { ConditionFact } from "../../domain/operator/condition-fact.ts";
import type { EventNote } from "../../runtime/ports/event-recorder.ts";

interface Before {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
}

const ACTION: Readonly<Record<string, string>> = {
  Ready: "Observe",
  Stalled: "Refuse",
  Reconciling: "Reconcile",
  ReconciliationPaused: "Pause",
};

const isBad = ({ type, status }: ConditionFact): boolean =>
  type === "Stalled" || (type === "Ready" && status === "False");

/** Events for conditions that changed since the last status: what users wait for, with the condition's own reason. */
export function conditionEvents(
  before: readonly Before[],
  after: readonly ConditionFact[],
): EventNote[] {
  const isNew = (fact: ConditionFact): boolean =>
    !before.some(
      (old) => old.type === fact.type && old.status === fact.status && old.reason === fact.reason,
    );
  return (
    after
      .filter((fact) => fact.type in ACTION && isNew(fact))
      // Becoming ready is no warning before it has been ready once.
      .filter((fact) => !(fact.type === "Ready" && fact.status === "False" && before.length === 0))
      .map((fact) => ({
        type: isBad(fact) ? "Warning" : "Normal",
        reason: fact.reason,
        action: ACTION[fact.type] ?? "Observe",
        note: fact.message,
      }))
  );
}
