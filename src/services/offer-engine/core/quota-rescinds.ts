import type { Offer } from "../../../domain/mesos/master-state.ts";
import { scalarMilli } from "../../../domain/resources/arithmetic.ts";
import type { Quantities } from "../../../domain/resources/quantity.ts";
import type { RoleConfig } from "../ports.ts";
import type { EngineContext } from "./context.ts";
import { rescindOffer } from "./offers.ts";

const isOf = (offer: Offer, role: string): boolean =>
  offer.role === role || offer.role.startsWith(`${role}/`);

const isAbove = (amounts: Quantities, limits: Quantities): boolean =>
  Object.entries(limits).some(([name, milli]) => (amounts[name] ?? 0) > milli);

/**
 * A quota changed: outstanding offers give way to it, best effort and without filters. First the role's own, until what it
 * has and is offered is within its limits; then those of others, agent by agent, until what comes free covers what the
 * role's guarantee lacks.
 *
 * @see mesos@1.11 src/master/quota_handler.cpp `rescindOffers`
 */
export function rescindForQuota(context: EngineContext, role: RoleConfig): void {
  rescindAboveLimits(context, role.name, role.limitsMilli ?? {});
  rescindForGuarantee(context, role.name, role.guaranteesMilli ?? {});
}

function rescindAboveLimits(context: EngineContext, role: string, limits: Quantities): void {
  const { view } = context.allocator;
  // The newest first: they were looked at for the shortest time.
  for (const offer of [...context.state.offers.values()].reverse()) {
    if (!isAbove(view.consumed(role), limits)) return;
    if (isOf(offer, role)) rescindOffer(context, offer);
  }
}

function rescindForGuarantee(context: EngineContext, role: string, guarantees: Quantities): void {
  const consumed = context.allocator.view.consumed(role);
  const lacking = Object.entries(guarantees)
    .map(([name, milli]) => ({ name, milli: milli - (consumed[name] ?? 0) }))
    .filter(({ milli }) => milli > 0);
  for (const agent of context.state.agents.values()) {
    if (lacking.every(({ milli }) => milli <= 0)) return;
    for (const offer of [...agent.offers]) {
      if (isOf(offer, role)) continue;
      rescindOffer(context, offer);
      for (const one of lacking) one.milli -= scalarMilli(offer.resources, one.name);
    }
  }
}
