import type { AgentId, FrameworkId } from "../../../src/api/ids/ids.ts";
import type { AgentProfile } from "../../../src/domain/allocator/agent-profile.ts";
import type {
  AllocatorEvent,
  FrameworkProfile,
  QuotaMode,
} from "../../../src/domain/allocator/events.ts";
import { refuseTimeMs } from "../../../src/domain/allocator/filters/refuse-time.ts";
import type { AllocatorOptions } from "../../../src/domain/allocator/options.ts";
import { SeededRandom } from "../../../src/domain/allocator/seeded-random.ts";
import {
  addResources,
  containsResources,
  subtractResources,
} from "../../../src/domain/resources/arithmetic.ts";
import type { Quantities } from "../../../src/domain/resources/quantity.ts";
import type { Resources } from "../../../src/domain/resources/resource.ts";
import { revocables } from "./reference-room.ts";
import { runReference, type ReferenceGrant } from "./reference-run.ts";

/** What one framework holds on an agent in one role. */
export interface ReferenceHolding {
  readonly frameworkId: FrameworkId;
  readonly role: string;
  readonly resources: Resources;
}

export interface ReferenceAgent {
  readonly id: AgentId;
  profile: AgentProfile;
  /** What it reports. */
  total: Resources;
  /** Of it, what is lent beyond limits, thousandths by name; see `roomOf`. */
  lent: Readonly<Record<string, number>>;
  isActive: boolean;
  held: ReferenceHolding[];
  runs: number;
}

export interface ReferenceFilter {
  readonly frameworkId: FrameworkId;
  readonly role: string;
  readonly agentId: AgentId;
  readonly refused: Resources;
  readonly dueMs: number;
  readonly runs: number;
}

export interface ReferenceQuota {
  readonly guarantees: Quantities;
  readonly limits: Quantities;
  readonly mode: QuotaMode;
}

export interface ReferenceFramework {
  readonly id: FrameworkId;
  profile: FrameworkProfile;
  isActive: boolean;
}

/**
 * The rules of allocator.md as lists, maps and sorts, in mode `interval`; everything is worked out
 * from scratch for every decision. Only what the equality gate needs: no pods, volumes, constraints
 * or inverse offers. Agents keep slots as in the engine, so that both draw the same order.
 */
export class ReferenceAllocator {
  readonly options: AllocatorOptions;
  readonly random: SeededRandom;
  readonly slots: (ReferenceAgent | undefined)[] = [];
  readonly #freeSlots: number[] = [];
  readonly frameworks = new Map<FrameworkId, ReferenceFramework>();
  readonly weights = new Map<string, number>();
  readonly quotas = new Map<string, ReferenceQuota>();
  readonly principalLimits = new Map<string, Quantities>();
  /** Grants ever made, by role and by role and framework; gone with the client. */
  readonly roleCounts = new Map<string, number>();
  readonly frameworkCounts = new Map<string, number>();
  filters: ReferenceFilter[] = [];
  nowMs = 0;

  constructor(options: AllocatorOptions) {
    this.options = options;
    this.random = new SeededRandom(options.seed);
  }

  /** Tells one event; gives the grants of the run it triggers. */
  apply(event: AllocatorEvent, nowMs: number): readonly ReferenceGrant[] {
    this.nowMs = nowMs;
    this.#endFilters();
    const candidates = this.#handle(event);
    const grants = candidates === undefined ? [] : runReference(this, candidates);
    if (candidates !== undefined) this.#endFilters();
    this.#forgetCounts();
    return grants;
  }

