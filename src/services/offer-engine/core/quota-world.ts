import type { QuotaFacts } from "../../../domain/mesos/quota-requests.ts";
import type { MasterState } from "../../../domain/mesos/master-state.ts";
import type { Quantities } from "../../../domain/resources/quantity.ts";
import type { MesosResource } from "../../../domain/resources/resource.ts";
import type { ClusterConfig } from "../ports.ts";
import { isTakenOut } from "./agent-offering.ts";
import type { AllocatorPort } from "./context.ts";

/** What a request for quota is checked against now. */
export function quotaFactsOf(
  state: MasterState,
  config: ClusterConfig,
  view: AllocatorPort["view"],
): QuotaFacts {
  return {
    rolesAllowed: config.rolesAllowed,
    quotas: new Map(
      config.roles
        .filter(({ guaranteesMilli, limitsMilli }) => guaranteesMilli ?? limitsMilli)
        .map(({ name, guaranteesMilli = {}, limitsMilli = {} }) => [
          name,
          { guarantees: guaranteesMilli, limits: limitsMilli },
        ]),
    ),
    consumed: (role) => withoutOffers(state, role, view.consumed(role)),
    capacity: capacityOf(state),
  };
}

/** Offers hold resources in the allocator, but nobody uses them yet. Reserved ones count whoever holds them. */
function withoutOffers(state: MasterState, role: string, consumed: Quantities): Quantities {
  const used: Record<string, number> = { ...consumed };
  for (const offer of state.offers.values()) {
    if (offer.role !== role && !offer.role.startsWith(`${role}/`)) continue;
    for (const resource of offer.resources) {
      const milli = regularMilli(resource);
      if (milli === 0 || resource.reservations.length > 0) continue;
      used[resource.name] = (used[resource.name] ?? 0) - milli;
    }
  }
  return Object.fromEntries(Object.entries(used).filter(([, milli]) => milli > 0));
}

/** Regular scalars of agents that are there and take work. */
function capacityOf(state: MasterState): Quantities {
  const capacity: Record<string, number> = {};
  for (const agent of state.agents.values()) {
    if (agent.link.kind === "disconnected" || agent.cordoned || isTakenOut(agent)) continue;
    for (const resource of agent.total) {
      capacity[resource.name] = (capacity[resource.name] ?? 0) + regularMilli(resource);
    }
  }
  return Object.fromEntries(Object.entries(capacity).filter(([, milli]) => milli > 0));
}

function regularMilli(resource: MesosResource): number {
  return resource.kind === "scalar" && resource.revocable !== true ? resource.milli : 0;
}
