import type { AgentId, KubeUid } from "../../../api/ids/ids.ts";
import type { AllocatorState } from "../state/allocator-state.ts";
import type { PodPool } from "./pod-pool.ts";
import type { QueuedPod } from "./pod-queue.ts";

/** How long the head of a queue may fit nowhere before an agent is held for it. */
export const HOLD_AFTER_MS = 30_000;

interface Head {
  readonly uid: KubeUid;
  readonly sinceMs: number;
  /** Agent that is held for it; -1 = none. */
  agent: number;
}

/**
 * Agents held for big pods: when the head of a queue has fitted nowhere for 30 s, what frees on one
 * agent is kept for it: the one where least is missing and the node rules match. One held agent per
 * role; a role that its limit keeps from the pod holds none.
 */
export class HeldAgents {
  readonly #state: AllocatorState;
  readonly #pool: PodPool;
  readonly #heads = new Map<number, Head>();
  /** Agent → role it is held for. */
  readonly #roles = new Map<number, number>();

  constructor(state: AllocatorState, pool: PodPool) {
    this.#state = state;
    this.#pool = pool;
  }

  get isAnyHeld(): boolean {
    return this.#roles.size > 0;
  }

  /** The role whose head the agent is held for. */
  roleOf(agent: number): number | undefined {
    return this.#roles.get(agent);
  }

  /** Heads of queues that have fitted nowhere for so long although they are within the limits of their role. */
  heldUp(nowMs: number, waitMs: number): QueuedPod[] {
    const heads: QueuedPod[] = [];
    for (const [role, { sinceMs }] of this.#heads) {
      const head = this.#pool.headOf(role);
      if (head === undefined || nowMs - sinceMs < waitMs) continue;
      if (this.#isWithinLimits(role, head)) heads.push(head);
    }
    return heads;
  }

  /** Heads of queues that have fitted nowhere since then, whatever keeps them. */
  waitingSince(sinceMs: number): QueuedPod[] {
    return [...this.#heads].flatMap(([role, head]) => {
      const queued = head.sinceMs > sinceMs ? undefined : this.#pool.headOf(role);
      return queued === undefined ? [] : [queued];
    });
  }

  /** Keeps what frees on the agent for the head of the role's queue, instead of whatever agent was held for it. */
  holdFor(role: number, agent: number): void {
    const head = this.#heads.get(role);
    if (head === undefined || head.agent === agent) return;
    this.#release(head);
    head.agent = agent;
    this.#roles.set(agent, role);
  }

  /** When the next head has waited long enough. */
  get nextDueMs(): number | undefined {
    let next: number | undefined;
    for (const { sinceMs, agent } of this.#heads.values()) {
      if (agent < 0) next = Math.min(next ?? Infinity, sinceMs + HOLD_AFTER_MS);
    }
    return next;
  }

  /** Follows the queues; to be called after every event. O(roles with waiting pods). */
  update(nowMs: number): void {
    if (this.#heads.size === 0 && !this.#pool.isAnyWaiting) return;
    for (const [role, head] of this.#heads) {
      const isHead = this.#pool.headOf(role)?.pod.uid === head.uid;
      const isGood = head.agent < 0 || this.#state.agents.isCandidate(head.agent);
      if (isHead && isGood) continue;
      this.#release(head);
      if (!isHead) this.#heads.delete(role);
    }
    for (const role of this.#pool.waitingRoles()) {
      const queued = this.#pool.headOf(role) as QueuedPod;
      const head = this.#heads.get(role);
      if (head === undefined) {
        this.#heads.set(role, { uid: queued.pod.uid, sinceMs: nowMs, agent: -1 });
      } else if (head.agent < 0 && nowMs - head.sinceMs >= HOLD_AFTER_MS) {
        this.#hold(role, queued, nowMs);
      }
    }
  }

  /** Looks again in 30 s when no agent could ever take the pod. */
  #hold(role: number, queued: QueuedPod, nowMs: number): void {
    const agent = this.#isWithinLimits(role, queued) ? this.#leastMissing(queued) : -1;
    this.#heads.set(role, { uid: queued.pod.uid, sinceMs: nowMs, agent });
    if (agent < 0) return;
    this.#roles.set(agent, role);
  }

  #release(head: Head): void {
    if (head.agent < 0) return;
    this.#roles.delete(head.agent);
    this.#state.masks.reopenAgent(head.agent);
    this.#state.dirty.markAgent(head.agent);
    head.agent = -1;
  }

  #isWithinLimits(role: number, { request }: QueuedPod): boolean {
    const { quota } = this.#state;
    const limits = quota.quotaOf(role)?.limits ?? [];
    return limits.every(
      ({ name, milli }) => quota.consumedOf(role, name) + (request.plain[name] ?? 0) <= milli,
    );
  }

  /** The agent that could take the pod when empty, with the least part of it missing now. */
  #leastMissing({ pod, request }: QueuedPod): number {
    const { agents, names } = this.#state;
    let best = -1;
    let least = Infinity;
    for (const agent of agents.all()) {
      if (!agents.isCandidate(agent) || this.#roles.has(agent)) continue;
      const base = agent * agents.stride;
      let missing = 0;
      for (let k = 0; k < names.count; k += 1) {
        const wanted = request.plain[k] ?? 0;
        if (wanted === 0) continue;
        if (wanted > (agents.total[base + k] as number)) missing = Infinity;
        missing += Math.max(0, wanted - (agents.free[base + k] as number)) / wanted;
      }
      if (missing >= least) continue;
      if (pod.canRunOn?.(agents.ids[agent] as AgentId, []) === false) continue;
      best = agent;
      least = missing;
    }
    return best;
  }
}
