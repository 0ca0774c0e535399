import type { AllocatorEvent, Decision } from "../../../domain/allocator/events.ts";
import type { MasterState } from "../../../domain/mesos/master-state.ts";

/** Keeps the table that people are shown in step with what the allocator was told, and decided, about pods. */
export function notePods(
  state: MasterState,
  event: AllocatorEvent,
  decision: Decision,
  nowMs: number,
): void {
  switch (event.kind) {
    case "podPlaced": {
      const { uid, role, request } = event.pod;
      const isNews = state.pods.agentOf(uid) !== event.agentId;
      // On its tentative agent it keeps what was charged: reservations, chosen ports.
      if (isNews && decision.outcome.kind === "applied") {
        state.pods.put(event.agentId, { podUid: uid, role, resources: request, sinceMs: nowMs });
      }
      break;
    }
    case "podGone":
    case "podAdmissionFailed":
      state.pods.remove(event.podUid);
      break;
    case "agentRemoved":
      state.pods.dropAgent(event.agentId);
      break;
    default:
      break;
  }
  for (const { agentId, podUid, role, resources } of decision.admissions) {
    state.pods.put(agentId, { podUid, role, resources, sinceMs: nowMs });
  }
}
