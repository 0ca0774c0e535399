import type { AgentId, FrameworkId, KubeUid } from "../../api/ids/ids.ts";
import type { Resources } from "../resources/resource.ts";
import type { Quantities } from "../resources/quantity.ts";
import type { AgentProfile } from "./agent-profile.ts";
import type { RoleConstraints } from "./offer-constraints.ts";
import type { WaitingPod } from "./pods/waiting-pod.ts";

/** What a framework holds on an agent. */
export interface Use {
  readonly frameworkId: FrameworkId;
  readonly role: string;
  readonly resources: Resources;
}

export interface FrameworkProfile {
  readonly roles: readonly string[];
  /** Roles that want no offers now. */
  readonly suppressed: readonly string[];
  /** Mesos framework capabilities: MULTI_ROLE, GPU_RESOURCES, … */
  readonly capabilities: readonly string[];
  /** Whose limits bind it beside those of its role. */
  readonly principal?: string;
  /** Replaces the global minimum for a role; an empty list = anything that is not empty. */
  readonly minAllocatable: Readonly<Record<string, readonly Quantities[]>>;
  /** Roles without an entry accept any agent. */
  readonly constraints: RoleConstraints;
}

/** When the agent is going to be unavailable. */
export interface MaintenanceWindow {
  readonly startMs: number;
  /** Absent = for good. */
  readonly durationMs?: number;
}

/**
 * Why resources came back.
 * `declinedWhole`: a whole offer unused by the framework itself (feeds demand awareness) ·
 * `declined`: a part of an offer left unused · `released`: task ended, offer rescinded or timed out.
 */
export type RecoverCause = "declinedWhole" | "declined" | "released";

/**
 * What happens at the limit of a role. `Hard`: it gets no more, as in Mesos · `Soft`: idle room beyond it is lent as revocable
 * resources · `Adaptive`: Soft while less than 80 % of the pool is in use.
 */
export type QuotaMode = "Hard" | "Soft" | "Adaptive";

