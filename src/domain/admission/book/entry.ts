import type { AgentId } from "../../../api/ids/ids.ts";
import type { PoolPod } from "../pool-pod.ts";
import type { PodFault } from "../request/annotations.ts";
import { groupFields } from "./group-spread.ts";

/** Why a gated pod is not even shown to the allocator, the first that applies. */
export type HoldReason =
  /** Admission is switched off. */
  | "disabled"
  /** An annotation cannot be followed. */
  | "fault"
  /** It needs a node of our choice and `admission.pin` is Never. */
  | "pinForbidden"
  /** The server refused the patch a moment ago. */
  | "refused"
  /** Its app waits after failures, or has used up its launches of this minute. */
  | "delay"
  | "rate";

export type EntryPhase =
  | { readonly kind: "held"; readonly reason: HoldReason }
  /** In the allocator's queue. */
  | { readonly kind: "waiting" }
  /** Charged; the patch is on its way. */
  | { readonly kind: "patching"; readonly agentId: AgentId }
  /** Without gate and without node. `agentId` is the tentative agent. */
  | { readonly kind: "admitted"; readonly agentId?: AgentId; readonly sinceMs: number }
  | { readonly kind: "placed"; readonly nodeName: string };

/** Everything known about one pod of the pool. Changed in place by the book alone. */
export interface Entry {
  pod: PoolPod;
  phase: EntryPhase;
  fault?: PodFault;
  /** Both follow the pod, see `nodeRulesKey` and `placeKey`. */
  rulesKey: string;
  placeKey: string;
  readonly waitingSinceMs: number;
  /** Where the allocator charges it now. */
  chargedOn?: AgentId;
  /** Refusals in a row, and when the next try may be made. */
  refusals: number;
  retryAtMs?: number;
  /** Notes that are written once in a life. */
  readonly noted: Set<string>;
}

/** Still behind the gate, and no patch under way. */
export function isGated(entry: Pick<Entry, "phase">): boolean {
  return entry.phase.kind === "held" || entry.phase.kind === "waiting";
}

/** All that decides on which agents the pod may be: pods with the same one get the same answers at the same time. */
export function placeKey(rulesKey: string, pod: PoolPod): string {
  const { appKey, appVersion, constraints } = pod;
  if (constraints.length === 0) return rulesKey;
  const key = [rulesKey, appKey, appVersion, constraints];
  if (groupFields(pod).size === 0) return JSON.stringify(key);
  // Whether a better group has room depends on what the pod asks for.
  return JSON.stringify([...key, pod.role, pod.request, pod.acceptedRoles, pod.dynamicPorts]);
}

/** All that the allocator goes by while the pod waits: where it changes, the pod is told anew. */
export function queueKey({ pod, placeKey: place }: Pick<Entry, "pod" | "placeKey">): string {
  const { role, request, dynamicPorts, priority, acceptedRoles, appKey } = pod;
  return JSON.stringify([role, request, dynamicPorts, priority, acceptedRoles, appKey, place]);
}

/** Order of the queue of an app: as the allocator's within a role. */
export function compareQueued(a: Pick<Entry, "pod">, b: Pick<Entry, "pod">): number {
  return (
    b.pod.priority - a.pod.priority ||
    a.pod.createdMs - b.pod.createdMs ||
    (a.pod.uid < b.pod.uid ? -1 : 1)
  );
}

/** An admitted pod without a node after this is noted: the scheduler finds none. */
export const UNBOUND_AFTER_MS = 60_000;

const BACKOFF_FIRST_MS = 1000;
const BACKOFF_MAX_MS = 300_000;

/** Wait after the n-th refusal in a row: 1 s, doubling, 5 min at most. */
export function refusalBackoffMs(refusals: number): number {
  return Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** (refusals - 1));
}
