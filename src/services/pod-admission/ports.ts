import type { LabelSelector } from "../../api/crd/v1alpha1/common/label-selector.ts";
import type { AgentId, KubeUid } from "../../api/ids/ids.ts";
import type { Attribute } from "../../api/mesos/value.ts";
import type { AdmissionRules } from "../../domain/admission/book/admission-rules.ts";
import type { WaitingPod } from "../../domain/allocator/pods/waiting-pod.ts";

/** What admission tells the engine; it answers at once and never throws. The offer engine's `PodFeed` is one. */
export interface PoolLedger {
  podWaiting(pod: WaitingPod): void;
  podRulesChanged(role: string): void;
  podGone(podUid: KubeUid): void;
  podPlaced(pod: WaitingPod, agentId: AgentId): void;
  admissionFailed(podUid: KubeUid, requeue: boolean): void;
  admissionWindow(free: number): void;
  agentRulesChanged(agentId: AgentId): void;
}

/** An agent of the engine, as its `PodAgent`. */
export interface LedgerAgent {
  readonly agentId: AgentId;
  readonly hostname: string;
  readonly nodeUid?: string;
  readonly region?: string;
  readonly zone?: string;
  readonly attributes: readonly Attribute[];
}

export interface AdmissionConfig extends AdmissionRules {
  /** Namespaces whose pods may be of the pool. */
  readonly namespaceSelector: LabelSelector;
}

/** How pods are to be admitted now, and a word when that changes. */
export interface AdmissionConfigSource {
  current(): AdmissionConfig;
  /** Calls `changed` after each change; the result ends that. */
  subscribe(changed: () => void): () => void;
}
