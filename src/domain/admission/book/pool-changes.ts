import type { AgentId } from "../../../api/ids/ids.ts";
import type { RuledNode } from "../kube-view.ts";
import type { AgentTable, PoolAgent } from "../rules/agent-table.ts";
import type { Charges } from "./charges.ts";
import type { PageStore } from "./page-store.ts";

/** Agents and nodes that come, change and go: pods that are there are charged there, constraints are asked again. */
export class PoolChanges {
  readonly #pages: PageStore;
  readonly #agents: AgentTable;
  readonly #charges: Charges;

  constructor(pages: PageStore, agents: AgentTable, charges: Charges) {
    this.#pages = pages;
    this.#agents = agents;
    this.#charges = charges;
  }

  agentKnown(agent: PoolAgent): void {
    const { agentId, hostname } = agent;
    this.#agents.putAgent(agent);
    const nodeName = this.#agents.nodeOf(agentId)?.metadata.name ?? hostname;
    for (const entry of this.#pages.at(`node ${nodeName}`)) this.#charges.charge(entry, agentId);
    for (const entry of this.#pages.at(`agent ${agentId}`)) {
      if (entry.chargedOn === undefined) this.#charges.charge(entry, agentId);
    }
  }

  /** The allocator dropped the charges with the agent; they come back with it. */
  agentGone(agentId: AgentId): void {
    this.#agents.removeAgent(agentId);
    this.#pages.dropCharges(agentId);
  }

  nodeSeen(node: RuledNode): void {
    const { name } = node.metadata;
    if (!this.#agents.putNode(node)) return;
    const agentId = this.#agents.agentOn(name);
    if (agentId === undefined) return;
    for (const entry of this.#pages.at(`node ${name}`)) this.#charges.charge(entry, agentId);
    this.#pages.tell({ kind: "agentUpdated", agentId });
  }

  nodeGone(name: string): void {
    this.#agents.removeNode(name);
  }
}
