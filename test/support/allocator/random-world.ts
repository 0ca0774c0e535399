import { asId, type AgentId, type FrameworkId } from "../../../src/api/ids/ids.ts";
import type {
  AllocatorEvent,
  FrameworkProfile,
  Grant,
} from "../../../src/domain/allocator/events.ts";
import { SeededRandom } from "../../../src/domain/allocator/seeded-random.ts";
import { resourcesOf } from "../../../src/domain/resources/parse-resources.ts";
import type { Resources } from "../../../src/domain/resources/resource.ts";

const ROLES = ["a", "a/x", "a/x/1", "a/y", "b", "b/z", "c"];
const TOTALS = [
  "cpus:4;mem:1024;ports:[31000-31009]",
  "cpus:8;mem:2048;disk:500;ports:[31000-31019]",
  "cpus:2;mem:4096;gpus:1",
  "cpus:4;mem:1024;cpus(a):2;mem(b):256",
  "cpus:3.5;mem:777.25;cpus(a|a/x):1",
  "cpus:4;mem:1024;cpus{REV}:2",
];
const CAPABILITIES = [
  ["MULTI_ROLE"],
  ["MULTI_ROLE", "GPU_RESOURCES"],
  ["MULTI_ROLE", "RESERVATION_REFINEMENT", "REVOCABLE_RESOURCES"],
];
const QUOTAS = [
  { guarantees: { cpus: 4000 }, limits: {} },
  { guarantees: { cpus: 2000, mem: 512_000 }, limits: { cpus: 6000, mem: 2_048_000 } },
  { guarantees: {}, limits: { cpus: 5000 } },
  { guarantees: {}, limits: { cpus: 3000, mem: 1_000_000 }, mode: "Soft" },
  { guarantees: { cpus: 1000 }, limits: { cpus: 4000 }, mode: "Adaptive" },
] as const;
const PRINCIPALS = ["ann", "ben"];

/** Draws events that make sense in the world as it is now. Same seed, same events. */
export class RandomWorld {
  readonly #random: SeededRandom;
  readonly agents = new Set<AgentId>();
  readonly frameworks = new Map<FrameworkId, FrameworkProfile>();
  /** What is held, by agent, framework and role. */
  readonly held: Grant[] = [];
  #made = 0;
  nowMs = 0;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed ^ 0x5eed);
  }

  /** Takes note of what a run granted. */
  noteGrants(grants: readonly Grant[]): void {
    this.held.push(...grants);
  }

  next(): AllocatorEvent {
    const draw = this.#random.below(100);
    if (this.agents.size < 2 || draw < 8) return this.#addAgent();
    if (this.frameworks.size < 2 || draw < 14) return this.#addFramework();
    if (draw < 50 && this.held.length > 0) return this.#recover();
    if (draw < 53) return this.#removeAgent();
    if (draw < 55) return this.#removeFramework();
    if (draw < 59) return this.#suppressOrRevive("suppressed");
    if (draw < 65) return this.#suppressOrRevive("revived");
    if (draw < 69) return this.#resizeAgent();
    if (draw < 72)
      return { kind: "weightSet", role: this.#pick(ROLES), weight: 1 + this.#random.below(4) };
    if (draw < 76)
      return { kind: "quotaSet", role: this.#pick(["a", "b", "c"]), ...this.#pick(QUOTAS) };
    if (draw < 78) return { kind: "quotaRemoved", role: this.#pick(["a", "b", "c"]) };
    if (draw < 80)
      return {
        kind: "principalLimitsSet",
        principal: this.#pick(PRINCIPALS),
        limits: this.#pick([{}, { cpus: 3000 }, { cpus: 6000, mem: 1_500_000 }]),
      };
    if (draw < 82)
      return {
        kind: this.#pick(["agentActivated", "agentDeactivated"] as const),
        agentId: this.#pick([...this.agents]),
      };
    if (draw < 84)
      return {
        kind: this.#pick(["frameworkActivated", "frameworkDeactivated"] as const),
        frameworkId: this.#pick([...this.frameworks.keys()]),
      };
    this.nowMs += this.#pick([0, 500, 1000, 5000]);
    return { kind: "tick" };
  }

  #addAgent(): AllocatorEvent {
    this.#made += 1;
    const agentId = asId<AgentId>(`agent-${this.#made}`);
    this.agents.add(agentId);
    const hasRegion = this.#random.below(6) === 0;
    return {
      kind: "agentAdded",
      agentId,
      profile: {
        hostname: agentId,
        attributes: [],
        capabilities:
          this.#random.below(8) === 0 ? ["MULTI_ROLE"] : ["MULTI_ROLE", "HIERARCHICAL_ROLE"],
        ...(hasRegion ? { region: this.#pick(["here", "there"]) } : {}),
      },
      total: resourcesOf(this.#pick(TOTALS)),
    };
  }

  #addFramework(): AllocatorEvent {
    this.#made += 1;
    const frameworkId = asId<FrameworkId>(`framework-${this.#made}`);
    const roles = [...new Set([this.#pick(ROLES), this.#pick(ROLES)])];
    const profile: FrameworkProfile = {
      roles,
      suppressed: [],
      capabilities: this.#pick(CAPABILITIES),
      minAllocatable: this.#random.below(5) === 0 ? { [roles[0] as string]: [{ cpus: 1000 }] } : {},
      constraints: {},
      ...(this.#random.below(2) === 0 ? { principal: this.#pick(PRINCIPALS) } : {}),
    };
    this.frameworks.set(frameworkId, profile);
    return { kind: "frameworkAdded", frameworkId, profile };
  }

  #removeAgent(): AllocatorEvent {
    const agentId = this.#pick([...this.agents]);
    this.agents.delete(agentId);
    this.#forget((grant) => grant.agentId === agentId);
    return { kind: "agentRemoved", agentId };
  }

  #removeFramework(): AllocatorEvent {
    const frameworkId = this.#pick([...this.frameworks.keys()]);
    this.frameworks.delete(frameworkId);
    this.#forget((grant) => grant.frameworkId === frameworkId);
    return { kind: "frameworkRemoved", frameworkId };
  }

  #suppressOrRevive(kind: "suppressed" | "revived"): AllocatorEvent {
    const [frameworkId, { roles }] = this.#pick([...this.frameworks]);
    if (this.#random.below(2) === 0) return { kind, frameworkId };
    return { kind, frameworkId, roles: [this.#pick(roles)] };
  }

  #resizeAgent(): AllocatorEvent {
    return {
      kind: "agentUpdated",
      agentId: this.#pick([...this.agents]),
      total: resourcesOf(this.#pick(TOTALS)),
    };
  }

  /** A whole grant comes back, or one resource of it. */
  #recover(): AllocatorEvent {
    const place = this.#random.below(this.held.length);
    const grant = this.held[place] as Grant;
    const { frameworkId, role, agentId } = grant;
    let resources: Resources = grant.resources;
    if (resources.length > 1 && this.#random.below(3) === 0) {
      const part = this.#pick(resources);
      const rest = resources.filter((item) => item !== part);
      this.held[place] = { ...grant, resources: rest };
      resources = [part];
    } else this.held.splice(place, 1);
    const refuse = this.#pick([undefined, 0, 1, 5, 1000]);
    return {
      kind: "recovered",
      frameworkId,
      role,
      agentId,
      resources,
      ...(refuse === undefined ? {} : { refuseSeconds: refuse }),
    };
  }

  #forget(isGone: (grant: Grant) => boolean): void {
    const left = this.held.filter((grant) => !isGone(grant));
    this.held.splice(0, this.held.length, ...left);
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#random.below(list.length)] as T;
  }
}
