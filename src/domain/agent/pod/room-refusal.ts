import type { KubePod } from "../kube-pod.ts";

/**
 * For so long after a launch was received, a Pod that the kubelet found no room for is tried again. The kubelet counts a Pod until it
 * has cleaned up after it, some seconds beyond the end that it reports: room that a task gave back is there a moment later.
 */
export const ROOM_PATIENCE_MS = 15_000;
const DELAY_MS_MIN = 250;
const DELAY_MS_MAX = 1000;

/**
 * The kubelet had no room (`OutOfcpu`, `OutOfmemory`, `OutOfpods`, …) but may have it later: nothing of the Pod ever ran.
 * False for what the node is too small for.
 * @see kubernetes@1.34 pkg/kubelet/lifecycle/predicate.go `InsufficientResourceError`
 */
export function isRefusedForRoom({ status }: KubePod): boolean {
  if (status?.phase !== "Failed" || !/^OutOf/.test(status.reason ?? "")) return false;
  const amounts = /requested: (\d+), used: \d+, capacity: (\d+)/.exec(status.message ?? "");
  return amounts === null || Number(amounts[1]) <= Number(amounts[2]);
}

/** Wait before the `attempt`-th time it is tried again, from 1. */
export function roomRetryDelayMs(attempt: number): number {
  return Math.min(DELAY_MS_MIN * 2 ** (attempt - 1), DELAY_MS_MAX);
}

/** The Pod to be created anew: the same name, record and spec, and nothing that the server gave the first one. */
export function podAgain({ metadata, spec }: KubePod): KubePod {
  const { name, namespace, labels, annotations, finalizers } = metadata;
  const { ownerReferences } = metadata as { readonly ownerReferences?: unknown };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ...(ownerReferences === undefined ? {} : { ownerReferences }),
    },
    spec,
  };
}
