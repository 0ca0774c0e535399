import type { AgentId, FrameworkId } from "../../../src/api/ids/ids.ts";
import { addResources } from "../../../src/domain/resources/arithmetic.ts";
import type { Resources } from "../../../src/domain/resources/resource.ts";
import type { ReferenceAgent, ReferenceAllocator } from "./reference-allocator.ts";
import {
  type Amounts,
  compose,
  least,
  minus,
  plus,
  positive,
  quotaScalars,
} from "./reference-amounts.ts";
import { acceptable, isFiltered, mayBorrow, meetsMinimum } from "./reference-eligibility.ts";
import { frameworkOrder, roleOrder } from "./reference-order.ts";
import { freeStep, isOvercommitted, scalar, usable } from "./reference-room.ts";
import { consumed, headroom, usedBy } from "./reference-usage.ts";

export interface ReferenceGrant {
  readonly frameworkId: FrameworkId;
  readonly role: string;
  readonly agentId: AgentId;
  readonly resources: Resources;
}

/** One run over the agents: stage 1, stage 2; offers of both to one (framework, role, agent) are one. */
export function runReference(
  world: ReferenceAllocator,
  agents: readonly ReferenceAgent[],
): ReferenceGrant[] {
  const candidates = agents.filter(({ isActive }) => isActive);
  const run = new Run(world);
  let order = candidates;
  if (run.isAnyGuaranteeShort()) {
    order = arrange(world, order);
    for (const agent of order) run.offerGuarantees(agent);
  }
  order = arrange(world, order);
  for (const agent of order) run.offerFairly(agent);
  if (world.isLending) {
    order = arrange(world, order);
    for (const agent of order) run.lend(agent);
  }
  for (const agent of candidates) agent.runs += 1;
  return run.grants;
}

/** Random order, then (stable) least free first, in steps of 1/1024. */
function arrange(world: ReferenceAllocator, agents: readonly ReferenceAgent[]): ReferenceAgent[] {
  const places = agents.map((_, place) => place);
  world.random.shuffle(places, places.length);
  const shuffled = places.map((place) => agents[place] as ReferenceAgent);
  if (world.options.agentOrder === "shuffled") return shuffled;
  return shuffled.sort((a, b) => freeStep(a) - freeStep(b));
}

class Run {
  readonly #world: ReferenceAllocator;
  readonly #required: Amounts = {};
  readonly grants: ReferenceGrant[] = [];

  constructor(world: ReferenceAllocator) {
    this.#world = world;
    for (const [role, { guarantees }] of world.quotas) {
      const missing = positive(minus(guarantees, consumed(world, role)));
      for (const [name, milli] of Object.entries(missing)) {
        this.#required[name] = (this.#required[name] ?? 0) + milli;
      }
    }
  }

