import type { AgentId, KubeUid } from "../../../api/ids/ids.ts";
import type { ConstraintTuple } from "../../../api/marathon/app.ts";
import { acceptsAgent, fieldText } from "../../marathon/constraints/accepts.ts";
import { PlacedValues, type FirstValue } from "../../marathon/constraints/placed-values.ts";
import type { AgentTable } from "../rules/agent-table.ts";

/**
 * The pods of one configuration version of an app that constraints count: admitted and not ended, in order of admission.
 * Per field that was asked for, how many are on agents of each value: a verdict costs the same however many pods there are.
 */
export class CountedPods {
  readonly #agents: AgentTable;
  readonly #agentOf = new Map<KubeUid, AgentId>();
  /** Agents taken in the run at hand, counted besides. */
  #taken: readonly AgentId[] = [];
  readonly #values = new Map<string, PlacedValues>();
  /** Of the agents, when the values were read. */
  #version = -1;

  constructor(agents: AgentTable) {
    this.#agents = agents;
  }

  get size(): number {
    return this.#agentOf.size;
  }

  /** @returns whether the count changed. */
  put(uid: KubeUid, agentId: AgentId): boolean {
    const left = this.#agentOf.get(uid);
    if (left === agentId) return false;
    if (left !== undefined) this.#count(left, -1);
    this.#count(agentId, 1);
    this.#agentOf.set(uid, agentId);
    return true;
  }

  /** @returns whether the count changed. */
  remove(uid: KubeUid): boolean {
    const left = this.#agentOf.get(uid);
    if (left === undefined) return false;
    this.#count(left, -1);
    this.#agentOf.delete(uid);
    return true;
  }

  /** Whether all constraints accept the agent, `more` agents being taken besides. */
  accepts(
    constraints: readonly ConstraintTuple[],
    agentId: AgentId,
    more: readonly AgentId[],
  ): boolean {
    const agent = this.#agents.constraintAgent(agentId);
    if (agent === undefined) return false;
    this.#take(more);
    const placedBy = (field: string): PlacedValues => this.#valuesOf(field);
    const pool = this.#agents.poolAttributes();
    return constraints.every((tuple) => acceptsAgent(tuple, placedBy, agent, pool));
  }

  /** How many pods share the agent's values of the fields, `more` included: of accepted agents the one to take has least. */
  rank(fields: ReadonlySet<string>, agentId: AgentId, more: readonly AgentId[]): number {
    this.#take(more);
    let rank = 0;
    for (const field of fields) {
      const value = this.#valueOn(field, agentId);
      if (value !== undefined) rank += this.#valuesOf(field).count(value);
    }
    return rank;
  }

  /** Within a run `more` only grows. */
  #take(more: readonly AgentId[]): void {
    const known = this.#taken;
    const isLonger = known.every((agentId, place) => more[place] === agentId);
    if (isLonger && more.length === known.length) return;
    if (!isLonger) for (const agentId of known) this.#count(agentId, -1);
    for (const agentId of isLonger ? more.slice(known.length) : more) this.#count(agentId, 1);
    this.#taken = [...more];
  }

  #count(agentId: AgentId, step: 1 | -1): void {
    this.#refresh();
    for (const [field, values] of this.#values) values.add(this.#valueOn(field, agentId), step);
  }

  #valuesOf(field: string): PlacedValues {
    this.#refresh();
    let values = this.#values.get(field);
    if (values === undefined) {
      values = new PlacedValues(() => this.#first(field));
      for (const agentId of this.#placed()) values.add(this.#valueOn(field, agentId), 1);
      this.#values.set(field, values);
    }
    return values;
  }

  /** Attributes or labels of agents changed: the values are read anew when they are asked for. */
  #refresh(): void {
    if (this.#version === this.#agents.version) return;
    this.#version = this.#agents.version;
    this.#values.clear();
  }

  #first(field: string): FirstValue | undefined {
    for (const agentId of this.#placed()) {
      const agent = this.#agents.constraintAgent(agentId);
      if (agent !== undefined) {
        return { value: fieldText(field, agent, this.#agents.poolAttributes()) };
      }
    }
    return undefined;
  }

  *#placed(): Iterable<AgentId> {
    yield* this.#agentOf.values();
    yield* this.#taken;
  }

  #valueOn(field: string, agentId: AgentId): string | undefined {
    const agent = this.#agents.constraintAgent(agentId);
    return agent && fieldText(field, agent, this.#agents.poolAttributes());
  }
}
