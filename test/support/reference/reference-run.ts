import type { AgentId, FrameworkId } from "../../../src/api/ids/ids.ts";
import {
  addResources,
  containsResources,
  scalarMilli,
  subtractResources,
} from "../../../src/domain/resources/arithmetic.ts";
import type { Quantities } from "../../../src/domain/resources/quantity.ts";
import type { MesosResource, Resources } from "../../../src/domain/resources/resource.ts";
import type { ReferenceAgent, ReferenceAllocator } from "./reference-allocator.ts";
import { frameworkOrder, roleOrder } from "./reference-order.ts";

export interface ReferenceGrant {
  readonly frameworkId: FrameworkId;
  readonly role: string;
  readonly agentId: AgentId;
  readonly resources: Resources;
}

type Amounts = Record<string, number>;

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

function freeStep(agent: ReferenceAgent): number {
  const total = quotaScalars(agent.total);
  const held = quotaScalars(agent.held.flatMap(({ resources }) => resources));
  let least = 1;
  for (const [name, milli] of Object.entries(total)) {
    if (milli > 0) least = Math.min(least, Math.max(0, milli - (held[name] ?? 0)) / milli);
  }
  return Math.floor(least * 1024);
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
        const avail = this.#acceptable(agent, id, role, available);
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
        const avail = this.#acceptable(agent, id, role, available);
        if (avail === undefined) continue;
        const scalars = this.#cut(id, role, quotaScalars(avail), {});
        this.#grant(agent, id, role, compose(avail, scalars), {});
      }
    }
  }

  /** Steps 3 to 5; undefined = next framework. */
  #acceptable(
    agent: ReferenceAgent,
    id: FrameworkId,
    role: string,
    avail: Resources,
  ): Resources | undefined {
    const capabilities = this.#world.frameworks.get(id)?.profile.capabilities ?? [];
    if (!this.#meetsMinimum(id, role, avail)) return undefined;
    const isGpuAgent = scalarMilli(agent.total, "gpus") > 0;
    const hidesGpus = this.#world.options.filterGpuResources && isGpuAgent;
    if (hidesGpus && !capabilities.includes("GPU_RESOURCES")) return undefined;
    const old = agent.profile.capabilities;
    if (capabilities.includes("MULTI_ROLE") && !old.includes("MULTI_ROLE")) return undefined;
    if (role.includes("/") && !old.includes("HIERARCHICAL_ROLE")) return undefined;
    const { masterRegion } = this.#world.options;
    const { region } = agent.profile;
    const isRemote = region !== undefined && masterRegion !== undefined && region !== masterRegion;
    if (isRemote && !capabilities.includes("REGION_AWARE")) return undefined;
    return avail.filter(
      (item) =>
        (item.revocable !== true || capabilities.includes("REVOCABLE_RESOURCES")) &&
        (item.reservations.length < 2 || capabilities.includes("RESERVATION_REFINEMENT")),
    );
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
    const principal = world.frameworks.get(id)?.profile.principal ?? "";
    const own = world.principalLimits.get(principal) ?? {};
    left = least(left, minus(minus(own, usedBy(world, principal)), given), Infinity);
    if (Object.keys(positive(this.#required)).length > 0) {
      left = least(left, minus(headroom(world), this.#required), 0);
    }
    return left;
  }

  #grant(
    agent: ReferenceAgent,
    frameworkId: FrameworkId,
    role: string,
    offer: Resources,
    given: Amounts,
  ): void {
    if (!this.#meetsMinimum(frameworkId, role, offer)) return;
    const isFiltered = this.#world.filters.some(
      (filter) =>
        filter.frameworkId === frameworkId &&
        filter.role === role &&
        filter.agentId === agent.id &&
        containsResources(filter.refused, offer),
    );
    if (isFiltered) return;
    for (const [name, milli] of Object.entries(given)) {
      this.#required[name] = Math.max(0, (this.#required[name] ?? 0) - milli);
    }
    this.#world.hold(agent, frameworkId, role, offer);
    const place = this.grants.findIndex(
      (g) => g.agentId === agent.id && g.frameworkId === frameworkId && g.role === role,
    );
    const before = this.grants[place];
    const resources = addResources(before?.resources ?? [], offer);
    const grant = { frameworkId, role, agentId: agent.id, resources };
    if (before === undefined) this.grants.push(grant);
    else this.grants[place] = grant;
  }

  #meetsMinimum(id: FrameworkId, role: string, resources: Resources): boolean {
    const own = this.#world.frameworks.get(id)?.profile.minAllocatable[role];
    const sets = own ?? this.#world.options.minAllocatable;
    if (sets.length === 0) return resources.length > 0;
    return sets.some((set) =>
      Object.entries(set).every(([name, milli]) => scalarMilli(resources, name) >= milli),
    );
  }

  #unsatisfied(role: string): Amounts {
    const quota = this.#world.quotas.get(role);
    return quota === undefined
      ? {}
      : positive(minus(quota.guarantees, consumed(this.#world, role)));
  }
}

function freeOf(agent: ReferenceAgent): Resources {
  return agent.held.reduce(
    (free, { resources }) => subtractResources(free, resources),
    agent.total,
  );
}

function isOvercommitted(agent: ReferenceAgent): boolean {
  const held = agent.held.reduce<Resources>(
    (sum, { resources }) => addResources(sum, resources),
    [],
  );
  return !containsResources(agent.total, held);
}

/** Free, unreserved or reserved to the role or an ancestor. */
function usable(agent: ReferenceAgent, role: string): Resources {
  return freeOf(agent).filter(({ reservations }) => {
    const owner = reservations.at(-1)?.role;
    return owner === undefined || owner === role || role.startsWith(`${owner}/`);
  });
}

function isQuotaScalar(item: MesosResource): boolean {
  return item.kind === "scalar" && item.reservations.length === 0 && item.revocable !== true;
}

function quotaScalars(resources: readonly MesosResource[]): Amounts {
  const sums: Amounts = {};
  for (const item of resources) {
    if (item.kind === "scalar" && isQuotaScalar(item)) {
      sums[item.name] = (sums[item.name] ?? 0) + item.milli;
    }
  }
  return sums;
}

/** The unreserved scalars replaced by these amounts, the rest as it is. */
function compose(avail: Resources, scalars: Amounts): Resources {
  const rest = avail.filter((item) => !isQuotaScalar(item));
  const cut = Object.entries(scalars).map(([name, milli]): MesosResource => ({
    kind: "scalar",
    name,
    reservations: [],
    milli,
  }));
  return addResources(rest, cut);
}

function consumed(world: ReferenceAllocator, top: string): Amounts {
  const isBelow = (role: string): boolean => role === top || role.startsWith(`${top}/`);
  const sums: Amounts = {};
  const add = (name: string, milli: number): void => {
    sums[name] = (sums[name] ?? 0) + milli;
  };
  for (const agent of world.slots) {
    for (const item of agent?.total ?? []) {
      const owner = item.reservations.at(-1)?.role;
      const counts = owner !== undefined && isBelow(owner) && item.revocable !== true;
      if (item.kind === "scalar" && counts) add(item.name, item.milli);
    }
    for (const { role, resources } of agent?.held ?? []) {
      if (!isBelow(role)) continue;
      for (const [name, milli] of Object.entries(quotaScalars(resources))) add(name, milli);
    }
  }
  return sums;
}

/** Unreserved regular scalars that the principal's frameworks hold. */
function usedBy(world: ReferenceAllocator, principal: string): Amounts {
  const isTheirs = (id: FrameworkId): boolean =>
    world.frameworks.get(id)?.profile.principal === principal;
  return quotaScalars(
    world.slots
      .flatMap((agent) => agent?.held ?? [])
      .filter(({ frameworkId }) => isTheirs(frameworkId))
      .flatMap(({ resources }) => resources),
  );
}

function headroom(world: ReferenceAllocator): Amounts {
  const total = quotaScalars(world.slots.flatMap((agent) => agent?.total ?? []));
  const held = quotaScalars(
    world.slots.flatMap((agent) => (agent?.held ?? []).flatMap(({ resources }) => resources)),
  );
  return minus(total, held);
}

function minus(a: Quantities, b: Quantities): Amounts {
  return Object.fromEntries(
    Object.entries(a).map(([name, milli]) => [name, milli - (b[name] ?? 0)]),
  );
}

function plus(a: Amounts, b: Amounts): Amounts {
  const sum = { ...a };
  for (const [name, milli] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + milli;
  return sum;
}

function positive(a: Amounts): Amounts {
  return Object.fromEntries(Object.entries(a).filter(([, milli]) => milli > 0));
}

/** Cut to the bound; `absent` = the bound of names that it does not have. */
function least(a: Amounts, bound: Amounts, absent: number): Amounts {
  return positive(
    Object.fromEntries(
      Object.entries(a).map(([name, milli]) => [
        name,
        Math.min(milli, Math.max(0, bound[name] ?? absent)),
      ]),
    ),
  );
}
