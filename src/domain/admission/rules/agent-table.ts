import type { AgentId } from "../../../api/ids/ids.ts";
import type { AttributeValue } from "../../marathon/constraints/attribute-text.ts";
import type { ConstraintAgent } from "../../marathon/constraints/accepts.ts";
import type { RuledNode } from "../kube-view.ts";
import { HOSTNAME_LABEL } from "../names.ts";
import type { NodeRefusal, NodeRules } from "./node-rules.ts";
import { refusesNode } from "./node-rules.ts";

/** An agent of the engine, as far as pods care. */
export interface PoolAgent {
  readonly agentId: AgentId;
  readonly hostname: string;
  /** UID of its Kubernetes node; absent for machines outside Kubernetes. */
  readonly nodeUid?: string;
  readonly region?: string;
  readonly zone?: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

export type PlaceRefusal = NodeRefusal | { readonly kind: "noNode" };

interface Verdicts {
  readonly rules: NodeRules;
  /** By agent; of the node version that it was made for. */
  readonly byAgent: Map<AgentId, { readonly version: number; readonly refusal?: PlaceRefusal }>;
}

/** Rule sets whose verdicts are remembered; beyond it all are forgotten and made again. */
const RULE_SETS_MAX = 20_000;

const rulesFacts = ({ metadata, spec }: RuledNode): string =>
  JSON.stringify([metadata.uid, metadata.labels, spec?.unschedulable === true, spec?.taints ?? []]);

/** Which agent is which node, and which of them the rules of a pod allow. Verdicts are shared by pods of equal rules. */
export class AgentTable {
  readonly #agents = new Map<AgentId, PoolAgent>();
  readonly #agentByNodeUid = new Map<string, AgentId>();
  readonly #agentByHostname = new Map<string, AgentId>();
  readonly #nodes = new Map<string, RuledNode>();
  readonly #nodeNameByUid = new Map<string, string>();
  readonly #verdicts = new Map<string, Verdicts>();
  /** Grows with every change of an agent or of what rules look at on a node. */
  #version = 0;
  readonly #versionOf = new Map<string, number>();
  #poolAttributes: ReadonlySet<string> | undefined;

  /** While it stays the same, so does what `constraintAgent` and `poolAttributes` say. */
  get version(): number {
    return this.#version;
  }

  putAgent(agent: PoolAgent): void {
    this.removeAgent(agent.agentId);
    this.#version += 1;
    this.#agents.set(agent.agentId, agent);
    this.#agentByHostname.set(agent.hostname, agent.agentId);
    this.#poolAttributes = undefined;
    if (agent.nodeUid !== undefined) this.#agentByNodeUid.set(agent.nodeUid, agent.agentId);
  }

  removeAgent(agentId: AgentId): void {
    const known = this.#agents.get(agentId);
    if (known === undefined) return;
    this.#version += 1;
    this.#agents.delete(agentId);
    for (const verdicts of this.#verdicts.values()) verdicts.byAgent.delete(agentId);
    if (this.#agentByHostname.get(known.hostname) === agentId) {
      this.#agentByHostname.delete(known.hostname);
    }
    if (known.nodeUid !== undefined) this.#agentByNodeUid.delete(known.nodeUid);
    this.#poolAttributes = undefined;
  }

  /** @returns whether anything that rules look at has changed. */
  putNode(node: RuledNode): boolean {
    const { name, uid } = node.metadata;
    const known = this.#nodes.get(name);
    this.#nodes.set(name, node);
    if (uid !== undefined) this.#nodeNameByUid.set(uid, name);
    if (known !== undefined && rulesFacts(known) === rulesFacts(node)) return false;
    this.#touch(name);
    return true;
  }

  removeNode(name: string): void {
    const uid = this.#nodes.get(name)?.metadata.uid;
    if (uid !== undefined) this.#nodeNameByUid.delete(uid);
    this.#nodes.delete(name);
    this.#touch(name);
  }

  hasAgent(agentId: AgentId): boolean {
    return this.#agents.has(agentId);
  }

  agents(): Iterable<PoolAgent> {
    return this.#agents.values();
  }

  /** The agent that stands for a node: by the node's uid, else by its name. */
  agentOn(nodeName: string): AgentId | undefined {
    const uid = this.#nodes.get(nodeName)?.metadata.uid;
    const byUid = uid === undefined ? undefined : this.#agentByNodeUid.get(uid);
    return byUid ?? this.#agentByHostname.get(nodeName);
  }

  nodeOf(agentId: AgentId): RuledNode | undefined {
    const agent = this.#agents.get(agentId);
    if (agent === undefined) return undefined;
    const byUid = agent.nodeUid === undefined ? undefined : this.#nodeNameByUid.get(agent.nodeUid);
    return this.#nodes.get(byUid ?? agent.hostname);
  }

  /** What a node selector must say to mean this agent's node. */
  hostnameLabel(agentId: AgentId): string | undefined {
    const node = this.nodeOf(agentId);
    return node === undefined
      ? undefined
      : (node.metadata.labels?.[HOSTNAME_LABEL] ?? node.metadata.name);
  }

  /** Why pods of these rules cannot run on the agent; `undefined` when they can. */
  refusal(key: string, rules: NodeRules, agentId: AgentId): PlaceRefusal | undefined {
    const verdicts = this.#verdictsOf(key, rules);
    const node = this.nodeOf(agentId);
    const version = node === undefined ? -1 : (this.#versionOf.get(node.metadata.name) ?? 0);
    const known = verdicts.byAgent.get(agentId);
    if (known?.version === version) return known.refusal;
    const refusal = node === undefined ? ({ kind: "noNode" } as const) : refusesNode(rules, node);
    verdicts.byAgent.set(agentId, { version, ...(refusal === undefined ? {} : { refusal }) });
    return refusal;
  }

  /** The agent as Marathon's constraints see it. */
  constraintAgent(agentId: AgentId): ConstraintAgent | undefined {
    const agent = this.#agents.get(agentId);
    if (agent === undefined) return undefined;
    const node = this.nodeOf(agentId);
    const labels = node?.metadata.labels;
    return {
      // The field `hostname` means the node's name, whatever the agent calls itself.
      hostname: node?.metadata.name ?? agent.hostname,
      ...(agent.region === undefined ? {} : { region: agent.region }),
      ...(agent.zone === undefined ? {} : { zone: agent.zone }),
      attributes: agent.attributes,
      ...(labels === undefined ? {} : { labels }),
    };
  }

  /** Names that are an attribute of at least one agent; for others the node's label stands in. */
  poolAttributes(): ReadonlySet<string> {
    this.#poolAttributes ??= new Set(
      [...this.#agents.values()].flatMap(({ attributes }) => Object.keys(attributes)),
    );
    return this.#poolAttributes;
  }

  #verdictsOf(key: string, rules: NodeRules): Verdicts {
    const known = this.#verdicts.get(key);
    if (known !== undefined) return known;
    if (this.#verdicts.size >= RULE_SETS_MAX) this.#verdicts.clear();
    const fresh: Verdicts = { rules, byAgent: new Map() };
    this.#verdicts.set(key, fresh);
    return fresh;
  }

  #touch(nodeName: string): void {
    this.#version += 1;
    this.#versionOf.set(nodeName, this.#version);
  }
}
