import type { KubePod } from "../kube-pod.ts";
import type { KillOrder } from "../run.ts";

/** Says that we ended the task, and why: `{"cause", "dueMs"}`. */
export const KILL_ANNOTATION = "orchestrator.io/kill";

/** The order as the Pod keeps it for an agent that restarts. */
export function killNote(kill: KillOrder): Readonly<Record<string, string>> {
  return { [KILL_ANNOTATION]: JSON.stringify(kill) };
}

/** The order that a Pod was ended with, if it was. */
export function killOrderOf({ metadata }: KubePod): KillOrder | undefined {
  const text = metadata.annotations?.[KILL_ANNOTATION];
  if (text === undefined) return undefined;
  try {
    const { cause, dueMs } = JSON.parse(text) as KillOrder;
    return { cause, dueMs };
  } catch {
    // Somebody wrote the annotation by hand: it says that the task is to end, not why.
    return { cause: "request", dueMs: 0 };
  }
}