  /** Follows an allocator in mode `event`: what happened and what it granted, without deciding. */
  follow(event: AllocatorEvent, grants: readonly ReferenceGrant[], nowMs: number): void {
    this.nowMs = nowMs;
    this.#handle(event);
    for (const { agentId, frameworkId, role, resources } of grants) {
      const agent = this.agent(agentId);
      if (agent === undefined) continue;
      this.hold(agent, frameworkId, role, resources);
      this.settleLoans(agent);
    }
    for (const agent of this.#all()) agent.runs += 1;
    this.#endFilters();
  }

  /** What a run over all agents would grant now; changes nothing. */
  wouldGrant(): readonly ReferenceGrant[] {
    const agents = this.#all();
    const before = agents.map(({ held, runs, lent }) => ({ held, runs, lent }));
    const [roleCounts, frameworkCounts] = [new Map(this.roleCounts), new Map(this.frameworkCounts)];
    const grants = runReference(this, agents);
    for (const [i, agent] of agents.entries()) Object.assign(agent, before[i]);
    for (const [role, count] of roleCounts) this.roleCounts.set(role, count);
    for (const [key, count] of frameworkCounts) this.frameworkCounts.set(key, count);
    return grants;
  }

  agent(id: AgentId): ReferenceAgent | undefined {
    return this.slots.find((agent) => agent?.id === id);
  }

  /** Roles with a framework that asks or holds. */
  clients(): Map<string, Set<FrameworkId>> {
    const clients = new Map<string, Set<FrameworkId>>();
    const add = (role: string, id: FrameworkId): void => {
      clients.set(role, (clients.get(role) ?? new Set()).add(id));
    };
    for (const { id, profile } of this.frameworks.values()) {
      for (const role of profile.roles) add(role, id);
    }
    for (const agent of this.slots) {
      for (const { role, frameworkId } of agent?.held ?? []) add(role, frameworkId);
    }
    return clients;
  }

  isListed(id: FrameworkId, role: string): boolean {
    const framework = this.frameworks.get(id);
    if (framework?.isActive !== true) return false;
    const { roles, suppressed } = framework.profile;
    return roles.includes(role) && !suppressed.includes(role);
  }

  hold(agent: ReferenceAgent, frameworkId: FrameworkId, role: string, more: Resources): void {
    const before = agent.held.find((h) => h.frameworkId === frameworkId && h.role === role);
    agent.held = agent.held.filter((h) => h !== before);
    const resources = addResources(before?.resources ?? [], more);
    agent.held.push({ frameworkId, role, resources });
    const key = `${role} ${frameworkId}`;
    this.roleCounts.set(role, (this.roleCounts.get(role) ?? 0) + 1);
    this.frameworkCounts.set(key, (this.frameworkCounts.get(key) ?? 0) + 1);
  }

  /** Undefined = no run. */
  #handle(event: AllocatorEvent): ReferenceAgent[] | undefined {
    switch (event.kind) {
      case "agentAdded": {
        const { agentId: id, profile, total, used = [] } = event;
        const agent: ReferenceAgent = {
          id,
          profile,
          total,
          lent: {},
          isActive: true,
          held: [],
          runs: 0,
        };
        const slot = this.#freeSlots.pop() ?? this.slots.length;
        this.slots[slot] = agent;
        for (const { frameworkId, role, resources } of used) {
          this.hold(agent, frameworkId, role, resources);
        }
        this.settleLoans(agent);
        return [agent];
      }
      case "agentRemoved": {
        const slot = this.slots.findIndex((agent) => agent?.id === event.agentId);
        if (slot < 0) return undefined;
        this.slots[slot] = undefined;
        this.#freeSlots.push(slot);
        this.filters = this.filters.filter(({ agentId }) => agentId !== event.agentId);
        return undefined;
      }
      case "agentUpdated": {
        const agent = this.agent(event.agentId);
        if (agent === undefined || event.total === undefined) return undefined;
        const same =
          containsResources(agent.total, event.total) &&
          containsResources(event.total, agent.total);
        agent.total = event.total;
        agent.lent = {};
        this.settleLoans(agent);
        return same ? undefined : [agent];
      }
      case "agentActivated":
      case "agentDeactivated": {
        const agent = this.agent(event.agentId);
        if (agent !== undefined) agent.isActive = event.kind === "agentActivated";
        return undefined;
      }
      case "frameworkAdded":
        this.frameworks.set(event.frameworkId, {
          id: event.frameworkId,
          profile: event.profile,
          isActive: event.active ?? true,
        });
        return this.#all();
      case "frameworkRemoved":
        this.frameworks.delete(event.frameworkId);
        for (const agent of this.#all()) {
          agent.held = agent.held.filter((h) => h.frameworkId !== event.frameworkId);
          this.settleLoans(agent);
        }
        this.#dropFilters(event.frameworkId);
        return undefined;
      case "frameworkActivated":
      case "frameworkDeactivated": {
        const framework = this.frameworks.get(event.frameworkId);
        if (framework === undefined) return undefined;
        framework.isActive = event.kind === "frameworkActivated";
        if (framework.isActive) return this.#all();
        this.#dropFilters(event.frameworkId);
        return undefined;
      }
      case "suppressed":
      case "revived":
        return this.#suppressOrRevive(event);
      case "recovered":
        this.#recover(event);
        return undefined;
      case "quotaSet":
        this.quotas.set(event.role, { mode: "Hard", ...event });
        return undefined;
      case "quotaRemoved":
        this.quotas.delete(event.role);
        return undefined;
      case "principalLimitsSet":
        this.principalLimits.set(event.principal, event.limits);
        return undefined;
      case "weightSet":
        this.weights.set(event.role, event.weight);
        return undefined;
      case "tick":
        return this.#all();
      case "timePassed":
        return undefined;
      default:
        throw new Error(`the reference does not know ${event.kind}`);
    }
  }

