import { growFloats, growInts, type Floats, type Ints } from "../state/columns.ts";
import type { Bag } from "../state/bag.ts";
import type { ScalarNames } from "../state/scalar-names.ts";
import { DueWheel } from "./due-wheel.ts";
import { isRefused, isSameSet, type RefusedSet } from "./refused-set.ts";
import { RowLists, type Row } from "./row-lists.ts";

/** Whose filter ended. */
export interface EndedFilter {
  readonly leaf: number;
  readonly agent: number;
}

/** Due of a filter that ends at the next tick, whatever the time. */
const UNTIL_TICK = Infinity;

/**
 * Offer filters: (leaf, agent) → refused sets. A filter is over when its time is up and at least one
 * run has considered its agent since it was set (MESOS-4302). Rows in columns, found by an integer
 * hash, linked per agent and per leaf for dropping; ends come from a due wheel.
 */
export class FilterTable {
  readonly #names: ScalarNames;
  readonly #wheel = new DueWheel();
  readonly #unused: Row[] = [];
  /** Rows whose time is up but whose agent no run has considered since. */
  #overdue: Row[] = [];
  readonly #untilTick: Row[] = [];
  readonly #activeOfLeaf: number[] = [];
  #size = 0;
  #live = 0;
  #leaf: Ints = new Int32Array(16);
  #agent: Ints = new Int32Array(16);
  #dueMs: Floats = new Float64Array(16);
  /** Runs of the agent when the filter was set. */
  #runs: Ints = new Int32Array(16);
  readonly #refused: (RefusedSet | undefined)[] = [];
  /** Further filter of the same leaf and agent. */
  #nextSame: Ints = new Int32Array(16);
  readonly #ofAgents = new RowLists();
  readonly #ofLeaves = new RowLists();
  /** Open addressing; a slot holds the first row of its (leaf, agent), -1 = empty, -2 = gone. */
  #slots: Ints = new Int32Array(64).fill(-1);
  #slotsUsed = 0;

  constructor(names: ScalarNames) {
    this.#names = names;
  }

  /** Filters in force of a leaf; guards until the next tick do not count. */
  activeOf(leaf: number): number {
    return this.#activeOfLeaf[leaf] ?? 0;
  }

  get count(): number {
    return this.#live;
  }

  get nextDueMs(): number | undefined {
    return this.#wheel.nextMs;
  }

  /** Refuses the set, or with `dueMs` undefined anything at all until the next tick. */
  add(
    leaf: number,
    agent: number,
    runs: number,
    refused: { readonly plain: Float64Array; readonly bag: Bag } | undefined,
    dueMs: number | undefined,
    nowMs: number,
  ): void {
    const row = this.#insert(leaf, agent);
    this.#runs[row] = runs;
    this.#dueMs[row] = dueMs ?? UNTIL_TICK;
    if (refused === undefined || dueMs === undefined) {
      this.#refused[row] = undefined;
      this.#untilTick.push(row);
      return;
    }
    this.#refused[row] = this.#shareSet(row, refused.plain, refused.bag);
    this.#activeOfLeaf[leaf] = this.activeOf(leaf) + 1;
    this.#wheel.put(row, dueMs, nowMs);
  }

