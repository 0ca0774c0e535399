import type { AgentId, FrameworkId, KubeUid } from "../../../api/ids/ids.ts";
import type { Quantities } from "../../resources/quantity.ts";
import type { Resources } from "../../resources/resource.ts";
import { explainOffers, type Explanation } from "../explain/explain.ts";
import type { AllocatorCore } from "../allocator-core.ts";
import type { InverseAnswer } from "../maintenance/inverse-offers.ts";
import type { Preemption } from "../pods/plan-preemption.ts";
import type { WaitingPod } from "../pods/waiting-pod.ts";
import type { Node } from "../sorter/sorter-forest.ts";
import type { Bag } from "../state/bag.ts";

/** What a role with quota may have and has. */
export interface QuotaView {
  readonly guarantees: Quantities;
  readonly limits: Quantities;
  readonly consumed: Quantities;
}

/** Read-only questions about an allocator; every answer is a fresh value. */
export class AllocatorView {
  readonly #core: AllocatorCore;
  readonly #nowMs: () => number;

  constructor(core: AllocatorCore, nowMs: () => number) {
    this.#core = core;
    this.#nowMs = nowMs;
  }

  /** Dominant share of every role in the role sorter, weight applied. */
  roleShares(): Map<string, number> {
    const { roleTree } = this.#core.state;
    return new Map([...roleTree.clients()].map(([role, leaf]) => [role, this.#share(leaf)]));
  }

  /** Share of a node of the role tree, weight applied; undefined = there is no such node. */
  nodeShare(path: string): number | undefined {
    const node = this.#core.state.roleTree.nodeOf(path);
    return node === undefined ? undefined : this.#share(node);
  }

  /** Dominant share of every framework of a role among the role's frameworks. */
  frameworkShares(role: string): Map<string, number> {
    const { roles, members } = this.#core.state;
    const index = roles.find(role);
    const tree = index === undefined ? undefined : members[index]?.tree;
    return new Map([...(tree?.clients() ?? [])].map(([id, leaf]) => [id, this.#share(leaf)]));
  }

  /** Offer filters in force in a role, over all frameworks and agents. */
  filtersActive(role: string): number {
    const { frameworks, filters, roles } = this.#core.state;
    const index = roles.find(role);
    let active = 0;
    for (const leaf of frameworks.leaves) {
      if (leaf !== undefined && leaf.role === index) active += filters.activeOf(leaf.index);
    }
    return active;
  }

  /** Thousandths by name that the role and its descendants consume of a quota. */
  consumed(role: string): Quantities {
    const { names, roles, quota } = this.#core.state;
    const index = roles.find(role);
    const consumed: Record<string, number> = {};
    if (index === undefined) return consumed;
    quota.growRoles(roles.count);
    for (let k = 0; k < names.count; k += 1) {
      const milli = quota.consumedOf(roles.topOf(index), k);
      if (milli !== 0) consumed[names.nameOf(k)] = milli;
    }
    return consumed;
  }

  /** Roles with quota. */
  quotas(): Map<string, QuotaView> {
    const { quota, roles, names } = this.#core.state;
    const read = (sums: readonly { name: number; milli: number }[]): Quantities =>
      Object.fromEntries(sums.map(({ name, milli }) => [names.nameOf(name), milli]));
    return new Map(
      [...quota.quotas].map(([role, { guarantees, limits }]) => {
        const name = roles.nameOf(role);
        const consumed = this.consumed(name);
        return [name, { guarantees: read(guarantees), limits: read(limits), consumed }];
      }),
    );
  }

  /** All scalars of the pool by name, in thousandths. */
  totals(): Quantities {
    const { names, forest } = this.#core.state;
    return this.#quantities((k) => forest.totals[k] as number, names.count);
  }

  /** Scalars offered or allocated, by name; of one role (with its descendants) or of all. */
  offeredOrAllocated(role?: string): Quantities {
    const { names, forest, roleTree } = this.#core.state;
    const node = role === undefined ? roleTree.root : roleTree.nodeOf(role);
    if (node === undefined) return {};
    const idle = (k: number): number => this.#idleBelow(role, k);
    return this.#quantities((k) => forest.allocatedOf(node, k) - idle(k), names.count);
  }

  /** What is free on an agent; empty when it is not known. */
  free(agentId: AgentId): Resources {
    const { agents, codec } = this.#core.state;
    const agent = agents.find(agentId);
    if (agent === undefined) return [];
    return codec.decode(agents.free, agent * agents.stride, agents.freeBags[agent] as Bag);
  }

  /** What of an agent is lent beyond limits, by name: held as revocable, and plain again when it comes back. */
  lentOn(agentId: AgentId): Quantities {
    const { agents, loans, names } = this.#core.state;
    const agent = agents.find(agentId);
    const lent = agent === undefined ? undefined : loans.lentOn(agent);
    return lent === undefined ? {} : this.#quantities((k) => lent[k] as number, names.count);
  }

  get isAnyLent(): boolean {
    return this.#core.state.loans.isAnyLent;
  }

  /** What the guarantees of roles that ask miss beyond what is free where it may be given, by name. */
  missingGuarantees(): Quantities {
    const { quota, roles, roleTree, forest, names, agents } = this.#core.state;
    const missing = new Float64Array(names.stride);
    for (const [role, { guarantees }] of quota.quotas) {
      const node = roleTree.nodeOf(roles.nameOf(role));
      if (node === undefined || forest.activeLeaves[node] === 0) continue;
      for (const { name, milli } of guarantees) {
        missing[name] =
          (missing[name] as number) + Math.max(0, milli - quota.consumedOf(role, name));
      }
    }
    if (!missing.some((milli) => milli > 0)) return {};
    for (const agent of agents.all()) {
      if (!agents.isCandidate(agent) || agents.isOfferable[agent] === 0) continue;
      const base = agent * agents.stride;
      for (let k = 0; k < names.count; k += 1) {
        missing[k] = (missing[k] as number) - (agents.free[base + k] as number);
      }
      for (const { name, milli } of (agents.freeBags[agent] as Bag).unreservedSums) {
        missing[name] = (missing[name] as number) - milli;
      }
    }
    return this.#quantities((k) => Math.max(0, missing[k] as number), names.count);
  }

  /** Pods that have waited for so long for room, each the first of its role and within its limits. */
  heldUpPods(waitMs: number): readonly WaitingPod[] {
    return this.#core.held.heldUp(this.#nowMs(), waitMs).map(({ pod }) => pod);
  }

  isPodWaiting(podUid: KubeUid): boolean {
    return this.#core.pods.isWaiting(podUid);
  }

  /** Whom to evict for pods that have waited for so long, each the first of its role. */
  preemptions(waitMs: number): readonly Preemption[] {
    return this.#core.preemptions.plan(this.#nowMs(), waitMs);
  }

  /** What a framework holds on an agent in a role, offered or allocated. */
  held(frameworkId: FrameworkId, role: string, agentId: AgentId): Resources {
    const { agents, roles, frameworks, holdings, codec, names } = this.#core.state;
    const agent = agents.find(agentId);
    const index = roles.find(role);
    if (agent === undefined || index === undefined) return [];
    const leaf = frameworks.find(frameworkId)?.leaves.get(index);
    const holding = leaf === undefined ? -1 : holdings.find(leaf.index, agent);
    if (holding < 0) return [];
    return codec.decode(holdings.plain, holding * names.stride, holdings.bags[holding] as Bag);
  }

  /** Agents on which more is held than there is: their outstanding offers should be rescinded. */
  overcommittedAgents(): AgentId[] {
    const { agents } = this.#core.state;
    return [...agents.all()]
      .filter((agent) => agents.isOvercommitted(agent))
      .map((agent) => agents.ids[agent] as AgentId);
  }

  /** Whether more is held on the agent than there is; false for one that is not known. */
  isOvercommitted(agentId: AgentId): boolean {
    const { agents } = this.#core.state;
    const agent = agents.find(agentId);
    return agent !== undefined && agents.isOvercommitted(agent);
  }

  /** Last answers to the inverse offers of an agent. */
  inverseAnswers(agentId: AgentId): ReadonlyMap<FrameworkId, InverseAnswer> {
    const agent = this.#core.state.agents.find(agentId);
    return agent === undefined ? new Map() : this.#core.inverse.answersOf(agent);
  }

  /** Pods that wait for admission. */
  podsWaiting(): number {
    return this.#core.pods.waitingCount;
  }

  /** Why agents are not offered to a framework in a role; undefined = an id is not known. */
  explain(query: Parameters<typeof explainOffers>[1]): Explanation[] | undefined {
    return explainOffers(this.#core, query, this.#nowMs());
  }

  /** Time of the last event. */
  nowMs(): number {
    return this.#nowMs();
  }

  /** Idle reservations that the shares of the role and its descendants count. */
  #idleBelow(top: string | undefined, name: number): number {
    const { roleTree, roles, idleReservations } = this.#core.state;
    let idle = 0;
    for (const [role] of roleTree.clients()) {
      const isBelow = top === undefined || role === top || role.startsWith(`${top}/`);
      const index = roles.find(role);
      if (isBelow && index !== undefined) idle += idleReservations.idleOf(index, name);
    }
    return idle;
  }

  #share(node: Node): number {
    this.#core.state.forest.refresh();
    return this.#core.state.forest.share[node] as number;
  }

  #quantities(milliOf: (name: number) => number, count: number): Quantities {
    const { names } = this.#core.state;
    const quantities: Record<string, number> = {};
    for (let k = 0; k < count; k += 1) {
      const milli = milliOf(k);
      if (milli !== 0) quantities[names.nameOf(k)] = milli;
    }
    return quantities;
  }
}
