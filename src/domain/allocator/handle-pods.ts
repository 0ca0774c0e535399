import type { AllocatorCore } from "./allocator-core.ts";
import type { AllocatorEvent, Outcome } from "./events.ts";

type EventOf<K extends AllocatorEvent["kind"]> = Extract<AllocatorEvent, { kind: K }>;

const APPLIED: Outcome = { kind: "applied" };
const UNKNOWN: Outcome = { kind: "unknownSubject" };

export function podWaiting({ pods }: AllocatorCore, event: EventOf<"podWaiting">): Outcome {
  pods.enqueue(event.pod);
  return APPLIED;
}

export function podRulesChanged(
  { pods }: AllocatorCore,
  event: EventOf<"podRulesChanged">,
): Outcome {
  return pods.reopen(event.role) ? APPLIED : UNKNOWN;
}

export function podGone({ pods }: AllocatorCore, event: EventOf<"podGone">): Outcome {
  const wasWaiting = pods.dequeue(event.podUid);
  const wasCharged = pods.release(event.podUid) !== undefined;
  return wasWaiting || wasCharged ? APPLIED : UNKNOWN;
}

/** The charge moves to where the pod runs; an agent may be overcommitted by that. */
export function podPlaced({ pods, state }: AllocatorCore, event: EventOf<"podPlaced">): Outcome {
  const agent = state.agents.find(event.agentId);
  if (agent === undefined) return UNKNOWN;
  pods.place(event.pod, agent);
  return APPLIED;
}

export function podAdmissionFailed(
  { pods }: AllocatorCore,
  event: EventOf<"podAdmissionFailed">,
): Outcome {
  const queued = pods.release(event.podUid);
  if (queued === undefined) return UNKNOWN;
  if (event.requeue) pods.enqueue(queued.pod);
  return APPLIED;
}

export function holdAgent({ state, held }: AllocatorCore, event: EventOf<"agentHeld">): Outcome {
  const agent = state.agents.find(event.agentId);
  const role = state.roles.find(event.role);
  if (agent === undefined || role === undefined) return UNKNOWN;
  held.holdFor(role, agent);
  return APPLIED;
}