  #suppressOrRevive(
    event: Extract<AllocatorEvent, { kind: "suppressed" | "revived" }>,
  ): ReferenceAgent[] | undefined {
    const framework = this.frameworks.get(event.frameworkId);
    if (framework === undefined) return undefined;
    const { profile } = framework;
    const roles = event.roles ?? profile.roles;
    const others = profile.suppressed.filter((role) => !roles.includes(role));
    const suppressed = event.kind === "suppressed" ? [...others, ...roles] : others;
    framework.profile = { ...profile, suppressed };
    if (event.kind === "suppressed") return undefined;
    this.filters = this.filters.filter(
      ({ frameworkId, role }) => frameworkId !== event.frameworkId || !roles.includes(role),
    );
    return this.#all();
  }

  #recover(event: Extract<AllocatorEvent, { kind: "recovered" }>): void {
    const { frameworkId, role, agentId, refuseSeconds } = event;
    const agent = this.agent(agentId);
    const before = agent?.held.find((h) => h.frameworkId === frameworkId && h.role === role);
    if (agent === undefined || before === undefined) return;
    const refused = event.resources ?? before.resources;
    if (!containsResources(before.resources, refused)) return;
    const resources = subtractResources(before.resources, refused);
    agent.held = agent.held.filter((h) => h !== before);
    if (resources.length > 0) agent.held.push({ ...before, resources });
    this.settleLoans(agent);
    const framework = this.frameworks.get(frameworkId);
    const isAsking = framework?.isActive === true && framework.profile.roles.includes(role);
    if (refuseSeconds === undefined || !isAsking) return;
    const timeMs = refuseTimeMs(refuseSeconds, this.options.intervalMs);
    if (timeMs === undefined) return;
    const dueMs = this.nowMs + timeMs;
    this.filters.push({ frameworkId, role, agentId, refused, dueMs, runs: agent.runs });
  }

  /** Whether some limit is not the last word. */
  get isLending(): boolean {
    return [...this.quotas.values()].some(
      ({ mode, limits }) => mode !== "Hard" && Object.keys(limits).length > 0,
    );
  }

  /** Revocable scalars that are held and that the agent does not have are lent. */
  settleLoans(agent: ReferenceAgent): void {
    const held = revocables(agent.held.flatMap(({ resources }) => resources));
    const own = revocables(agent.total);
    agent.lent = Object.fromEntries(
      Object.entries(held)
        .map(([name, milli]) => [name, milli - (own[name] ?? 0)] as const)
        .filter(([, milli]) => milli > 0),
    );
  }

  #endFilters(): void {
    this.filters = this.filters.filter(({ agentId, dueMs, runs }) => {
      const agent = this.agent(agentId);
      return agent !== undefined && (dueMs > this.nowMs || agent.runs <= runs);
    });
  }

  #dropFilters(id: FrameworkId): void {
    this.filters = this.filters.filter(({ frameworkId }) => frameworkId !== id);
  }

  #forgetCounts(): void {
    const clients = this.clients();
    for (const role of this.roleCounts.keys()) {
      if (!clients.has(role)) this.roleCounts.delete(role);
    }
    for (const key of this.frameworkCounts.keys()) {
      const [role = "", id = ""] = key.split(" ");
      if (clients.get(role)?.has(id as FrameworkId) !== true) this.frameworkCounts.delete(key);
    }
  }

  #all(): ReferenceAgent[] {
    return this.slots.filter((agent) => agent !== undefined);
  }
}
