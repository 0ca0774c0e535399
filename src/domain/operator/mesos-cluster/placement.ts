import { liveElection } from "./decide-election.ts";
import { childNames } from "./names.ts";
import type { LiveChild, Seen } from "./observed.ts";
import { findChild } from "./live-child.ts";

export type ServingMasters = "Sidecar" | "Dedicated";

export interface Placement {
  /** Whose pods the Service `<c>-master` selects. */
  readonly serving: ServingMasters;
  /** Whether the StatefulSet shall exist; it outlives a move to the sidecar until the Service has moved. */
  readonly dedicated: boolean;
  /** A move between the two is under way. */
  readonly moving: boolean;
}

function selectsSidecar(service: LiveChild | undefined): boolean | undefined {
  const spec = service?.raw.spec as { selector?: Record<string, string> } | undefined;
  return spec?.selector === undefined
    ? undefined
    : spec.selector["app.kubernetes.io/component"] === "operator";
}

/**
 * Where masters serve, and where they still or already run. A move keeps both sides running until the new side is ready: its
 * masters stand by on the same lease; then the Service moves; then the old side goes.
 */
export function decidePlacement(seen: Seen): Placement {
  const { placement, replicas } = seen.cluster.spec.masters;
  const service = findChild(seen, "Service", childNames(seen.cluster.metadata.name).master);
  const servedBySidecar = selectsSidecar(service);
  if (placement === "Dedicated") {
    const ready = seen.masterPods.filter((pod) => pod.ready && !pod.deleting).length;
    const stays = servedBySidecar === true && ready < replicas;
    return { serving: stays ? "Sidecar" : "Dedicated", dedicated: true, moving: stays };
  }
  const statefulSet = findChild(seen, "StatefulSet", childNames(seen.cluster.metadata.name).master);
  if (statefulSet === undefined) return { serving: "Sidecar", dedicated: false, moving: false };
  // The sidecar knows the Lease only, and waits for masters that are elected elsewhere too.
  const isByLease = liveElection(seen)?.kind === "Lease";
  const status = seen.cluster.status?.election ?? "Lease";
  if (!isByLease || status !== "Lease") {
    return { serving: "Dedicated", dedicated: true, moving: true };
  }
  const sidecarReady = seen.operatorPods.some((pod) => pod.ready && !pod.deleting);
  const moved = servedBySidecar === true;
  return {
    serving: sidecarReady || moved ? "Sidecar" : "Dedicated",
    dedicated: !moved,
    moving: true,
  };
}
