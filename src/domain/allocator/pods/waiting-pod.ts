import type { AgentId, KubeUid } from "../../../api/ids/ids.ts";
import type { Resources } from "../../resources/resource.ts";

/** A gated pod of the pool, or one that is already placed. */
export interface WaitingPod {
  readonly uid: KubeUid;
  readonly role: string;
  /** Unreserved amounts, charged exactly; host ports as the numbers it asks for. */
  readonly request: Resources;
  /**
   * Host ports to choose from the free ones of the agent, lowest first, besides the request; absent
   * = 0. They are in `PodAdmission.resources`, as ports; a placed pod names them in its request.
   */
  readonly dynamicPorts?: number;
  /** Higher goes first within its role; then the older, then the smaller uid. */
  readonly priority: number;
  readonly createdMs: number;
  /** Which reservations it may use; default both. */
  readonly acceptedRoles?: "unreserved" | "reserved" | "both";
  /** Pods of one app share it; undefined = a pod of its own. */
  readonly appKey?: string;
  /**
   * Whether the node rules (selector, affinity, taints, constraints) allow this agent; pure in what
   * the caller has observed, absent = every agent. `admittedInRun`: agents that pods of the same app
   * were given earlier in the same run, which the caller cannot have seen yet. After the answer
   * changed, announce the pod or the agent again.
   */
  readonly canRunOn?: (agentId: AgentId, admittedInRun: readonly AgentId[]) => boolean;
  /**
   * Names all that `canRunOn` goes by now: of pods with equal keys one is asked for all. Absent =
   * no other is like it.
   */
  readonly placeKey?: () => string;
}
