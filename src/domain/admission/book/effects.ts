import type { AgentId, KubeUid } from "../../../api/ids/ids.ts";
import type { AllocatorEvent } from "../../allocator/events.ts";
import type { PatchOperation } from "../admission-patch.ts";
import type { PoolPod } from "../pool-pod.ts";

/** What the allocator is told about pods. */
export type PodEvent = Extract<
  AllocatorEvent,
  {
    kind:
      | "podWaiting"
      | "podGone"
      | "podPlaced"
      | "podAdmissionFailed"
      | "admissionWindow"
      // Node rules and constraints of the role's waiting pods may answer otherwise.
      | "podRulesChanged"
      // Without new facts: the node rules of pods may answer otherwise for this agent.
      | "agentUpdated";
  }
>;

/** Reasons of the events that admission writes on pods. */
export const POD_NOTE_REASONS = {
  InvalidRole: "Warning",
  InvalidAcceptedRoles: "Warning",
  InvalidDynamicPorts: "Warning",
  InvalidConstraints: "Warning",
  UnfulfilledConstraint: "Warning",
  AdmissionRefused: "Warning",
  AdmissionTimeout: "Warning",
  AdmittedButUnbound: "Warning",
  AdoptedWithoutAdmission: "Warning",
  WaitingForResources: "Normal",
} as const;
export type PodNoteReason = keyof typeof POD_NOTE_REASONS;

/** What follows from one input; carried out in order. */
export type PodEffect =
  | { readonly kind: "tell"; readonly event: PodEvent }
  | {
      readonly kind: "patch";
      readonly uid: KubeUid;
      readonly pod: PoolPod;
      readonly agentId: AgentId;
      readonly operations: readonly PatchOperation[];
    }
  | {
      readonly kind: "note";
      readonly pod: PoolPod;
      readonly reason: PodNoteReason;
      readonly message: string;
    };

/** How the patch of an admission ended. */
export type PatchOutcome =
  | { readonly kind: "admitted" }
  /** The pod does not exist any more. */
  | { readonly kind: "gone" }
  /** It was not the pod that was decided on, or nobody knows what became of the patch; `fresh` comes with it. */
  | { readonly kind: "stale" }
  /** The server does not let us. */
  | { readonly kind: "refused"; readonly message: string };
