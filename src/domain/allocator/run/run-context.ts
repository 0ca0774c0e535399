import type { PodAdmission } from "../events.ts";
import type { HeldAgents } from "../pods/held-agents.ts";
import type { PodTurn } from "../pods/pod-turn.ts";
import { PreorderCursor, type ClientCursor } from "../sorter/preorder-cursor.ts";
import { ShuffledCursor } from "../sorter/shuffled-cursor.ts";
import type { SorterForest } from "../sorter/sorter-forest.ts";
import type { SeededRandom } from "../seeded-random.ts";
import type { AllocatorState } from "../state/allocator-state.ts";
import { hasBit, setBit } from "../state/bits.ts";
import type { Bag } from "../state/bag.ts";
import type { Leaf } from "../state/framework-table.ts";
import type { Ledger } from "../state/ledger.ts";
import { meetsConstraints } from "../offer-constraints.ts";
import type { AgentProfile } from "../agent-profile.ts";
import { Candidates } from "./candidates.ts";
import { DraftCuts } from "./draft-cuts.ts";
import { GrantBatch } from "./grant-batch.ts";
import { OfferDraft } from "./offer-draft.ts";

/** What the stages of a run work with; made once, used by every run. */
export class RunContext {
  readonly state: AllocatorState;
  readonly ledger: Ledger;
  readonly podTurn: PodTurn;
  readonly #held: HeldAgents;
  readonly candidates: Candidates;
  readonly draft: OfferDraft;
  readonly cuts: DraftCuts;
  readonly batch: GrantBatch;
  readonly roles: ClientCursor;
  readonly members: ClientCursor;
  /** Who is to be asked about the agent at hand: listed, of an eligible class, not shut out. */
  #open = new Uint32Array(1);
  /** Found in this walk to be short of plain room whatever the agent: limits and headroom only get tighter in a walk. */
  #spent = new Uint32Array(1);
  #isAnySpent = false;
  /** Leaves of the built-in framework of pods. */
  #podLeaves: Uint32Array = new Uint32Array(1);
  #hasPods = false;
  admissions: PodAdmission[] = [];
  /** How many candidates the walk of the stage has behind it. */
  #walked = 0;
  nowMs = 0;

  constructor(state: AllocatorState, ledger: Ledger, podTurn: PodTurn, held: HeldAgents) {
    this.#held = held;
    this.state = state;
    this.ledger = ledger;
    this.podTurn = podTurn;
    this.candidates = new Candidates(state);
    this.draft = new OfferDraft(state);
    this.cuts = new DraftCuts(state, this.draft);
    this.batch = new GrantBatch(state);
    const { forest, random, options } = state;
    this.roles = cursor(options.roleSorter, forest, random);
    this.members = cursor(options.frameworkSorter, forest, random);
  }

  begin(nowMs: number): void {
    this.nowMs = nowMs;
    this.batch.clear();
    this.admissions = [];
    this.draft.beginRun();
    this.podTurn.beginRun();
    this.state.forest.refresh();
    this.cuts.beginRun();
    const { words } = this.state.masks;
    if (this.#open.length < words) {
      this.#open = new Uint32Array(words);
      this.#spent = new Uint32Array(words);
    }
    this.#podLeaves = this.podTurn.leaves(words);
    this.#hasPods = this.#podLeaves.some((word) => word !== 0);
  }

