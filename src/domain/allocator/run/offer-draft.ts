import { shrink, type Cuttable } from "../quota/shrink.ts";
import type { AllocatorState } from "../state/allocator-state.ts";
import {
  addBags,
  bagOf,
  EMPTY_BAG,
  filterBag,
  isQuotaKind,
  isSimpleKind,
  type Bag,
  type BagItem,
} from "../state/bag.ts";
import type { Leaf, Minimum } from "../state/framework-table.ts";

/** What of an agent one leaf may have, cut step by step. One is used over and over. */
export class OfferDraft {
  readonly #state: AllocatorState;
  plain: Float64Array;
  bag: Bag = EMPTY_BAG;
  #roleBag: Bag = EMPTY_BAG;
  /** Some shared volume was left out because this run offered it already. */
  lacksShared = false;
  /** Limits or headroom took something away. */
  isCut = false;
  readonly #offeredShared = new Set<string>();

  constructor(state: AllocatorState) {
    this.#state = state;
    this.plain = new Float64Array(state.names.stride);
  }

  beginRun(): void {
    this.#offeredShared.clear();
    const { stride } = this.#state.names;
    if (this.plain.length !== stride) this.plain = new Float64Array(stride);
  }

  /** Step 2: free on the agent, unreserved or reserved to the role or an ancestor of it. */
  load(agent: number, role: number): void {
    const { agents } = this.#state;
    this.lacksShared = false;
    const free = agents.freeBags[agent] as Bag;
    this.#roleBag = free.isSimple ? free : this.#usable(free, agent, role);
    this.reload(agent);
  }

  /** Takes the uncut amounts again, for the next leaf of the same role. */
  reload(agent: number): void {
    const { agents, names } = this.#state;
    const { free } = agents;
    const { plain } = this;
    const base = agent * agents.stride;
    const count = names.count;
    for (let k = 0; k < count; k += 1) {
      const milli = free[base + k] as number;
      plain[k] = milli > 0 ? milli : 0;
    }
    this.bag = this.#roleBag;
    this.isCut = false;
  }

  get isEmpty(): boolean {
    if (!this.bag.isEmpty) return false;
    for (let k = 0; k < this.#state.names.count; k += 1) {
      if ((this.plain[k] as number) > 0) return false;
    }
    return true;
  }

  /** Steps 3 and 8: one of the sets is in it; with an empty list anything but nothing. */
  meets(minimum: Minimum): boolean {
    if (minimum.length === 0) return !this.isEmpty;
    for (const set of minimum) {
      let holds = true;
      for (const { name, milli } of set) {
        if ((this.plain[name] as number) >= milli) continue;
        if (this.#sumOf(name) >= milli) continue;
        holds = false;
        break;
      }
      if (holds) return true;
    }
    return false;
  }

  /** Step 5: what the framework cannot take goes. */
  strip({ framework: { abilities } }: Leaf): void {
    const { bag } = this;
    if (bag.isSimple) return;
    const drops =
      (bag.hasShared && !abilities.shared) ||
      (bag.hasRevocable && !abilities.revocable) ||
      (bag.hasRefined && !abilities.refinement);
    if (!drops) return;
    this.bag = filterBag(
      bag,
      ({ kind }) =>
        (!kind.isShared || abilities.shared) &&
        (!kind.isRevocable || abilities.revocable) &&
        (!kind.isRefined || abilities.refinement),
    );
  }

  /** Unreserved regular scalars, apart from the rest of the draft. */
  takeCuttable(): Cuttable {
    const { bag } = this;
    const items = bag.unreservedSums.length === 0 ? NO_ITEMS : bag.items.filter(isCuttable);
    return { plain: this.plain, items };
  }

  /** Cuts everything that can be cut to the target, which is used up. */
  cutTo(target: Float64Array): void {
    const { names, random } = this.#state;
    const cuttable = this.takeCuttable();
    const before = total(cuttable, names.count);
    const items = cuttable.items;
    shrink(cuttable, target, names.count, random);
    if (cuttable.items !== items) this.replaceCuttable(cuttable.items);
    if (total(cuttable, names.count) < before) this.isCut = true;
  }

  /** Like `cutTo` for a question that must not draw: objects of one name in the order they are in. */
  cutAtMost(target: Float64Array): void {
    const left = target.slice();
    const kept: BagItem[] = [];
    for (let k = 0; k < this.#state.names.count; k += 1) {
      const milli = Math.min(this.plain[k] as number, left[k] as number);
      this.plain[k] = milli;
      left[k] = (left[k] as number) - milli;
    }
    for (const item of this.bag.items.filter(isCuttable)) {
      const { kind, value } = item;
      if (value.kind !== "scalar" || value.milli > (left[kind.name] as number)) continue;
      left[kind.name] = (left[kind.name] as number) - value.milli;
      kept.push(item);
    }
    this.replaceCuttable(kept);
  }

  /** The draft with other unreserved objects in place of its own. */
  replaceCuttable(items: readonly BagItem[]): void {
    const rest = this.bag.items.filter((item) => !isCuttable(item));
    this.bag = bagOf([...rest, ...items]);
  }

  /** The draft is a loan: what is lent, and the ranges and sets that anybody may have. */
  showAsLoan(lent: Bag): void {
    this.plain.fill(0);
    const uncut = filterBag(this.bag, ({ kind }) => isSimpleKind(kind));
    this.bag = addBags(uncut, lent);
  }

  /** To be called for what is granted: its shared volumes are not offered again in this run. */
  noteShared(agent: number): void {
    if (!this.bag.hasShared) return;
    for (const { kind } of this.bag.items) {
      if (kind.isShared) this.#offeredShared.add(`${String(agent)}/${String(kind.id)}`);
    }
  }

  #usable(free: Bag, agent: number, role: number): Bag {
    const { roles } = this.#state;
    return filterBag(free, ({ kind }) => {
      if (kind.owner >= 0 && !roles.mayUse(role, kind.owner)) return false;
      if (!kind.isShared) return true;
      if (!this.#offeredShared.has(`${String(agent)}/${String(kind.id)}`)) return true;
      this.lacksShared = true;
      return false;
    });
  }

  #sumOf(name: number): number {
    let sum = this.plain[name] as number;
    for (const { kind, value } of this.bag.items) {
      if (kind.name === name && value.kind === "scalar") sum += value.milli;
    }
    return sum;
  }
}

const NO_ITEMS: readonly BagItem[] = [];

function isCuttable({ kind }: BagItem): boolean {
  return isQuotaKind(kind);
}

function total({ plain, items }: Cuttable, names: number): number {
  let sum = 0;
  for (let k = 0; k < names; k += 1) sum += plain[k] as number;
  for (const { value } of items) if (value.kind === "scalar") sum += value.milli;
  return sum;
}
