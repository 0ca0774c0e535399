import { findChild, isLeftover } from "./live-child.ts";
import { childNames, ROLLED_ANNOTATION, TEMPLATE_MARK_ANNOTATION } from "./names.ts";
import type { DesiredChild } from "./child.ts";
import type { LivePod, Seen } from "./observed.ts";
import type { Placement } from "./placement.ts";
import type { Rolls } from "./desired-children.ts";

export interface Readiness {
  readonly mastersDesired: number;
  readonly mastersReady: number;
  readonly agentsDesired: number;
  readonly agentsReady: number;
  /** The DaemonSet's controller has counted the nodes of the newest spec. */
  readonly agentsCounted: boolean;
  /** The pod that leads, if it is one of the pods seen. */
  readonly leader: LivePod | undefined;
  /** A complete set of children has been ready before: from now on trouble is trouble, not installation. */
  readonly wasComplete: boolean;
}

const up = (pods: readonly LivePod[]): number =>
  pods.filter((pod) => pod.ready && !pod.deleting).length;

/** Pods whose masters serve. */
export function servingPods(seen: Seen, placement: Placement): readonly LivePod[] {
  return placement.serving === "Sidecar" ? seen.operatorPods : seen.masterPods;
}

function wasComplete(seen: Seen): boolean {
  const names = childNames(seen.cluster.metadata.name);
  const agents = findChild(seen, "DaemonSet", names.agent);
  const masters = findChild(seen, "StatefulSet", names.master);
  return [agents, masters].some((set) => set?.annotations[ROLLED_ANNOTATION] !== undefined);
}

/** How much of the cluster stands. */
export function readinessOf(seen: Seen, placement: Placement, rolls: Rolls): Readiness {
  const masters = servingPods(seen, placement);
  const { status, spec } = seen.cluster;
  return {
    mastersDesired:
      placement.serving === "Sidecar" ? Math.max(1, masters.length) : spec.masters.replicas,
    mastersReady: up(masters),
    agentsDesired: rolls.agents?.set.rolling.desired ?? 0,
    agentsReady: up(seen.agentPods),
    agentsCounted: rolls.agents?.set.rolling.target !== undefined,
    leader: masters.find((pod) => pod.name === status?.leader?.pod && !pod.deleting),
    wasComplete: wasComplete(seen),
  };
}

/** Every node of the pool has a ready agent, as far as agents are asked for. */
export function hasAllAgents(seen: Seen, readiness: Readiness): boolean {
  if (!seen.cluster.spec.agents.enabled) return true;
  return readiness.agentsCounted && readiness.agentsReady >= readiness.agentsDesired;
}

export type ReconcilingReason =
  | "Creating"
  | "Scaling"
  | "RollingMasters"
  | "RollingAgents"
  | "MovingElection"
  | "WaitingForDependency"
  | "Deleting";

/** Its pods are not, or as soon as `desired` is applied will not be, those of its newest template. */
const isRolling = (roll: Rolls["masters"], desired: readonly DesiredChild[]): boolean => {
  if (roll === undefined) return false;
  const { live, rolling } = roll.set;
  const wanted = desired.find(({ kind, name }) => kind === live.kind && name === live.name);
  const mark = wanted?.manifest.metadata.annotations?.[TEMPLATE_MARK_ANNOTATION];
  if (mark !== undefined && mark !== live.annotations[TEMPLATE_MARK_ANNOTATION]) return true;
  const { pods, target } = rolling;
  return target === undefined || pods.some((pod) => !pod.deleting && pod.revision !== target);
};

/** True while children of an earlier object of this name are still there: making them now would make them go with it. */
export function waitsForCollector(seen: Seen): boolean {
  return seen.children.some((child) => isLeftover(seen, child));
}

/** What the operator is busy with; undefined when nothing is left to do. The first that holds. */
export function reconcilingReason(
  seen: Seen,
  desired: readonly DesiredChild[],
  placement: Placement,
  rolls: Rolls,
  readiness: Readiness,
): ReconcilingReason | undefined {
  if (seen.cluster.metadata.deletionTimestamp !== undefined) return "Deleting";
  if (waitsForCollector(seen)) return "WaitingForDependency";
  if (desired.some(({ kind, name }) => findChild(seen, kind, name) === undefined)) {
    return "Creating";
  }
  if (placement.moving) return "MovingElection";
  if (isRolling(rolls.masters, desired))
    return readiness.wasComplete ? "RollingMasters" : "Creating";
  if (isRolling(rolls.agents, desired)) return readiness.wasComplete ? "RollingAgents" : "Creating";
  const complete =
    readiness.mastersReady >= readiness.mastersDesired && hasAllAgents(seen, readiness);
  if (!complete) return readiness.wasComplete ? "Scaling" : "Creating";
  return readiness.leader === undefined ? "WaitingForDependency" : undefined;
}
