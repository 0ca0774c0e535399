import type { AgentId, OfferId } from "../../../api/ids/ids.ts";
import type { Quantities } from "../../resources/quantity.ts";
import type { Resources } from "../../resources/resource.ts";
import type { QuotaRequest } from "./check-quota.ts";

/** An offer that is out. */
export interface OutstandingOffer {
  readonly id: OfferId;
  readonly role: string;
  readonly agentId: AgentId;
  readonly resources: Resources;
}

/**
 * Which offers a changed quota takes back, best effort and without filter: first those of the role
 * and its sub-roles until what it consumes is within the limits, then those of others, agent by
 * agent, until the rescinded and the consumed together contain the guarantee.
 *
 * `consumed` = of the role, offers included (`AllocatorView.consumed`).
 *
 * @see mesos@1.11 src/master/quota_handler.cpp `rescindOffers`
 */
export function offersToRescind(
  { role, guarantees, limits }: QuotaRequest,
  consumed: Quantities,
  offers: readonly OutstandingOffer[],
): OfferId[] {
  const isOwn = (offer: OutstandingOffer): boolean =>
    offer.role === role || offer.role.startsWith(`${role}/`);
  const own = untilWithin(offers.filter(isOwn), consumed, limits);
  const left: Record<string, number> = { ...consumed };
  for (const offer of own) add(left, offer.resources, -1);
  const others = untilContains(
    offers.filter((offer) => !isOwn(offer)),
    left,
    guarantees,
  );
  return [...own, ...others].map(({ id }) => id);
}

function untilWithin(
  offers: readonly OutstandingOffer[],
  consumed: Quantities,
  limits: Quantities,
): OutstandingOffer[] {
  const left: Record<string, number> = { ...consumed };
  const names = Object.keys(limits);
  const chosen: OutstandingOffer[] = [];
  for (const offer of offers) {
    const over = names.filter((name) => (left[name] ?? 0) > (limits[name] ?? 0));
    if (over.length === 0) break;
    const given = unreserved(offer.resources);
    if (!over.some((name) => (given[name] ?? 0) > 0)) continue;
    add(left, offer.resources, -1);
    chosen.push(offer);
  }
  return chosen;
}

/** Whole agents, so that what comes back lies together. */
function untilContains(
  offers: readonly OutstandingOffer[],
  consumed: Quantities,
  guarantees: Quantities,
): OutstandingOffer[] {
  const have: Record<string, number> = { ...consumed };
  const byAgent = new Map<AgentId, OutstandingOffer[]>();
  for (const offer of offers) {
    byAgent.set(offer.agentId, [...(byAgent.get(offer.agentId) ?? []), offer]);
  }
  const chosen: OutstandingOffer[] = [];
  for (const here of byAgent.values()) {
    const missing = Object.keys(guarantees).filter(
      (name) => (have[name] ?? 0) < (guarantees[name] ?? 0),
    );
    if (missing.length === 0) break;
    const helps = here.some(({ resources }) =>
      missing.some((name) => (unreserved(resources)[name] ?? 0) > 0),
    );
    if (!helps) continue;
    for (const offer of here) add(have, offer.resources, 1);
    chosen.push(...here);
  }
  return chosen;
}

function add(sums: Record<string, number>, resources: Resources, sign: 1 | -1): void {
  for (const [name, milli] of Object.entries(unreserved(resources))) {
    sums[name] = (sums[name] ?? 0) + sign * milli;
  }
}

/** What quota is about: unreserved regular scalars. */
function unreserved(resources: Resources): Quantities {
  const sums: Record<string, number> = {};
  for (const item of resources) {
    const counts =
      item.kind === "scalar" && item.reservations.length === 0 && item.revocable === undefined;
    if (counts) sums[item.name] = (sums[item.name] ?? 0) + item.milli;
  }
  return sums;
}
