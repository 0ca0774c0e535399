import { containsResources, scalarMilli } from "../../resources/arithmetic.ts";
import { countRanges } from "../../resources/ranges.ts";
import type { Resources } from "../../resources/resource.ts";
import type { RejectReason } from "../../marathon/status/queue-reason.ts";
import type { PoolPod } from "../pool-pod.ts";
import type { PlaceRefusal } from "../rules/agent-table.ts";

/** What one agent has for one pod now. */
export interface AgentView {
  readonly agentId: string;
  readonly hostname: string;
  /** Neither draining nor cordoned nor silent. */
  readonly isOfferable: boolean;
  /** Neither used nor offered, of all roles. */
  readonly free: Resources;
  readonly place: PlaceRefusal | undefined;
  readonly acceptsConstraints: boolean;
}

const SCALARS: readonly (readonly [name: string, reason: RejectReason])[] = [
  ["cpus", "InsufficientCpus"],
  ["mem", "InsufficientMemory"],
  ["disk", "InsufficientDisk"],
  ["gpus", "InsufficientGpus"],
];

/** What of an agent's free resources the pod may use: unreserved, or reserved to its role. */
function usable({ role, acceptedRoles }: PoolPod, free: Resources): Resources {
  return free.filter(({ reservations, revocable }) => {
    if (revocable === true) return false;
    const owner = reservations.at(-1)?.role;
    if (owner === undefined) return acceptedRoles !== "reserved";
    return acceptedRoles !== "unreserved" && (owner === role || role.startsWith(`${owner}/`));
  });
}

function isShortOfPorts({ request, dynamicPorts }: PoolPod, free: Resources): boolean {
  const unreserved = free.map((item) => ({ ...item, reservations: [] }));
  const named = request.filter(({ name }) => name === "ports");
  const own = (items: Resources): number =>
    items.reduce((sum, item) => sum + (item.kind === "ranges" ? countRanges(item.ranges) : 0), 0);
  if (!containsResources(unreserved, named)) return true;
  return own(free.filter(({ name }) => name === "ports")) - own(named) < dynamicPorts;
}

/** The first resource of which there is too little for the pod. */
function shortage(pod: PoolPod, free: Resources): RejectReason | undefined {
  for (const [name, reason] of SCALARS) {
    if (scalarMilli(free, name) < scalarMilli(pod.request, name)) return reason;
  }
  return isShortOfPorts(pod, free) ? "InsufficientPorts" : undefined;
}

/** Whether the whole request fits into what is free. */
export function hasRoom(pod: PoolPod, free: Resources): boolean {
  return shortage(pod, usable(pod, free)) === undefined;
}

/**
 * The first reason for which the agent does not take the pod; undefined when it could: then only the order of roles, a
 * limit or another's guarantee keeps the pod waiting.
 */
export function refusalOf(pod: PoolPod, agent: AgentView): RejectReason | undefined {
  if (agent.place?.kind === "taint" || agent.place?.kind === "noNode") return "UnfulfilledRole";
  if (agent.place?.kind === "selector" || agent.place?.kind === "affinity") {
    return "UnfulfilledConstraint";
  }
  if (!agent.acceptsConstraints) return "UnfulfilledConstraint";
  const free = usable(pod, agent.free);
  const isReservedOnly = pod.acceptedRoles === "reserved";
  if (isReservedOnly && free.length === 0) return "NoCorrespondingReservationFound";
  if (agent.place?.kind === "unschedulable" || !agent.isOfferable) return "AgentMaintenance";
  return shortage(pod, free);
}
