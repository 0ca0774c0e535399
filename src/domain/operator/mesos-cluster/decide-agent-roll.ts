import type { Agents } from "../../../api/crd/v1alpha1/mesos-cluster/agents.ts";
import type { LiveNode, LivePod } from "./observed.ts";
import type { RollingSet, RollStep } from "./roll.ts";
import { isAlive, isCurrent, isUp, latePods, untilLateMs, waiting } from "./roll.ts";

/** An agent that has not registered after this time has failed. */
export const AGENT_READY_GRACE_MS = 60_000;
const FAILED_NODES_MAX = 3;
const FAILED_SHARE_MAX = 0.1;

type Strategy = Pick<Agents["updateStrategy"], "maxUnavailable" | "canaryNodes" | "canarySeconds">;

/** Nodes that may be without agent at once: `n` or a percentage of `desired`, rounded up, at least 1. */
export function unavailableMax(maxUnavailable: number | string, desired: number): number {
  const text = String(maxUnavailable);
  const count = text.endsWith("%")
    ? Math.ceil((Number(text.slice(0, -1)) * desired) / 100)
    : Number(text);
  return Math.max(1, count);
}

function hasFailed(set: RollingSet, strategy: Strategy): boolean {
  const late = latePods(set, AGENT_READY_GRACE_MS).length;
  if (late === 0) return false;
  const good = set.pods.filter((pod) => isUp(pod) && isCurrent(pod, set)).length;
  const canary = good < Math.min(strategy.canaryNodes, set.desired);
  return canary || late >= FAILED_NODES_MAX || late > set.desired * FAILED_SHARE_MAX;
}

function byZoneAndNode(nodes: readonly LiveNode[]): (left: LivePod, right: LivePod) => number {
  const zones = new Map(
    nodes.map((node) => [node.name, node.labels["topology.kubernetes.io/zone"] ?? ""]),
  );
  const place = (pod: LivePod): string => `${zones.get(pod.node) ?? ""}\u0000${pod.node}`;
  return (left, right) => (place(left) < place(right) ? -1 : 1);
}

/** How long the canaries still have to run before the rest follows; 0 when they have. */
function canaryWaitMs(set: RollingSet, strategy: Strategy): number {
  const current = set.pods.filter((pod) => isAlive(pod) && isCurrent(pod, set));
  if (current.length > strategy.canaryNodes) return 0;
  const latestMs = Math.max(0, ...current.map((pod) => pod.readySinceMs));
  return Math.max(0, latestMs + strategy.canarySeconds * 1000 - set.nowMs);
}

/**
 * Which agents to replace now: canaries first, then, after they ran for `canarySeconds`, batches within `maxUnavailable` by zone
 * and node name. Nodes without a ready agent count as unavailable. Tasks are pods of their own and outlive the agent.
 */
export function decideAgentRoll(
  set: RollingSet,
  strategy: Strategy,
  nodes: readonly LiveNode[],
): RollStep {
  if (set.target === undefined) return waiting("the DaemonSet has not seen its template yet");
  if (hasFailed(set, strategy)) {
    return { kind: "failed", why: "agents of the new template did not register in 60 s" };
  }
  const alive = set.pods.filter(isAlive);
  const current = alive.filter((pod) => isCurrent(pod, set));
  const outdated = alive.filter((pod) => !isCurrent(pod, set)).sort(byZoneAndNode(nodes));
  const dead = new Set(nodes.filter((node) => !node.ready).map((node) => node.name));
  const broken = outdated.filter((pod) => !pod.ready && !dead.has(pod.node));
  const settled = current.every((pod) => pod.ready || dead.has(pod.node));
  if (broken.length > 0 && settled) {
    return { kind: "replace", pods: broken.slice(0, 1), why: "outdated and not ready" };
  }
  const unavailable = set.desired - set.pods.filter(isUp).length;
  if (outdated.length === 0) {
    return unavailable <= 0
      ? { kind: "rolled" }
      : waiting("not all agents are registered", untilLateMs(set, AGENT_READY_GRACE_MS));
  }
  const canariesLeft = Math.min(strategy.canaryNodes, set.desired) - current.length;
  const budget = unavailableMax(strategy.maxUnavailable, set.desired) - unavailable;
  const room = canariesLeft > 0 ? Math.min(budget, canariesLeft) : budget;
  if (room <= 0) {
    return waiting("as many agents are away as may be", untilLateMs(set, AGENT_READY_GRACE_MS));
  }
  if (canariesLeft <= 0) {
    if (current.length <= strategy.canaryNodes && current.some((pod) => !pod.ready)) {
      return waiting("the canary is not ready", untilLateMs(set, AGENT_READY_GRACE_MS));
    }
    const waitMs = strategy.canaryNodes === 0 ? 0 : canaryWaitMs(set, strategy);
    if (waitMs > 0) return waiting("the canary is watched", waitMs);
  }
  const candidates = outdated.filter((pod) => !dead.has(pod.node));
  const pods = candidates.slice(0, room);
  return pods.length === 0
    ? waiting("the outdated agents are on nodes that are away")
    : { kind: "replace", pods, why: canariesLeft > 0 ? "canary" : "outdated" };
}
