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
  const wasReady = before.some(({ type, status }) => type === "Ready" && status === "True");
  const isStalled = after.some(({ type }) => type === "Stalled");
  // Not being ready is news only to who saw it ready; why a person must act is told by Stalled.
  const isNews = ({ type, status }: ConditionFact): boolean =>
    type !== "Ready" || status !== "False" || (wasReady && !isStalled);
  return after
    .filter((fact) => fact.type in ACTION && isNew(fact) && isNews(fact))
    .map((fact) => ({
      type: isBad(fact) ? "Warning" : "Normal",
      reason: fact.reason,
      action: ACTION[fact.type] ?? "Observe",
      note: fact.message,
    }));
}
