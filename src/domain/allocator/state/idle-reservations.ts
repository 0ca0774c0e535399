import type { ClientTree } from "../sorter/client-tree.ts";
import type { SorterForest } from "../sorter/sorter-forest.ts";
import type { Bag } from "./bag.ts";

/**
 * Reservations that nobody holds, in the shares of the roles that own them. Only with the flag
 * `share_counts_idle_reservations`: without it an idle reservation gives its role a head start, as
 * in Mesos (MESOS-8299).
 */
export class IdleReservations {
  readonly #forest: SorterForest;
  readonly #roleTree: ClientTree;
  readonly #isOn: boolean;
  /** Role → name → thousandths. */
  readonly #idle = new Map<number, Map<number, number>>();

  constructor(forest: SorterForest, roleTree: ClientTree, isOn: boolean) {
    this.#forest = forest;
    this.#roleTree = roleTree;
    this.#isOn = isOn;
  }

  /** Reserved scalars in the bag became idle (`sign` 1) or are not any more. */
  change(bag: Bag, sign: 1 | -1): void {
    if (!this.#isOn || bag.isSimple) return;
    for (const { kind, value } of bag.items) {
      if (kind.owner < 0 || kind.isShared || value.kind !== "scalar") continue;
      const idle = this.#of(kind.owner);
      idle.set(kind.name, (idle.get(kind.name) ?? 0) + sign * value.milli);
      this.#show(kind.owner, kind.name, sign * value.milli);
    }
  }

  /** The role came into the tree: what it has idle counts from now on. */
  join(role: number): void {
    if (!this.#isOn) return;
    for (const [name, milli] of this.#of(role)) this.#show(role, name, milli);
  }

  /** What the role itself has idle of a name. */
  idleOf(role: number, name: number): number {
    return this.#isOn ? (this.#idle.get(role)?.get(name) ?? 0) : 0;
  }

  #show(role: number, name: number, milli: number): void {
    for (
      let node = this.#roleTree.leafOfClient(role);
      node >= 0;
      node = this.#forest.parent[node] as number
    ) {
      this.#forest.changeOne(node, name, milli);
    }
  }

  #of(role: number): Map<number, number> {
    let idle = this.#idle.get(role);
    if (idle === undefined) {
      idle = new Map();
      this.#idle.set(role, idle);
    }
    return idle;
  }
}
