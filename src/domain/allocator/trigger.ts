import type { AgentId } from "../../api/ids/ids.ts";
import { assertNever } from "../../api/invariant.ts";
import type { AllocatorEvent } from "./events.ts";

/** Agents that an event triggers a run over. */
export type Trigger = "none" | "all" | { readonly agentId: AgentId };

/**
 * What an event that was applied triggers in mode `interval`; in mode `event` the dirty agents are looked at instead.
 *
 * @see mesos@1.11 src/master/allocator/mesos/hierarchical.cpp, callers of `generateOffers`
 */
export function triggerOf(event: AllocatorEvent): Trigger {
  switch (event.kind) {
    case "agentAdded":
    case "agentUpdated":
    case "maintenanceSet":
      return { agentId: event.agentId };
    case "frameworkAdded":
    case "frameworkActivated":
    case "revived":
    case "tick":
    case "podWaiting":
    case "podRulesChanged":
    case "admissionWindow":
      return "all";
    case "agentRemoved":
    case "agentGrown":
    case "agentActivated":
    case "agentDeactivated":
    case "whitelistSet":
    case "frameworkDeactivated":
    case "frameworkRemoved":
    case "frameworkUpdated":
    case "suppressed":
    case "demandShown":
    case "recovered":
    case "allocationConverted":
    case "availableConverted":
    case "quotaSet":
    case "quotaRemoved":
    case "principalLimitsSet":
    case "weightSet":
    case "inverseAnswered":
    case "paused":
    case "resumed":
    case "timePassed":
    case "run":
    case "podGone":
    case "podPlaced":
    case "podAdmissionFailed":
    case "agentHeld":
      return "none";
    default:
      return assertNever(event);
  }
}
