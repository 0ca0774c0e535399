import type { KubeMeta, KubePod, KubePodSpecView } from "../agent/kube-pod.ts";

export interface NodeSelectorRequirement {
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist" | "Gt" | "Lt";
  readonly values?: readonly string[];
}

/** One alternative: all of its expressions and fields must hold. */
export interface NodeSelectorTerm {
  readonly matchExpressions?: readonly NodeSelectorRequirement[];
  readonly matchFields?: readonly NodeSelectorRequirement[];
}

export interface NodeAffinity {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: {
    readonly nodeSelectorTerms: readonly NodeSelectorTerm[];
  };
}

export type TaintEffect = "NoSchedule" | "PreferNoSchedule" | "NoExecute";

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: TaintEffect;
}

export interface Toleration {
  /** Absent or "": every key. */
  readonly key?: string;
  readonly operator?: "Exists" | "Equal";
  readonly value?: string;
  /** Absent or "": every effect. */
  readonly effect?: TaintEffect | "";
}

/** The parts of a pod's spec that decide where and when it may run. */
export interface GatedPodSpec extends KubePodSpecView {
  readonly schedulingGates?: readonly { readonly name: string }[];
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly affinity?: { readonly nodeAffinity?: NodeAffinity };
  readonly tolerations?: readonly Toleration[];
  readonly priority?: number;
}

/** A pod as admission reads it, gated or not. */
export interface GatedPod extends KubePod {
  readonly spec: GatedPodSpec;
}

/** A node as the rules of pods see it. */
export interface RuledNode {
  readonly metadata: KubeMeta;
  readonly spec?: { readonly unschedulable?: boolean; readonly taints?: readonly Taint[] };
}
