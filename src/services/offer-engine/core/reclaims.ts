import type { AgentId, KubeUid } from "../../../api/ids/ids.ts";
import type { MasterState, Task } from "../../../domain/mesos/master-state.ts";
import { sumQuantities, type Quantities } from "../../../domain/resources/quantity.ts";

/** A task, or a pod by its uid, that uses room which was lent. */
export type Borrower = Task | KubeUid;

interface Reclaim {
  readonly agentId: AgentId;
  readonly amounts: Quantities;
  readonly atMs: number;
}

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

  note(borrower: Borrower, reclaim: Reclaim): void {
    this.#reclaims.set(borrower, reclaim);
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

  /** What is still held, of one agent or of all. */
  underWay(agentId?: AgentId): Quantities {
    const held: Quantities[] = [];
    for (const [borrower, reclaim] of this.#reclaims) {
      const isHere = agentId === undefined || reclaim.agentId === agentId;
      if (isHere && this.#isHeld(borrower)) held.push(reclaim.amounts);
    }
    return sumQuantities(held);
  }

  #isHeld(borrower: Borrower): boolean {
    return typeof borrower === "string"
      ? this.#state.pods.agentOf(borrower) !== undefined
      : borrower.charged;
  }
}
