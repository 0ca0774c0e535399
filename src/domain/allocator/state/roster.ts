import type { FrameworkProfile } from "../events.ts";
import { ClientTree } from "../sorter/client-tree.ts";
import { NO_PRINCIPAL_ROW } from "../quota/principal-limits.ts";
import type { AllocatorState, RoleMembers } from "./allocator-state.ts";
import type { Bag } from "./bag.ts";
import { abilitiesOf, type Framework, type Leaf } from "./framework-table.ts";

/** Who competes where: leaves in the trees, listed or not, as long as they ask or hold. */
export class Roster {
  readonly #state: AllocatorState;

  constructor(state: AllocatorState) {
    this.#state = state;
  }

  /** The leaf of a framework in a role, made when it is not there yet. */
  track(framework: Framework, role: number): Leaf {
    const known = framework.leaves.get(role);
    if (known !== undefined) return known;
    const { frameworks, masks, roles, agents, quota } = this.#state;
    quota.growRoles(roles.count);
    const members = this.#join(role);
    const leaf = frameworks.addLeaf(framework, role);
    leaf.node = members.tree.add(framework.id, leaf.index);
    frameworks.configureLeaf(leaf, roles.nameOf(role), this.#state.names);
    masks.updateLeaf(leaf);
    masks.reopenLeaf(leaf.index, agents.size);
    return leaf;
  }

  /** Sets what a framework is; returns the leaves for which something may have opened. */
  configure(framework: Framework, profile: FrameworkProfile): void {
    const { roles, names, frameworks, masks } = this.#state;
    this.#setProfile(framework, profile);
    framework.abilities = abilitiesOf(profile.capabilities);
    for (const name of profile.roles) this.track(framework, roles.indexOf(name));
    for (const leaf of [...framework.leaves.values()]) {
      const name = roles.nameOf(leaf.role);
      const wasSuppressed = leaf.isSuppressed;
      leaf.isSubscribed = profile.roles.includes(name);
      leaf.isSuppressed = profile.suppressed.includes(name);
      frameworks.configureLeaf(leaf, name, names);
      masks.updateLeaf(leaf);
      if (wasSuppressed && !leaf.isSuppressed) this.#state.filters.dropLeaf(leaf.index);
      this.updateActivity(leaf);
      this.open(leaf);
      this.dropIfUnused(leaf);
    }
  }

  /** Counts anew what the frameworks of a principal hold, where limits bind it. */
  countPrincipal(principal: string): void {
    const { frameworks, holdings, names, principals } = this.#state;
    const row = principals.rowOf(principal);
    if (row >= 0) principals.forgetUse(row);
    for (const framework of frameworks.all()) {
      if (framework.profile.principal !== principal) continue;
      framework.principalRow = row;
      if (row < 0) continue;
      for (const { index } of framework.leaves.values()) {
        for (
          let holding = holdings.firstOfLeaf(index);
          holding >= 0;
          holding = holdings.nextOfLeaf(holding)
        ) {
          const bag = holdings.bags[holding] as Bag;
          principals.consume(row, holdings.plain, holding * names.stride, bag, 1);
        }
      }
    }
  }

  #setProfile(framework: Framework, profile: FrameworkProfile): void {
    const before = framework.profile.principal;
    framework.profile = profile;
    if (before === profile.principal) return;
    framework.principalRow = NO_PRINCIPAL_ROW;
    for (const principal of [before, profile.principal]) {
      if (principal !== undefined) this.countPrincipal(principal);
    }
  }

  /** Lists the leaf or takes it off the list, by what is known of it now. */
  updateActivity(leaf: Leaf): void {
    const { framework } = leaf;
    const active =
      framework.isKnown && framework.isActive && leaf.isSubscribed && !leaf.isSuppressed;
    const { forest, masks } = this.#state;
    if (forest.isActive(leaf.node) === active) return;
    forest.setActive(leaf.node, active);
    masks.setActive(leaf, active);
    const members = this.#state.membersOf(leaf.role);
    members.activeLeaves += active ? 1 : -1;
    forest.setActive(this.#state.roleNode(leaf.role), members.activeLeaves > 0);
  }

  /** Every agent is worth another look for this leaf. */
  open(leaf: Leaf): void {
    this.#state.masks.reopenLeaf(leaf.index, this.#state.agents.size);
    this.#state.dirty.markLeaf(leaf.index);
  }

  /** Forgets a leaf that neither asks nor holds, and the framework and role that go with it. */
  dropIfUnused(leaf: Leaf): void {
    if (leaf.framework.isKnown && leaf.isSubscribed) return;
    const { frameworks, filters, roles, members, holdings } = this.#state;
    if (holdings.countOf(leaf.index) > 0) return;
    leaf.isSubscribed = false;
    this.updateActivity(leaf);
    filters.dropLeaf(leaf.index);
    const here = this.#state.membersOf(leaf.role);
    here.tree.remove(leaf.framework.id);
    here.leaves -= 1;
    if (here.leaves === 0) {
      here.tree.dispose();
      members[leaf.role] = undefined;
      this.#state.roleTree.remove(roles.nameOf(leaf.role));
    }
    this.#state.idle.delete(leaf.index);
    frameworks.removeLeaf(leaf);
    if (!leaf.framework.isKnown && leaf.framework.leaves.size === 0) {
      frameworks.remove(leaf.framework);
    }
  }

  #join(role: number): RoleMembers {
    const { members, forest, roleTree, roles } = this.#state;
    let here = members[role];
    if (here === undefined) {
      here = { tree: new ClientTree(forest), leaves: 0, activeLeaves: 0 };
      members[role] = here;
      roleTree.add(roles.nameOf(role), role);
      this.#state.idleReservations.join(role);
    }
    here.leaves += 1;
    return here;
  }
}
