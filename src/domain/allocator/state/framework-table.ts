import type { FrameworkId } from "../../../api/ids/ids.ts";
import type { Quantities } from "../../resources/quantity.ts";
import type { FrameworkProfile } from "../events.ts";
import { NO_PRINCIPAL_ROW, type PrincipalRow } from "../quota/principal-limits.ts";
import type { RefusedSet } from "../filters/refused-set.ts";
import type { ConstraintGroups } from "../offer-constraints.ts";
import { asksForHostname } from "../offer-constraints.ts";
import type { Node } from "../sorter/sorter-forest.ts";
import type { ScalarNames } from "./scalar-names.ts";

/** What a framework can take, worked out of its capabilities. */
export interface Abilities {
  readonly multiRole: boolean;
  readonly gpus: boolean;
  readonly regionAware: boolean;
  readonly refinement: boolean;
  readonly shared: boolean;
  readonly revocable: boolean;
}

export interface Framework {
  readonly id: FrameworkId;
  /** False for one that is only known because it uses resources. */
  isKnown: boolean;
  isActive: boolean;
  profile: FrameworkProfile;
  abilities: Abilities;
  /** Where the limits of its principal are counted. */
  principalRow: PrincipalRow;
  /** By role index. */
  readonly leaves: Map<number, Leaf>;
}

/** A minimum as dense quantities; one list of sets, any one suffices. */
export type Minimum = readonly (readonly { readonly name: number; readonly milli: number }[])[];

/** A framework in a role: what competes, holds, filters and is granted. */
export interface Leaf {
  readonly index: number;
  readonly framework: Framework;
  readonly role: number;
  /** In the tree of frameworks of its role. */
  node: Node;
  isSubscribed: boolean;
  isSuppressed: boolean;
  /** Undefined = the global minimum. */
  minimum: Minimum | undefined;
  constraints: ConstraintGroups | undefined;
  /** The constraints have to be asked per agent, not per class. */
  isPickyPerAgent: boolean;
  /** Grants in a row that were declined whole, and what the latest of them held. */
  declines: number;
  readonly lastDeclined: RefusedSet[];
  /** Stands for the waiting pods of its role. */
  readonly isPods: boolean;
}

export function abilitiesOf(capabilities: readonly string[]): Abilities {
  const has = (name: string): boolean => capabilities.includes(name);
  return {
    multiRole: has("MULTI_ROLE"),
    gpus: has("GPU_RESOURCES"),
    regionAware: has("REGION_AWARE"),
    refinement: has("RESERVATION_REFINEMENT"),
    shared: has("SHARED_RESOURCES"),
    revocable: has("REVOCABLE_RESOURCES"),
  };
}

/** Sets of quantities with their names as indexes. */
export function minimumOf(sets: readonly Quantities[], names: ScalarNames): Minimum {
  return sets.map((set) =>
    Object.entries(set).map(([name, milli]) => ({ name: names.indexOf(name), milli })),
  );
}

const NO_PROFILE: FrameworkProfile = {
  roles: [],
  suppressed: [],
  capabilities: [],
  minAllocatable: {},
  constraints: {},
};

/** Frameworks by id and their leaves by dense index; indexes of gone leaves are given again. */
export class FrameworkTable {
  readonly #byId = new Map<FrameworkId, Framework>();
  readonly leaves: (Leaf | undefined)[] = [];
  readonly #unused: number[] = [];
  readonly #podsId: FrameworkId;

  constructor(podsId: FrameworkId) {
    this.#podsId = podsId;
  }

  /** Also frameworks that are only known by their use. */
  find(id: FrameworkId): Framework | undefined {
    return this.#byId.get(id);
  }

  all(): IterableIterator<Framework> {
    return this.#byId.values();
  }

  /** The framework; one that is not known yet is noted as user of resources. */
  getOrNote(id: FrameworkId): Framework {
    const known = this.#byId.get(id);
    if (known !== undefined) return known;
    const framework: Framework = {
      id,
      isKnown: false,
      isActive: false,
      profile: NO_PROFILE,
      abilities: abilitiesOf([]),
      principalRow: NO_PRINCIPAL_ROW,
      leaves: new Map(),
    };
    this.#byId.set(id, framework);
    return framework;
  }

  remove(framework: Framework): void {
    this.#byId.delete(framework.id);
  }

  addLeaf(framework: Framework, role: number): Leaf {
    const index = this.#unused.pop() ?? this.leaves.length;
    const leaf: Leaf = {
      index,
      framework,
      role,
      node: -1,
      isSubscribed: false,
      isSuppressed: false,
      minimum: undefined,
      constraints: undefined,
      isPickyPerAgent: false,
      declines: 0,
      lastDeclined: [],
      isPods: framework.id === this.#podsId,
    };
    this.leaves[index] = leaf;
    framework.leaves.set(role, leaf);
    return leaf;
  }

  removeLeaf(leaf: Leaf): void {
    leaf.framework.leaves.delete(leaf.role);
    this.leaves[leaf.index] = undefined;
    this.#unused.push(leaf.index);
  }

  /** Takes what the profile says about the leaf's role. */
  configureLeaf(leaf: Leaf, role: string, names: ScalarNames): void {
    const { minAllocatable, constraints } = leaf.framework.profile;
    const sets = minAllocatable[role];
    leaf.minimum = sets === undefined ? undefined : minimumOf(sets, names);
    leaf.constraints = constraints[role];
    leaf.isPickyPerAgent = leaf.constraints !== undefined && asksForHostname(leaf.constraints);
  }
}
