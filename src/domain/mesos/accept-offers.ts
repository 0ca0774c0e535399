import { invariant } from "../../api/invariant.ts";
import type { OfferId } from "../../api/ids/ids.ts";
import { addResources, NO_RESOURCES } from "../resources/arithmetic.ts";
import type { Resources } from "../resources/resource.ts";
import type { Agent, Framework, MasterState, Offer } from "./master-state.ts";

/** The offers an ACCEPT spends, or why it cannot; in that case `valid` are to be discarded without filter. */
export type SpentOffers =
  | {
      readonly ok: true;
      readonly offers: readonly Offer[];
      readonly agent: Agent;
      readonly role: string;
      readonly resources: Resources;
    }
  | { readonly ok: false; readonly error: string; readonly valid: readonly Offer[] };

/** @see mesos@1.11 src/master/validation.cpp `offer::validate` */
export function spendOffers(
  state: MasterState,
  framework: Framework,
  offerIds: readonly OfferId[],
): SpentOffers {
  const valid: Offer[] = [];
  const seen = new Set<OfferId>();
  let error: string | undefined = offerIds.length === 0 ? "No offers specified" : undefined;
  for (const id of offerIds) {
    const offer = state.offers.get(id);
    if (seen.has(id)) {
      error ??= `Duplicate offer ${id} in offer list`;
    } else if (offer === undefined) {
      error ??= `Offer ${id} is no longer valid`;
    } else if (offer.framework !== framework) {
      error ??= `Offer ${id} has invalid framework ${offer.framework.id} while framework ${framework.id} is expected`;
    } else {
      valid.push(offer);
    }
    seen.add(id);
  }
  const first = valid[0];
  const stranger = valid.find((offer) => offer.role !== first?.role);
  const elsewhere = valid.find((offer) => offer.agent !== first?.agent);
  if (first !== undefined && stranger !== undefined) {
    error ??=
      "Aggregated offers must be allocated to the same role. " +
      `Offer ${stranger.id} uses role '${stranger.role}' but another is using role '${first.role}'`;
  }
  if (first !== undefined && elsewhere !== undefined) {
    error ??=
      "Aggregated offers must belong to one single agent. " +
      `Offer ${elsewhere.id} uses agent ${elsewhere.agent.id} and agent ${first.agent.id}`;
  }
  if (error !== undefined) return { ok: false, error, valid };
  invariant(first !== undefined, "an ACCEPT without fault has an offer");
  const resources = valid.reduce<Resources>(
    (sum, offer) => addResources(sum, offer.resources),
    NO_RESOURCES,
  );
  return { ok: true, offers: valid, agent: first.agent, role: first.role, resources };
}
