import type { GatedPodSpec, NodeSelectorTerm, RuledNode, Taint, Toleration } from "../kube-view.ts";
import { matchesLabels, matchesTerm } from "./node-selector.ts";
import { UNSCHEDULABLE_TAINT, untoleratedTaint } from "./taints.ts";

/** Where a pod may run by its own spec: what the scheduler's node filters would say. */
export interface NodeRules {
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** Alternatives of the required node affinity; absent = no affinity (an empty list matches no node). */
  readonly terms?: readonly NodeSelectorTerm[];
  readonly tolerations: readonly Toleration[];
}

/** Why a node is no place for the pod, the first that applies. */
export type NodeRefusal =
  | { readonly kind: "unschedulable" }
  | { readonly kind: "taint"; readonly taint: Taint }
  | { readonly kind: "selector" }
  | { readonly kind: "affinity" };

export function nodeRulesOf(spec: GatedPodSpec): NodeRules {
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return {
    nodeSelector: spec.nodeSelector ?? {},
    ...(required === undefined ? {} : { terms: required.nodeSelectorTerms }),
    tolerations: spec.tolerations ?? [],
  };
}

/** Equal for pods of one template: the key under which verdicts may be shared. */
export function nodeRulesKey({ nodeSelector, terms, tolerations }: NodeRules): string {
  const selector = Object.entries(nodeSelector).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([selector, terms ?? null, tolerations]);
}

/**
 * Why the pod cannot run on the node, or `undefined` when it can. Only node rules: room is the allocator's question, pod
 * affinity and topology spread stay with the scheduler.
 */
export function refusesNode(rules: NodeRules, node: RuledNode): NodeRefusal | undefined {
  const cordoned = node.spec?.unschedulable === true;
  if (cordoned && untoleratedTaint([UNSCHEDULABLE_TAINT], rules.tolerations) !== undefined) {
    return { kind: "unschedulable" };
  }
  const taint = untoleratedTaint(node.spec?.taints ?? [], rules.tolerations);
  if (taint !== undefined) return { kind: "taint", taint };
  if (!matchesLabels(rules.nodeSelector, node)) return { kind: "selector" };
  const isWanted = rules.terms?.some((term) => matchesTerm(term, node)) ?? true;
  return isWanted ? undefined : { kind: "affinity" };
}
