import type { AgentProfile } from "../agent-profile.ts";
import { meetsConstraints } from "../offer-constraints.ts";
import { hasBit, setBit } from "./bits.ts";
import { widenBits, type Words } from "./columns.ts";
import type { FrameworkTable, Leaf } from "./framework-table.ts";
import type { RoleNames } from "./role-names.ts";

interface AgentClass {
  readonly key: string;
  readonly profile: AgentProfile;
  readonly hasGpus: boolean;
  agents: number;
}

export interface ClassRules {
  readonly filterGpuResources: boolean;
  readonly masterRegion: string | undefined;
}

/**
 * Which leaf may have agents of which class: one bit for everything that depends on neither amounts
 * nor time (capabilities, GPUs, region, offer constraints). Beside it which leaves are listed at
 * all, and per agent which leaves are shut: tested and refused for what is free there now.
 */
export class ClassMasks {
  readonly #frameworks: FrameworkTable;
  readonly #roles: RoleNames;
  readonly #rules: ClassRules;
  readonly #classes: (AgentClass | undefined)[] = [];
  readonly #byKey = new Map<string, number>();
  readonly #unused: number[] = [];
  /** Words per row. */
  words = 1;
  eligible: Words = new Uint32Array(4);
  active: Words = new Uint32Array(1);
  shut: Words = new Uint32Array(16);
  /** Leaves that are shut somewhere: the others need no sweep to be opened. */
  #shutSomewhere: Words = new Uint32Array(1);

  constructor(frameworks: FrameworkTable, roles: RoleNames, rules: ClassRules) {
    this.#frameworks = frameworks;
    this.#roles = roles;
    this.#rules = rules;
  }

