import type { Sight } from "../../../domain/authorization/sight.ts";
import { visibleState } from "../../../domain/authorization/sight.ts";
import { meetsConstraints } from "../../../domain/allocator/offer-constraints.ts";
import type { Framework, MasterState } from "../../../domain/mesos/master-state.ts";
import { roleConstraintsOf } from "../../../domain/mesos/role-constraints.ts";
import { agentProfile } from "../core/agent-profile.ts";

/**
 * `/allocator/offer_constraints_debug`: which agents each framework keeps itself from by its offer constraints, by role.
 * @see mesos@1.11 src/master/allocator/mesos/hierarchical.cpp `offer_constraints_debug`
 */
export function constraintsDebug(state: MasterState, sight: Sight): Record<string, unknown> {
  const shown = [...visibleState(state, sight).frameworks.values()];
  return {
    frameworks: Object.fromEntries(
      shown.map((framework) => [
        framework.id,
        {
          suppressed_roles: [...framework.suppressed],
          excluded_by_attribute_constraints: excludedOf(framework, state),
        },
      ]),
    ),
  };
}

function excludedOf({ constraints }: Framework, state: MasterState): Record<string, string[]> {
  if (constraints === undefined) return {};
  const agents = [...state.agents.values()].map((agent) => ({
    id: agent.id,
    profile: agentProfile(agent),
  }));
  return Object.fromEntries(
    Object.entries(roleConstraintsOf(constraints)).map(([role, groups]) => [
      role,
      agents.filter(({ profile }) => !meetsConstraints(groups, profile)).map(({ id }) => id),
    ]),
  );
}
