import type { Quantities } from "../../../domain/resources/quantity.ts";
import type { ClusterConfig } from "../ports.ts";
import { type EngineContext, tellAllocator } from "./context.ts";
import { rescindOffer } from "./offers.ts";

/**
 * Tells limits of principals that changed. Offers of their frameworks are taken back, so that new ones are within the new limits;
 * what runs stays.
 */
export function applyPrincipalLimits(
  context: EngineContext,
  before: ClusterConfig | undefined,
  after: ClusterConfig,
): void {
  const old = before?.principalLimits ?? {};
  const next = after.principalLimits ?? {};
  for (const principal of new Set([...Object.keys(old), ...Object.keys(next)])) {
    const limits = next[principal] ?? {};
    if (isSame(old[principal] ?? {}, limits)) continue;
    tellAllocator(context, { kind: "principalLimitsSet", principal, limits });
    rescindOffersOf(context, principal);
  }
}

function rescindOffersOf(context: EngineContext, principal: string): void {
  for (const framework of context.state.frameworks.values()) {
    if (framework.info.principal !== principal) continue;
    for (const offer of [...framework.offers]) rescindOffer(context, offer);
  }
}

function isSame(a: Quantities, b: Quantities): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