  /** Whether some filter of the leaf on the agent contains the whole offer. */
  isFiltered(leaf: number, agent: number, plain: Float64Array, bag: Bag): boolean {
    if (this.#live === 0) return false;
    const names = this.#names.count;
    let row = this.#firstSame(leaf, agent);
    while (row >= 0) {
      const refused = this.#refused[row];
      if (refused === undefined || isRefused(refused, plain, bag, names)) return true;
      row = this.#nextSame[row] as Row;
    }
    return false;
  }

  /** When the last of the filters of the leaf on the agent is due; undefined = there is none. */
  latestDueMs(leaf: number, agent: number): number | undefined {
    let latest: number | undefined;
    for (let row = this.#firstSame(leaf, agent); row >= 0; row = this.#nextSame[row] as Row) {
      latest = Math.max(latest ?? 0, this.#dueMs[row] as number);
    }
    return latest;
  }

  /** Ends the filters whose time is up; those no run has seen yet wait for `endOverdue`. */
  endDue(nowMs: number, runsOf: (agent: number) => number): EndedFilter[] {
    const due = this.#wheel.take(nowMs, (row) =>
      this.#isLive(row) ? (this.#dueMs[row] as number) : 0,
    );
    if (due.length === 0) return [];
    for (const row of due) if (this.#isLive(row)) this.#overdue.push(row);
    return this.endOverdue(nowMs, runsOf);
  }

  /** To be called after a run: ends what only waited for one. */
  endOverdue(nowMs: number, runsOf: (agent: number) => number): EndedFilter[] {
    if (this.#overdue.length === 0) return [];
    const ended: EndedFilter[] = [];
    const waiting: Row[] = [];
    for (const row of this.#overdue) {
      if (!this.#isLive(row) || (this.#dueMs[row] as number) > nowMs) continue;
      const agent = this.#agent[row] as number;
      if (runsOf(agent) > (this.#runs[row] as number)) {
        ended.push({ leaf: this.#leaf[row] as number, agent });
        this.#remove(row);
      } else waiting.push(row);
    }
    this.#overdue = waiting;
    return ended;
  }

  /** Ends the guards that hold until the next tick. */
  endTick(): EndedFilter[] {
    const ended: EndedFilter[] = [];
    for (const row of this.#untilTick) {
      if (!this.#isLive(row) || this.#dueMs[row] !== UNTIL_TICK) continue;
      ended.push({ leaf: this.#leaf[row] as number, agent: this.#agent[row] as number });
      this.#remove(row);
    }
    this.#untilTick.length = 0;
    return ended;
  }

  dropLeaf(leaf: number): void {
    let row = this.#ofLeaves.first(leaf);
    while (row >= 0) {
      const next = this.#ofLeaves.next(row);
      this.#remove(row);
      row = next;
    }
  }

  dropAgent(agent: number): void {
    let row = this.#ofAgents.first(agent);
    while (row >= 0) {
      const next = this.#ofAgents.next(row);
      this.#remove(row);
      row = next;
    }
  }

  #isLive(row: Row): boolean {
    return (this.#leaf[row] as number) >= 0;
  }

  /** The set of the agent's latest filter if it is the same: a fleet that declines shares one. */
  #shareSet(row: Row, plain: Float64Array, bag: Bag): RefusedSet {
    const previous = this.#ofAgents.next(row);
    const latest = previous >= 0 ? this.#refused[previous] : undefined;
    if (latest !== undefined && isSameSet(latest, plain, bag, this.#names.count)) return latest;
    return { plain: plain.slice(0, this.#names.count), bag };
  }

  #insert(leaf: number, agent: number): Row {
    const row = this.#unused.pop() ?? this.#size++;
    this.#grow(row + 1, leaf + 1, agent + 1);
    this.#leaf[row] = leaf;
    this.#agent[row] = agent;
    this.#live += 1;
    this.#ofAgents.put(row, agent);
    this.#ofLeaves.put(row, leaf);
    const slot = this.#slotFor(leaf, agent);
    const same = this.#slots[slot] as Row;
    this.#nextSame[row] = same >= 0 ? same : -1;
    if (same === -1) this.#slotsUsed += 1;
    this.#slots[slot] = row;
    return row;
  }

  #remove(row: Row): void {
    const leaf = this.#leaf[row] as number;
    const agent = this.#agent[row] as number;
    if (this.#dueMs[row] !== UNTIL_TICK) this.#activeOfLeaf[leaf] = this.activeOf(leaf) - 1;
    this.#ofAgents.remove(row, agent);
    this.#ofLeaves.remove(row, leaf);
    this.#unchain(row, leaf, agent);
    this.#leaf[row] = -1;
    this.#refused[row] = undefined;
    this.#live -= 1;
    this.#unused.push(row);
  }

  #unchain(row: Row, leaf: number, agent: number): void {
    const slot = this.#slotFor(leaf, agent);
    let here = this.#slots[slot] as Row;
    const next = this.#nextSame[row] as Row;
    if (here === row) {
      this.#slots[slot] = next >= 0 ? next : -2;
      return;
    }
    while (this.#nextSame[here] !== row) here = this.#nextSame[here] as Row;
    this.#nextSame[here] = next;
  }

  #firstSame(leaf: number, agent: number): Row {
    const row = this.#slots[this.#slotFor(leaf, agent)] as Row;
    return row >= 0 ? row : -1;
  }

  /** The slot of the pair if it has one, else the first that could take it. */
  #slotFor(leaf: number, agent: number): number {
    const mask = this.#slots.length - 1;
    let slot = hashPair(leaf, agent) & mask;
    let gone = -1;
    for (;;) {
      const row = this.#slots[slot] as Row;
      if (row === -1) return gone >= 0 ? gone : slot;
      if (row === -2) {
        if (gone < 0) gone = slot;
      } else if (this.#leaf[row] === leaf && this.#agent[row] === agent) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow(size: number, leaves: number, agents: number): void {
    if (size > this.#leaf.length) {
      this.#leaf = growInts(this.#leaf, size);
      this.#agent = growInts(this.#agent, size);
      this.#dueMs = growFloats(this.#dueMs, size);
      this.#runs = growInts(this.#runs, size);
      this.#nextSame = growInts(this.#nextSame, size);
    }
    this.#ofAgents.reserve(size, agents);
    this.#ofLeaves.reserve(size, leaves);
    if (this.#slotsUsed * 2 >= this.#slots.length) this.#rehash();
  }

  #rehash(): void {
    const old = this.#slots;
    const live = old.reduce((sum, row) => sum + (row >= 0 ? 1 : 0), 0);
    let length = 64;
    while (length < live * 4) length *= 2;
    this.#slots = new Int32Array(length).fill(-1);
    this.#slotsUsed = live;
    for (const row of old) {
      if (row < 0) continue;
      this.#slots[this.#slotFor(this.#leaf[row] as number, this.#agent[row] as number)] = row;
    }
  }
}

function hashPair(leaf: number, agent: number): number {
  let hash = Math.imul(leaf + 1, 0x9e3779b1) ^ Math.imul(agent + 1, 0x85ebca6b);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