  /** Begins the walk of a stage over all candidates, in a new order; over none when nobody is to be asked about any. */
  beginWalk(): void {
    if (this.#isAnySpent) this.#spent.fill(0);
    this.#isAnySpent = false;
    if (this.#isAnyAgentOpen()) {
      this.candidates.arrange();
      this.#walked = 0;
    } else {
      this.candidates.skipArrange();
      this.#walked = this.candidates.length;
    }
  }

  /** The next candidate that somebody is to be asked about, with who loaded; -1 after the last. */
  nextAgent(): number {
    const { order, length } = this.candidates;
    while (this.#walked < length) {
      const agent = order[this.#walked] as number;
      this.#walked += 1;
      if (this.#openAgent(agent)) return agent;
    }
    return -1;
  }

  /** Whether anybody is to be asked about any candidate: one sweep over bits, no order needed. */
  #isAnyAgentOpen(): boolean {
    const { order, length } = this.candidates;
    const { masks } = this.state;
    const { isOfferable, classOf } = this.state.agents;
    for (let i = 0; i < length; i += 1) {
      const agent = order[i] as number;
      if (isOfferable[agent] === 0) continue;
      if (masks.isAnyOpen(agent, classOf[agent] as number)) return true;
    }
    return false;
  }

  /** Whether anybody is to be asked about the agent; loads who. */
  #openAgent(agent: number): boolean {
    const { agents, masks } = this.state;
    if (agents.isOfferable[agent] === 0) return false;
    if (!masks.loadOpen(agent, agents.classOf[agent] as number, this.#open)) return false;
    if (this.#isAnySpent && !this.#dropSpent(agent)) return false;
    if (this.#held.isAnyHeld && !this.#keepHeld(agent)) return false;
    return !this.#hasPods || !this.#isPodOpen() || this.podTurn.isWindowOpen() || this.#dropPods();
  }

  /** Where there is only plain room, and what nobody's limit is about. False when nobody is left. */
  #dropSpent(agent: number): boolean {
    if (!(this.state.agents.freeBags[agent] as Bag).isSimple) return true;
    let left = 0;
    let dropped = 0;
    for (let w = 0; w < this.#spent.length; w += 1) {
      const open = this.#open[w] as number;
      const spent = this.#spent[w] as number;
      dropped |= open & spent;
      left |= this.#open[w] = open & ~spent;
    }
    if (dropped !== 0) this.state.dirty.noteCut(agent);
    return left !== 0;
  }

  /** On a held agent only the pods of its role are asked. False when nobody is left. */
  #keepHeld(agent: number): boolean {
    const role = this.#held.roleOf(agent);
    if (role === undefined) return true;
    const leaf = this.podTurn.leafOf(role);
    const isOpen = leaf !== undefined && hasBit(this.#open, 0, leaf.index);
    this.#open.fill(0);
    if (isOpen) setBit(this.#open, 0, leaf.index, true);
    return isOpen;
  }

  #isPodOpen(): boolean {
    const leaves = this.#podLeaves;
    for (let w = 0; w < leaves.length; w += 1) {
      if (((leaves[w] as number) & (this.#open[w] as number)) !== 0) return true;
    }
    return false;
  }

  /** No pod may be admitted for now: only frameworks are asked. False when there are none. */
  #dropPods(): boolean {
    let any = 0;
    for (let w = 0; w < this.#podLeaves.length; w += 1) {
      const left = (this.#open[w] as number) & ~(this.#podLeaves[w] as number);
      this.#open[w] = left;
      any |= left;
    }
    return any !== 0;
  }

  /** Whether this leaf is to be asked about the agent; steps 1 and 4. */
  isOpen(agent: number, leaf: Leaf): boolean {
    if (!hasBit(this.#open, 0, leaf.index)) return false;
    if (!leaf.isPickyPerAgent || leaf.constraints === undefined) return true;
    const profile = this.state.agents.profiles[agent] as AgentProfile;
    if (meetsConstraints(leaf.constraints, profile)) return true;
    this.shut(agent, leaf);
    return false;
  }

  /** The leaf need not be asked again in this walk where there is only plain room. */
  noteSpent({ index }: Leaf): void {
    setBit(this.#spent, 0, index, true);
    this.#isAnySpent = true;
  }

  shut(agent: number, leaf: Leaf): void {
    this.state.masks.shutOut(agent, leaf.index);
  }

  leafAt(node: number): Leaf {
    return this.state.frameworks.leaves[this.state.forest.client[node] as number] as Leaf;
  }

  isFiltered(agent: number, leaf: Leaf): boolean {
    return this.state.filters.isFiltered(leaf.index, agent, this.draft.plain, this.draft.bag);
  }

  /** Step 9: the draft is the leaf's. */
  grantDraft(agent: number, leaf: Leaf): void {
    const { plain, bag } = this.draft;
    this.draft.noteShared(agent);
    const holding = this.ledger.grant(leaf, agent, plain, bag);
    this.batch.add(holding, agent, plain, bag);
  }
}

function cursor(kind: "drf" | "random", forest: SorterForest, random: SeededRandom): ClientCursor {
  return kind === "drf" ? new PreorderCursor(forest) : new ShuffledCursor(forest, random);
}
