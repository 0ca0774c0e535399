import type { AgentId } from "../../../api/ids/ids.ts";
import { fieldText } from "../../marathon/constraints/accepts.ts";
import { parseConstraint } from "../../marathon/constraints/constraint.ts";
import type { PoolPod } from "../pool-pod.ts";
import type { AgentTable } from "../rules/agent-table.ts";

/** How often waiting pods of apps that spread are shown to the allocator again. */
export const SPREAD_AGAIN_MS = 5000;

/** Counted pods by value of each field that GROUP_BY names. */
type Counts = ReadonlyMap<string, ReadonlyMap<string | undefined, number>>;

/** Fields over which the pod's app wants an even spread. */
export function groupFields({ constraints }: Pick<PoolPod, "constraints">): readonly string[] {
  return constraints.flatMap((tuple) => {
    const constraint = parseConstraint(tuple);
    return constraint?.operator === "GROUP_BY" ? [constraint.field] : [];
  });
}

/** Values of the fields on the agents where counted pods are. */
export function countGroups(
  fields: readonly string[],
  placed: readonly AgentId[],
  agents: AgentTable,
): Counts {
  const counts = new Map(fields.map((field) => [field, new Map<string | undefined, number>()]));
  for (const agentId of placed) {
    for (const [field, byValue] of counts) {
      const value = valueOn(field, agentId, agents);
      byValue.set(value, (byValue.get(value) ?? 0) + 1);
    }
  }
  return counts;
}

function valueOn(field: string, agentId: AgentId, agents: AgentTable): string | undefined {
  const agent = agents.constraintAgent(agentId);
  return agent === undefined ? undefined : fieldText(field, agent, agents.poolAttributes());
}

/** How many counted pods share the agent's values: the agent of the smallest rank is the one to take. */
export function groupRank(counts: Counts, agentId: AgentId, agents: AgentTable): number {
  let rank = 0;
  for (const [field, byValue] of counts) {
    rank += byValue.get(valueOn(field, agentId, agents)) ?? 0;
  }
  return rank;
}