  /** The class of such an agent, with one agent more in it. */
  enter(profile: AgentProfile, hasGpus: boolean): number {
    const key = classKey(profile, hasGpus);
    let index = this.#byKey.get(key);
    if (index === undefined) {
      index = this.#unused.pop() ?? this.#classes.length;
      this.#classes[index] = { key, profile, hasGpus, agents: 0 };
      this.#byKey.set(key, index);
      this.#growClasses(index + 1);
      for (const leaf of this.#frameworks.leaves) {
        if (leaf !== undefined) this.#setEligible(index, leaf);
      }
    }
    (this.#classes[index] as AgentClass).agents += 1;
    return index;
  }

  leave(index: number): void {
    const agentClass = this.#classes[index] as AgentClass;
    agentClass.agents -= 1;
    if (agentClass.agents > 0) return;
    this.#byKey.delete(agentClass.key);
    this.#classes[index] = undefined;
    this.#unused.push(index);
    this.eligible.fill(0, index * this.words, (index + 1) * this.words);
  }

  /** To be called after a leaf came or changed; O(classes). */
  updateLeaf(leaf: Leaf): void {
    this.#growLeaves(leaf.index + 1);
    this.#classes.forEach((agentClass, index) => {
      if (agentClass !== undefined) this.#setEligible(index, leaf);
    });
  }

  setActive(leaf: Leaf, active: boolean): void {
    this.#growLeaves(leaf.index + 1);
    setBit(this.active, 0, leaf.index, active);
  }

  growAgents(agents: number): void {
    if (this.shut.length >= agents * this.words) return;
    const grown = new Uint32Array(Math.max(agents * this.words, this.shut.length * 2));
    grown.set(this.shut);
    this.shut = grown;
  }

  /** Something got free on the agent or changed: every leaf is to be tested there again. */
  reopenAgent(agent: number): void {
    const from = agent * this.words;
    for (let w = 0; w < this.words; w += 1) this.shut[from + w] = 0;
  }

  reopen(agent: number, leaf: number): void {
    setBit(this.shut, agent * this.words, leaf, false);
  }

  shutOut(agent: number, leaf: number): void {
    setBit(this.shut, agent * this.words, leaf, true);
    setBit(this.#shutSomewhere, 0, leaf, true);
  }

  /** The leaf is to be tested again everywhere; O(agents), one word each. */
  reopenLeaf(leaf: number, agents: number): void {
    if (!hasBit(this.#shutSomewhere, 0, leaf)) return;
    setBit(this.#shutSomewhere, 0, leaf, false);
    const mask = ~(1 << (leaf & 31));
    const word = leaf >>> 5;
    for (let agent = 0, at = word; agent < agents; agent += 1, at += this.words) {
      this.shut[at] = (this.shut[at] as number) & mask;
    }
  }

  /** Whether anybody is to be asked about the agent. */
  isAnyOpen(agent: number, agentClass: number): boolean {
    const { words, active, eligible, shut } = this;
    const own = agent * words;
    const ofClass = agentClass * words;
    for (let w = 0; w < words; w += 1) {
      const may = (active[w] as number) & (eligible[ofClass + w] as number);
      if ((may & ~(shut[own + w] as number)) !== 0) return true;
    }
    return false;
  }

  /** Writes to `open` who is to be asked about the agent; false when nobody is. */
  loadOpen(agent: number, agentClass: number, open: Uint32Array): boolean {
    const words = this.words;
    const shut = agent * words;
    const eligible = agentClass * words;
    let any = 0;
    for (let w = 0; w < words; w += 1) {
      const bits =
        (this.active[w] as number) &
        (this.eligible[eligible + w] as number) &
        ~(this.shut[shut + w] as number);
      open[w] = bits;
      any |= bits;
    }
    return any !== 0;
  }

  /** By class: 1 = one of the leaves may have its agents. */
  classesOf(leaves: readonly number[]): Uint8Array {
    const may = new Uint8Array(this.#classes.length);
    for (let index = 0; index < may.length; index += 1) {
      const row = index * this.words;
      if (leaves.some((leaf) => hasBit(this.eligible, row, leaf))) may[index] = 1;
    }
    return may;
  }

  /** Whether the leaf may have agents of this kind, constraints on the host name apart. */
  isEligible(leaf: Leaf, profile: AgentProfile, hasGpus: boolean): boolean {
    return (
      !this.isGpuHidden(leaf, hasGpus) &&
      !this.isRemote(leaf, profile) &&
      this.hasCapabilities(leaf, profile) &&
      (leaf.constraints === undefined ||
        leaf.isPickyPerAgent ||
        meetsConstraints(leaf.constraints, profile))
    );
  }

  isGpuHidden(leaf: Leaf, hasGpus: boolean): boolean {
    return this.#rules.filterGpuResources && hasGpus && !leaf.framework.abilities.gpus;
  }

  isRemote(leaf: Leaf, { region }: AgentProfile): boolean {
    const { masterRegion } = this.#rules;
    if (region === undefined || masterRegion === undefined) return false;
    if (region === masterRegion) return false;
    return !leaf.framework.abilities.regionAware;
  }

  hasCapabilities(leaf: Leaf, { capabilities }: AgentProfile): boolean {
    if (leaf.framework.abilities.multiRole && !capabilities.includes("MULTI_ROLE")) return false;
    return !this.#roles.isNested(leaf.role) || capabilities.includes("HIERARCHICAL_ROLE");
  }

  #setEligible(index: number, leaf: Leaf): void {
    const { profile, hasGpus } = this.#classes[index] as AgentClass;
    const may = this.isEligible(leaf, profile, hasGpus);
    setBit(this.eligible, index * this.words, leaf.index, may);
  }

  #growClasses(classes: number): void {
    if (this.eligible.length >= classes * this.words) return;
    const grown = new Uint32Array(Math.max(classes * this.words, this.eligible.length * 2));
    grown.set(this.eligible);
    this.eligible = grown;
  }

  #growLeaves(leaves: number): void {
    const needed = (leaves + 31) >>> 5;
    if (needed <= this.words) return;
    const wider = Math.max(needed, this.words * 2);
    this.eligible = widenBits(this.eligible, this.words, wider);
    this.shut = widenBits(this.shut, this.words, wider);
    this.active = widenBits(this.active, this.words, wider);
    this.#shutSomewhere = widenBits(this.#shutSomewhere, this.words, wider);
    this.words = wider;
  }
}

function classKey(profile: AgentProfile, hasGpus: boolean): string {
  return JSON.stringify([
    profile.attributes.map(({ name, text }) => [name, text ?? null]),
    [...profile.capabilities].sort(),
    profile.region ?? null,
    profile.zone ?? null,
    hasGpus,
  ]);
}