  isAnyGuaranteeShort(): boolean {
    const clients = this.#world.clients();
    return [...this.#world.quotas.keys()].some(
      (role) => clients.has(role) && Object.keys(this.#unsatisfied(role)).length > 0,
    );
  }

  offerGuarantees(agent: ReferenceAgent): void {
    const world = this.#world;
    if (isOvercommitted(agent)) return;
    for (const role of roleOrder(world)) {
      if (Object.keys(this.#unsatisfied(role)).length === 0) continue;
      for (const id of frameworkOrder(world, role)) {
        const unsatisfied = this.#unsatisfied(role);
        if (Object.keys(unsatisfied).length === 0) break;
        const available = usable(agent, role);
        if (available.length === 0) break;
        const avail = acceptable(world, agent, id, role, available);
        if (avail === undefined) continue;
        const scalars = quotaScalars(avail);
        const given = least(scalars, unsatisfied, 0);
        if (Object.keys(given).length === 0) continue;
        const extra = this.#cut(id, role, minus(scalars, given), given);
        this.#grant(agent, id, role, compose(avail, plus(given, extra)), given);
      }
    }
  }

  offerFairly(agent: ReferenceAgent): void {
    const world = this.#world;
    if (isOvercommitted(agent)) return;
    for (const role of roleOrder(world)) {
      for (const id of frameworkOrder(world, role)) {
        const available = usable(agent, role);
        if (available.length === 0) break;
        const avail = acceptable(world, agent, id, role, available);
        if (avail === undefined) continue;
        const scalars = this.#cut(id, role, quotaScalars(avail), {});
        this.#grant(agent, id, role, compose(avail, scalars), {});
      }
    }
  }

  /** What only limits kept from roles that may borrow, as revocable resources. */
  lend(agent: ReferenceAgent): void {
    const world = this.#world;
    if (isOvercommitted(agent)) return;
    for (const role of roleOrder(world)) {
      for (const id of frameworkOrder(world, role)) {
        const available = usable(agent, role);
        if (available.length === 0) break;
        if (!mayBorrow(world, id, role)) continue;
        const avail = acceptable(world, agent, id, role, available);
        if (avail === undefined || isFiltered(world, agent, id, role, avail)) continue;
        const slack = minus(world.quotas.get(role)?.limits ?? {}, consumed(world, role));
        const beyond = Object.fromEntries(
          Object.entries(quotaScalars(available)).map(([name, milli]) => [
            name,
            milli - Math.max(0, slack[name] ?? Infinity),
          ]),
        );
        const lent = this.#cutToPrincipal(id, this.#cutToHeadroom(positive(beyond)), {});
        if (Object.keys(lent).length === 0) continue;
        const loans = Object.entries(lent).map(([name, milli]) => scalar(name, milli, true));
        const uncut = available.filter(
          (item) => item.kind !== "scalar" && item.reservations.length === 0 && !item.revocable,
        );
        this.#grant(agent, id, role, addResources(uncut, loans), {});
      }
    }
  }

  /** To the limits of the role and the principal, then to what nobody's guarantee needs. */
  #cut(id: FrameworkId, role: string, scalars: Amounts, given: Amounts): Amounts {
    const world = this.#world;
    let left = scalars;
    const limits = world.quotas.get(role)?.limits ?? {};
    if (Object.keys(limits).length > 0) {
      const slack = minus(minus(limits, consumed(world, role)), given);
      left = least(left, slack, Infinity);
    }
    return this.#cutToHeadroom(this.#cutToPrincipal(id, left, given));
  }

  #cutToPrincipal(id: FrameworkId, scalars: Amounts, given: Amounts): Amounts {
    const world = this.#world;
    const principal = world.frameworks.get(id)?.profile.principal ?? "";
    const own = world.principalLimits.get(principal) ?? {};
    return least(scalars, minus(minus(own, usedBy(world, principal)), given), Infinity);
  }

  #cutToHeadroom(scalars: Amounts): Amounts {
    if (Object.keys(positive(this.#required)).length === 0) return scalars;
    return least(scalars, minus(headroom(this.#world), this.#required), 0);
  }

  #grant(
    agent: ReferenceAgent,
    frameworkId: FrameworkId,
    role: string,
    offer: Resources,
    given: Amounts,
  ): void {
    if (!meetsMinimum(this.#world, frameworkId, role, offer)) return;
    if (isFiltered(this.#world, agent, frameworkId, role, offer)) return;
    for (const [name, milli] of Object.entries(given)) {
      this.#required[name] = Math.max(0, (this.#required[name] ?? 0) - milli);
    }
    this.#world.hold(agent, frameworkId, role, offer);
    this.#world.settleLoans(agent);
    const place = this.grants.findIndex(
      (g) => g.agentId === agent.id && g.frameworkId === frameworkId && g.role === role,
    );
    const before = this.grants[place];
    const resources = addResources(before?.resources ?? [], offer);
    const grant = { frameworkId, role, agentId: agent.id, resources };
    if (before === undefined) this.grants.push(grant);
    else this.grants[place] = grant;
  }

  #unsatisfied(role: string): Amounts {
    const quota = this.#world.quotas.get(role);
    return quota === undefined
      ? {}
      : positive(minus(quota.guarantees, consumed(this.#world, role)));
  }
}
