import type { Clock } from "../../runtime/ports/clock.ts";
import type { ClusterAccess } from "./access.ts";
import { type InClusterAddress, openInClusterAccess } from "./in-cluster-access.ts";
import { openKubeconfigAccess } from "./kubeconfig-access.ts";

/** What a process was told about its API server. */
export interface AccessHints {
  /** A kubeconfig that somebody named. */
  readonly kubeconfig?: string | undefined;
  /** Given by the environment of a pod. */
  readonly inCluster?: InClusterAddress | undefined;
}

/**
 * Access with the named kubeconfig; else with the pod's service account; else with kubectl's default.
 * @throws {OperatingError} CONFIG_INVALID when what is chosen cannot be read.
 */
export function openAccess(
  { kubeconfig: file, inCluster }: AccessHints,
  clock: Clock,
): Promise<ClusterAccess> {
  return file === undefined && inCluster !== undefined
    ? openInClusterAccess({ clock, ...inCluster })
    : openKubeconfigAccess({ clock, file });
}
