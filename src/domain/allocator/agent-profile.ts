/** What an agent is apart from its resources. Agents that are equal in all of it share a class. */
export interface AgentProfile {
  readonly hostname: string;
  /** The first one counts where a name occurs more than once. */
  readonly attributes: readonly AgentAttribute[];
  /** Mesos agent capabilities: MULTI_ROLE, HIERARCHICAL_ROLE, RESERVATION_REFINEMENT, … */
  readonly capabilities: readonly string[];
  readonly region?: string;
  readonly zone?: string;
}

/** `text` is set for TEXT attributes only; every equality and regex predicate is true of others. */
export interface AgentAttribute {
  readonly name: string;
  readonly text?: string;
}
