import type { AgentId, KubeUid } from "../../../api/ids/ids.ts";
import type { PodAdmission } from "../../allocator/events.ts";
import type { GatedPod, RuledNode } from "../kube-view.ts";
import type { PoolAgent } from "../rules/agent-table.ts";
import type { AdmissionRules } from "./admission-rules.ts";
import type { PatchOutcome } from "./effects.ts";
import type { AppLaunchRules } from "./launch-limits.ts";

/** What the book is told; one thing at a time. */
export type PodInput =
  /** `isInitial`: part of the first list after a start. */
  | { readonly kind: "podSeen"; readonly object: GatedPod; readonly isInitial: boolean }
  | { readonly kind: "podDeleted"; readonly uid: KubeUid }
  | { readonly kind: "agentKnown"; readonly agent: PoolAgent }
  | { readonly kind: "agentGone"; readonly agentId: AgentId }
  | { readonly kind: "nodeSeen"; readonly node: RuledNode }
  | { readonly kind: "nodeGone"; readonly name: string }
  | { readonly kind: "appSeen"; readonly appKey: string; readonly rules: AppLaunchRules }
  | { readonly kind: "appGone"; readonly appKey: string }
  /** The allocator charged these. */
  | {
      readonly kind: "decided";
      readonly admissions: readonly PodAdmission[];
      readonly term: number;
    }
  | {
      readonly kind: "patchEnded";
      readonly uid: KubeUid;
      readonly outcome: PatchOutcome;
      /** The pod as it is now, where it was read or written. */
      readonly fresh?: GatedPod;
    }
  | { readonly kind: "rulesChanged"; readonly rules: AdmissionRules }
  | { readonly kind: "timePassed" };
