import { invariant } from "../../../api/invariant.ts";
import type { AllocatorOptions } from "../options.ts";
import { SeededRandom } from "../seeded-random.ts";
import { FilterTable } from "../filters/filter-table.ts";
import { Loans } from "../quota/loans.ts";
import { PrincipalLimits } from "../quota/principal-limits.ts";
import { QuotaLedger, type Quota } from "../quota/quota-ledger.ts";
import { ClientTree } from "../sorter/client-tree.ts";
import { SorterForest, type Node } from "../sorter/sorter-forest.ts";
import { AgentTable } from "./agent-table.ts";
import { AmountCodec } from "./amounts.ts";
import { ClassMasks } from "./class-masks.ts";
import { DirtySet } from "./dirty-set.ts";
import { FrameworkTable, minimumOf, type Leaf, type Minimum } from "./framework-table.ts";
import { HoldingTable } from "./holding-table.ts";
import { IdleReservations } from "./idle-reservations.ts";
import { Kinds } from "./kinds.ts";
import { LastGrants } from "./last-grants.ts";
import { RoleNames } from "./role-names.ts";
import { ScalarNames } from "./scalar-names.ts";
import { SharedUse } from "./shared-use.ts";

/** Frameworks of one role, as the role's own sorter. */
export interface RoleMembers {
  readonly tree: ClientTree;
  /** Leaves of this role, subscribed or only holding something. */
  leaves: number;
  activeLeaves: number;
}

/** All tables of one allocator. Changed in place; nothing outside `domain/allocator` sees it. */
export class AllocatorState {
  readonly options: AllocatorOptions;
  readonly random: SeededRandom;
  readonly names = new ScalarNames();
  readonly roles = new RoleNames();
  readonly kinds = new Kinds(this.names, this.roles);
  readonly codec = new AmountCodec(this.names, this.kinds);
  readonly forest: SorterForest;
  /** Clients are role indexes. */
  readonly roleTree: ClientTree;
  /** By role index. */
  readonly members: (RoleMembers | undefined)[] = [];
  readonly agents = new AgentTable(this.names);
  readonly frameworks: FrameworkTable;
  readonly holdings = new HoldingTable(this.names);
  readonly filters = new FilterTable(this.names);
  readonly quota = new QuotaLedger(this.names);
  readonly shared: SharedUse;
  readonly idleReservations: IdleReservations;
  readonly masks: ClassMasks;
  readonly dirty = new DirtySet();
  readonly minimum: Minimum;
  readonly loans: Loans;
  readonly principals = new PrincipalLimits(this.names);
  readonly lastGrants = new LastGrants(this.names);
  /** Leaves that declined their last grants whole and showed no demand since. */
  readonly idle = new Set<number>();

  constructor(options: AllocatorOptions) {
    this.options = options;
    this.random = new SeededRandom(options.seed);
    this.forest = new SorterForest(this.names, options.fairSharingExcluded);
    this.shared = new SharedUse(this.forest);
    this.roleTree = new ClientTree(this.forest, (from, to, reason) => {
      this.shared.move(from, to, reason);
    });
    this.idleReservations = new IdleReservations(
      this.forest,
      this.roleTree,
      options.shareCountsIdleReservations,
    );
    this.loans = new Loans(this);
    this.frameworks = new FrameworkTable(options.podsFrameworkId);
    this.masks = new ClassMasks(this.frameworks, this.roles, {
      filterGpuResources: options.filterGpuResources,
      masterRegion: options.masterRegion,
    });
    this.minimum = minimumOf(options.minAllocatable, this.names);
  }

  membersOf(role: number): RoleMembers {
    const members = this.members[role];
    invariant(members !== undefined, "a role that is asked about has frameworks");
    return members;
  }

  /** The leaf of the role in the role tree. It moves when the role gains or loses children. */
  roleNode(role: number): Node {
    const node = this.roleTree.leafOfClient(role);
    invariant(node >= 0, "a role with frameworks is in the role tree");
    return node;
  }

  /**
   * What the leaf may still get beside what is `taken`: the least of what its role's limits and its principal's leave; names
   * without limit are infinite. False when there is no limit.
   */
  loadLimitSlack(
    { role, framework: { principalRow } }: Leaf,
    quota: Quota | undefined,
    taken: Float64Array,
    slack: Float64Array,
  ): boolean {
    const isRoleBound = quota !== undefined && quota.limits.length > 0;
    if (isRoleBound) this.quota.loadLimitSlack(role, quota, taken, slack);
    if (principalRow < 0) return isRoleBound;
    if (!isRoleBound) slack.fill(Infinity);
    this.principals.lowerSlack(principalRow, taken, slack);
    return true;
  }

  minimumOfLeaf(leaf: Leaf): Minimum {
    return leaf.minimum ?? this.minimum;
  }
}
