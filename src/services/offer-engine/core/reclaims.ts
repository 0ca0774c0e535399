import type { AgentId, KubeUid } from "../../../api/ids/ids.ts";
import type { MasterState, Task } from "../../../domain/mesos/master-state.ts";
import { sumQuantities, type Quantities } from "../../../domain/resources/quantity.ts";

/** A task, or a pod by its uid, that uses room which was lent. */
export type Borrower = Task | KubeUid;

interface Reclaim {
  readonly agentId: AgentId;
  readonly amounts: Quantities;
  readonly atMs: number;
  /** When it was told last. */
  askedMs: number;
}

/** An order that was lost on the way is repeated. */
const ASK_AGAIN_MS = 10_000;

const REMEMBERED_MS = 60_000;

/** Who was told to give back what was lent to it: as long as it holds it, and for a minute. */
export class Reclaims {
  readonly #state: MasterState;
  readonly #reclaims = new Map<Borrower, Reclaim>();

  constructor(state: MasterState) {
    this.#state = state;
  }

  get isEmpty(): boolean {
    return this.#reclaims.size === 0;
  }

  has(borrower: Borrower): boolean {
    return this.#reclaims.has(borrower);
  }

  note(borrower: Borrower, reclaim: Omit<Reclaim, "askedMs">): void {
    this.#reclaims.set(borrower, { ...reclaim, askedMs: reclaim.atMs });
  }

  /** Who holds on although it was told some time ago; counts as told now. */
  toAskAgain(nowMs: number): Borrower[] {
    const slow: Borrower[] = [];
    for (const [borrower, reclaim] of this.#reclaims) {
      if (nowMs - reclaim.askedMs < ASK_AGAIN_MS || !this.#isHeld(borrower)) continue;
      reclaim.askedMs = nowMs;
      slow.push(borrower);
    }
    return slow;
  }

  forgetOld(nowMs: number): void {
    for (const [borrower, { atMs }] of this.#reclaims) {
      if (nowMs - atMs >= REMEMBERED_MS && !this.#isHeld(borrower)) {
        this.#reclaims.delete(borrower);
      }
    }
  }

  /** All of the last minute, and what takes longer. */
  taken(): Quantities {
    return sumQuantities([...this.#reclaims.values()].map(({ amounts }) => amounts));
  }

  /** What is still held, by agent. */
  underWay(): ReadonlyMap<AgentId, Quantities> {
    const held = new Map<AgentId, Quantities>();
    for (const [borrower, { agentId, amounts }] of this.#reclaims) {
      if (!this.#isHeld(borrower)) continue;
      held.set(agentId, sumQuantities([held.get(agentId) ?? {}, amounts]));
    }
    return held;
  }

  #isHeld(borrower: Borrower): boolean {
    return typeof borrower === "string"
      ? this.#state.pods.agentOf(borrower) !== undefined
      : borrower.charged;
  }
}
