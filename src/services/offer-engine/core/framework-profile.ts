import type { OfferConstraints } from "../../../api/mesos/offer-constraints.ts";
import type { FrameworkProfile } from "../../../domain/allocator/events.ts";
import { roleConstraintsOf } from "../../../domain/mesos/role-constraints.ts";
import type { Framework } from "../../../domain/mesos/master-state.ts";
import { toMilli } from "../../../domain/resources/quantity.ts";

/** What the allocator has to know of a framework. */
export function frameworkProfile(framework: Framework): FrameworkProfile {
  const { principal } = framework.info;
  return {
    ...(principal === undefined ? {} : { principal }),
    roles: framework.roles,
    suppressed: [...framework.suppressed],
    capabilities: [...framework.capabilities],
    minAllocatable: minAllocatable(framework),
    constraints: constraintsOf(framework.constraints),
  };
}

function constraintsOf(constraints: OfferConstraints | undefined): FrameworkProfile["constraints"] {
  return constraints === undefined ? {} : roleConstraintsOf(constraints);
}

function minAllocatable(framework: Framework): FrameworkProfile["minAllocatable"] {
  return Object.fromEntries(
    Object.entries(framework.info.offer_filters ?? {}).flatMap(([role, filters]) => {
      const sets = filters.min_allocatable_resources?.quantities;
      if (filters.min_allocatable_resources === undefined) return [];
      const quantities = (sets ?? []).map(({ quantities: named = {} }) =>
        Object.fromEntries(
          Object.entries(named).map(([name, { value }]) => [name, toMilli(value)] as const),
        ),
      );
      return [[role, quantities] as const];
    }),
  );
}