/** What the allocator is told; one at a time, each with its time (`Allocator.apply`). */
export type AllocatorEvent =
  | {
      readonly kind: "agentAdded";
      readonly agentId: AgentId;
      readonly profile: AgentProfile;
      readonly total: Resources;
      readonly used?: readonly Use[];
      readonly maintenance?: MaintenanceWindow;
      /** Pod slots left for us on this agent; absent = not counted. */
      readonly podSlotsFree?: number;
    }
  | { readonly kind: "agentRemoved"; readonly agentId: AgentId }
  | {
      readonly kind: "agentUpdated";
      readonly agentId: AgentId;
      readonly profile?: AgentProfile;
      readonly total?: Resources;
      readonly podSlotsFree?: number;
    }
  /** The total grows by `resources`, of which `used` is in use already; runs nothing. */
  | {
      readonly kind: "agentGrown";
      readonly agentId: AgentId;
      readonly resources: Resources;
      readonly used: readonly Use[];
    }
  /** Back among the candidates, or not: draining, deactivated, suspect, disconnected. */
  | { readonly kind: "agentActivated"; readonly agentId: AgentId }
  | { readonly kind: "agentDeactivated"; readonly agentId: AgentId }
  /** Absent = no whitelist. */
  | { readonly kind: "whitelistSet"; readonly hostnames?: readonly string[] }
  | {
      readonly kind: "frameworkAdded";
      readonly frameworkId: FrameworkId;
      readonly profile: FrameworkProfile;
      /** False for one that is known after a failover but not connected yet; default true. */
      readonly active?: boolean;
    }
  /** Everything it held is free again; the service has killed or forgotten its tasks. */
  | { readonly kind: "frameworkRemoved"; readonly frameworkId: FrameworkId }
  | { readonly kind: "frameworkActivated"; readonly frameworkId: FrameworkId }
  | { readonly kind: "frameworkDeactivated"; readonly frameworkId: FrameworkId }
  | {
      readonly kind: "frameworkUpdated";
      readonly frameworkId: FrameworkId;
      readonly profile: FrameworkProfile;
    }
  /** SUPPRESS and REVIVE; absent roles = all of the framework. */
  | {
      readonly kind: "suppressed";
      readonly frameworkId: FrameworkId;
      readonly roles?: readonly string[];
    }
  | {
      readonly kind: "revived";
      readonly frameworkId: FrameworkId;
      readonly roles?: readonly string[];
    }
  /** An accepted operation, REQUEST or SUBSCRIBE: the framework has work in these roles. */
  | {
      readonly kind: "demandShown";
      readonly frameworkId: FrameworkId;
      readonly roles?: readonly string[];
    }
  | {
      readonly kind: "recovered";
      readonly frameworkId: FrameworkId;
      readonly role: string;
      readonly agentId: AgentId;
      /** Absent = all that it holds there in that role. */
      readonly resources?: Resources;
      /** {@link Grant.holding}, if it is known. */
      readonly holding?: number;
      /** As in `Filters.refuse_seconds`; absent = no filter. */
      readonly refuseSeconds?: number;
      readonly cause?: RecoverCause;
    }
  /** RESERVE, CREATE and their reverse on resources that a framework holds; empty `to` = gone. */
  | {
      readonly kind: "allocationConverted";
      readonly frameworkId: FrameworkId;
      readonly role: string;
      readonly agentId: AgentId;
      readonly from: Resources;
      readonly to: Resources;
    }
  /** The same by an operator on free resources; refused when they are not free. */
  | {
      readonly kind: "availableConverted";
      readonly agentId: AgentId;
      readonly from: Resources;
      readonly to: Resources;
    }
  | {
      readonly kind: "quotaSet";
      readonly role: string;
      /** Thousandths by name; absent names = no guarantee, no limit. */
      readonly guarantees: Quantities;
      readonly limits: Quantities;
      /** Default Hard. */
      readonly mode?: QuotaMode;
    }
  | { readonly kind: "quotaRemoved"; readonly role: string }
  /** Over all frameworks of the principal, thousandths by name; empty = none any more. */
  | {
      readonly kind: "principalLimitsSet";
      readonly principal: string;
      readonly limits: Quantities;
    }
  | { readonly kind: "weightSet"; readonly role: string; readonly weight: number }
  /** Absent window = none any more. */
  | {
      readonly kind: "maintenanceSet";
      readonly agentId: AgentId;
      readonly window?: MaintenanceWindow;
    }
  | {
      readonly kind: "inverseAnswered";
      readonly agentId: AgentId;
      readonly frameworkId: FrameworkId;
      readonly answer: "ACCEPT" | "DECLINE" | "UNKNOWN";
      readonly refuseSeconds?: number;
    }
  | { readonly kind: "paused" }
  | { readonly kind: "resumed" }
  /** Only time passed: filters end; in trigger mode `event` their agents are due for a run. */
  | { readonly kind: "timePassed" }
  /** Trigger mode `event`: the coalescing window is over, look at what is dirty. */
  | { readonly kind: "run" }
  /** The periodic run: over all agents in mode `interval`, over what is dirty in mode `event`. */
  | { readonly kind: "tick" }
  | { readonly kind: "podWaiting"; readonly pod: WaitingPod }
  /** What the role's waiting pods say about agents (`canRunOn`) may have changed. */
  | { readonly kind: "podRulesChanged"; readonly role: string }
  /** Over, deleted, or no longer gated without us; releases what it was charged. */
  | { readonly kind: "podGone"; readonly podUid: KubeUid }
  /** Seen on an agent, by our admission or without it: charged there and nowhere else. */
  | { readonly kind: "podPlaced"; readonly pod: WaitingPod; readonly agentId: AgentId }
  /** The patch that removes the gate failed for good: the charge is undone; wait again or not. */
  | {
      readonly kind: "podAdmissionFailed";
      readonly podUid: KubeUid;
      readonly requeue: boolean;
    }
  /** Pods are made to leave the agent for the first pod of the role's queue: what frees there is kept for it. */
  | { readonly kind: "agentHeld"; readonly agentId: AgentId; readonly role: string }
  /**
   * How many pods may be admitted from now on; each admission takes one. Before the first such event
   * there is no bound. A window that opens again makes what could not be admitted due for a run.
   */
  | { readonly kind: "admissionWindow"; readonly free: number };

/** One framework may have these resources of one agent in one role: an offer to be made. */
export interface Grant {
  readonly frameworkId: FrameworkId;
  readonly role: string;
  readonly agentId: AgentId;
  readonly resources: Resources;
  /** Where the allocator keeps what the framework holds there in that role: a hint that makes giving back cheap. */
  readonly holding: number;
}

/** One framework is asked to leave one agent before its window; empty resources = all. */
export interface InverseOffer {
  readonly frameworkId: FrameworkId;
  readonly agentId: AgentId;
  readonly window: MaintenanceWindow;
}

/** One pod may run: its request is charged to the agent named from now on. */
export interface PodAdmission {
  readonly podUid: KubeUid;
  readonly role: string;
  readonly agentId: AgentId;
  readonly resources: Resources;
}

/** What the event asked for and what came of it; expected outcomes, never exceptions. */
export type Outcome =
  | { readonly kind: "applied" }
  /** It named an agent, framework or pod that is not known; counted, nothing changed. */
  | { readonly kind: "unknownSubject" }
  /** Nothing changed. */
  | { readonly kind: "refused"; readonly reason: RefusalReason };

export type RefusalReason = "notFree" | "notHeld" | "nestedRole" | "quotaTooLarge" | "badWeight";

/** What follows from one event. */
export interface Decision {
  readonly outcome: Outcome;
  /** Runs of the allocation made by this event: 0 or 1. */
  readonly runs: 0 | 1;
  /** At most one per (framework, role, agent). */
  readonly grants: readonly Grant[];
  readonly inverseOffers: readonly InverseOffer[];
  readonly admissions: readonly PodAdmission[];
  /** When to call again with `run` (or `timePassed`) at the latest; absent = nothing is due. */
  readonly nextDueMs?: number;
}
