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
import { roomOf, scalar } from "./reference-room.ts";

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

function freeStep(agent: ReferenceAgent): number {
  const total = plainTotal(agent);
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

  /** What only limits kept from roles that may borrow, as revocable resources. */
  lend(agent: ReferenceAgent): void {
    const world = this.#world;
    if (isOvercommitted(agent)) return;
    for (const role of roleOrder(world)) {
      for (const id of frameworkOrder(world, role)) {
        const available = usable(agent, role);
        if (available.length === 0) break;
        if (!this.#mayBorrow(id, role)) continue;
        const avail = this.#acceptable(agent, id, role, available);
        if (avail === undefined || this.#isFiltered(agent, id, role, avail)) continue;
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

  #mayBorrow(id: FrameworkId, role: string): boolean {
    const quota = this.#world.quotas.get(role);
    if (quota === undefined || Object.keys(quota.limits).length === 0) return false;
    if (quota.mode === "Hard") return false;
    const capabilities = this.#world.frameworks.get(id)?.profile.capabilities ?? [];
    if (!capabilities.includes("REVOCABLE_RESOURCES")) return false;
    return quota.mode === "Soft" || poolUse(this.#world) < 0.8;
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
    if (!this.#meetsMinimum(frameworkId, role, offer)) return;
    if (this.#isFiltered(agent, frameworkId, role, offer)) return;
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

  #isFiltered(agent: ReferenceAgent, id: FrameworkId, role: string, offer: Resources): boolean {
    return this.#world.filters.some(
      (filter) =>
        filter.frameworkId === id &&
        filter.role === role &&
        filter.agentId === agent.id &&
        containsResources(filter.refused, offer),
    );
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

/** Unreserved regular scalars, without what is lent; below 0 where more is lent than there is. */
function plainTotal({ total, lent }: ReferenceAgent): Amounts {
  return plus(
    quotaScalars(total),
    Object.fromEntries(Object.entries(lent).map(([name, milli]) => [name, -milli])),
  );
}

/** The part of the pool that is held, of cpus or mem, whichever is larger. */
function poolUse(world: ReferenceAllocator): number {
  const agents = world.slots.filter((agent) => agent !== undefined);
  const held = agents.flatMap((agent) => agent.held.flatMap(({ resources }) => resources));
  const total = agents.flatMap((agent) => agent.total);
  return Math.max(
    ...["cpus", "mem"].map((name) =>
      scalarMilli(total, name) > 0 ? scalarMilli(held, name) / scalarMilli(total, name) : 0,
    ),
  );
}

function freeOf(agent: ReferenceAgent): Resources {
  return agent.held.reduce(
    (free, { resources }) => subtractResources(free, resources),
    roomOf(agent),
  );
}

function isOvercommitted(agent: ReferenceAgent): boolean {
  const held = agent.held.reduce<Resources>(
    (sum, { resources }) => addResources(sum, resources),
    [],
  );
  const isShort = Object.values(plainTotal(agent)).some((milli) => milli < 0);
  return isShort || !containsResources(roomOf(agent), held);
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

/** All scalars that the principal's frameworks hold, thousandths by name. */
function usedBy(world: ReferenceAllocator, principal: string): Amounts {
  const isTheirs = (id: FrameworkId): boolean =>
    world.frameworks.get(id)?.profile.principal === principal;
  const sums: Amounts = {};
  for (const { frameworkId, resources } of world.slots.flatMap((agent) => agent?.held ?? [])) {
    if (!isTheirs(frameworkId)) continue;
    for (const item of resources) {
      if (item.kind === "scalar") sums[item.name] = (sums[item.name] ?? 0) + item.milli;
    }
  }
  return sums;
}

function headroom(world: ReferenceAllocator): Amounts {
  const total = world.slots.reduce<Amounts>(
    (sum, agent) => (agent === undefined ? sum : plus(sum, plainTotal(agent))),
    {},
  );
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
