import type { AgentId, KubeUid } from "../../api/ids/ids.ts";
import type { Resources } from "../resources/resource.ts";

/** What a pod of the pool holds on an agent: admitted there, or seen there. */
export interface PodUse {
  readonly podUid: KubeUid;
  readonly role: string;
  readonly resources: Resources;
  /** When it was first seen there, by the master's clock. */
  readonly sinceMs: number;
}

/** Pods of the pool by agent, for views; the allocator has its own books. A pod is on one agent at most. */
export class PodUses {
  readonly #byAgent = new Map<AgentId, Map<KubeUid, PodUse>>();
  readonly #agentOf = new Map<KubeUid, AgentId>();

  put(agentId: AgentId, use: PodUse): void {
    this.remove(use.podUid);
    this.#agentOf.set(use.podUid, agentId);
    const there = this.#byAgent.get(agentId) ?? new Map<KubeUid, PodUse>();
    this.#byAgent.set(agentId, there.set(use.podUid, use));
  }

  remove(podUid: KubeUid): void {
    const agentId = this.#agentOf.get(podUid);
    if (agentId === undefined) return;
    this.#agentOf.delete(podUid);
    this.#byAgent.get(agentId)?.delete(podUid);
  }

  dropAgent(agentId: AgentId): void {
    for (const podUid of this.#byAgent.get(agentId)?.keys() ?? []) this.#agentOf.delete(podUid);
    this.#byAgent.delete(agentId);
  }

  /** Where the pod is; undefined for one that holds nothing. */
  agentOf(podUid: KubeUid): AgentId | undefined {
    return this.#agentOf.get(podUid);
  }

  onAgent(agentId: AgentId): Iterable<PodUse> {
    return this.#byAgent.get(agentId)?.values() ?? [];
  }

  /** By agent, in no order that means anything. */
  *all(): Generator<PodUse, void, undefined> {
    for (const there of this.#byAgent.values()) yield* there.values();
  }

  /** Roles of which anything is held, by name. */
  roles(): readonly string[] {
    return [...new Set([...this.all()].map(({ role }) => role))].sort();
  }
}
