import type { AgentId, KubeUid } from "../../../api/ids/ids.ts";
import type { ConstraintTuple } from "../../../api/marathon/app.ts";
import type { ConstraintAgent } from "../../marathon/constraints/accepts.ts";
import { refusingConstraint } from "../../marathon/constraints/accepts.ts";
import type { AgentTable } from "../rules/agent-table.ts";

/**
 * The pods of one configuration version of an app that constraints count: admitted and not ended, in order of admission,
 * with what is known of each agent's verdict.
 */
export class CountedPods {
  readonly #agentOf = new Map<KubeUid, AgentId>();
  readonly #verdicts = new Map<AgentId, boolean>();

  get size(): number {
    return this.#agentOf.size;
  }

  /** @returns whether the count changed. */
  put(uid: KubeUid, agentId: AgentId): boolean {
    if (this.#agentOf.get(uid) === agentId) return false;
    this.#agentOf.set(uid, agentId);
    this.#verdicts.clear();
    return true;
  }

  /** @returns whether the count changed. */
  remove(uid: KubeUid): boolean {
    if (!this.#agentOf.delete(uid)) return false;
    this.#verdicts.clear();
    return true;
  }

  /** Where the counted pods are, one entry per pod. */
  agents(): readonly AgentId[] {
    return [...this.#agentOf.values()];
  }

  /** Attributes or labels of agents changed: what was decided may be wrong. */
  forgetVerdicts(): void {
    this.#verdicts.clear();
  }

  /** Whether all constraints accept the agent, `more` agents being taken besides. */
  accepts(
    constraints: readonly ConstraintTuple[],
    agentId: AgentId,
    more: readonly AgentId[],
    agents: AgentTable,
  ): boolean {
    const known = more.length === 0 ? this.#verdicts.get(agentId) : undefined;
    if (known !== undefined) return known;
    const verdict = this.#decide(constraints, agentId, more, agents);
    if (more.length === 0) this.#verdicts.set(agentId, verdict);
    return verdict;
  }

  #decide(
    constraints: readonly ConstraintTuple[],
    agentId: AgentId,
    more: readonly AgentId[],
    agents: AgentTable,
  ): boolean {
    const agent = agents.constraintAgent(agentId);
    if (agent === undefined) return false;
    const placed = [...this.#agentOf.values(), ...more]
      .map((id) => agents.constraintAgent(id))
      .filter((one): one is ConstraintAgent => one !== undefined);
    const refusing = refusingConstraint(constraints, placed, agent, agents.poolAttributes());
    return refusing === undefined;
  }
}
