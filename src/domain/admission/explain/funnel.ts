import type { PoolPod } from "../pool-pod.ts";
import type { RejectReason } from "../../marathon/status/queue-reason.ts";
import { REJECT_REASONS } from "../../marathon/status/queue-reason.ts";
import type { AgentView } from "./refusal.ts";
import { refusalOf } from "./refusal.ts";

export interface FunnelStage {
  readonly reason: RejectReason;
  /** Agents that failed here. */
  readonly declined: number;
  /** Agents that reached this stage. */
  readonly processed: number;
}

export interface Funnel {
  /** Agents looked at. */
  readonly processed: number;
  /** All stages, in order; each processes what the ones before let through. */
  readonly funnel: readonly FunnelStage[];
  readonly lastRefused: readonly {
    readonly agentId: string;
    readonly hostname: string;
    readonly reason: RejectReason;
  }[];
}

const REFUSED_MAX = 20;

/** Why a pod waits, over all agents of the pool. */
export function funnelOf(pod: PoolPod, agents: readonly AgentView[]): Funnel {
  const refused = agents.flatMap((agent) => {
    const reason = refusalOf(pod, agent);
    const { agentId, hostname } = agent;
    return reason === undefined ? [] : [{ agentId, hostname, reason }];
  });
  let left = agents.length;
  const funnel = REJECT_REASONS.map((reason) => {
    const processed = left;
    const declined = refused.filter((one) => one.reason === reason).length;
    left -= declined;
    return { reason, declined, processed };
  });
  return { processed: agents.length, funnel, lastRefused: refused.slice(0, REFUSED_MAX) };
}
