import type { KubeObject } from "../kube/kube-object.ts";
import { shortHash } from "./canonical-json.ts";
import { missingPaths } from "./subset.ts";

/** Says what was applied last, so that a field that is no longer wanted is noticed. */
export const APPLIED_HASH = "orchestrator.io/applied-hash";

export type ApplyDecision =
  | { readonly kind: "create" }
  /** `hash`: a field was added, changed or left out by us; `live`: somebody changed a field of ours, at these paths. */
  | {
      readonly kind: "update";
      readonly because: "hash" | "live";
      readonly paths: readonly string[];
    }
  | { readonly kind: "skip" };

/** The object with the annotation that {@link decideApply} reads. */
export function withAppliedHash<T extends KubeObject>(desired: T): T {
  const annotations = { ...desired.metadata.annotations, [APPLIED_HASH]: shortHash(desired) };
  return { ...desired, metadata: { ...desired.metadata, annotations } };
}

/** Whether `desired` (without the annotation) needs a request. Skips only what is surely the same. */
export function decideApply(desired: KubeObject, live: KubeObject | undefined): ApplyDecision {
  if (live === undefined) return { kind: "create" };
  const paths = missingPaths(desired, live, 50);
  if (live.metadata.annotations?.[APPLIED_HASH] !== shortHash(desired)) {
    return { kind: "update", because: "hash", paths };
  }
  return paths.length === 0 ? { kind: "skip" } : { kind: "update", because: "live", paths };
}
