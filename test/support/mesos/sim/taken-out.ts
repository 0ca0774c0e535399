import type { VirtualClock } from "../../virtual-clock.ts";

/** Offers that were under way, or made by a leader that is one no more, may still arrive so long. */
const UNDER_WAY_MS = 4000;

/**
 * Checker: an agent that is drained or deactivated is never offered. It counts from the answer that the order is kept to
 * the request to take it back.
 */
export class TakenOut {
  readonly #clock: VirtualClock;
  readonly #violation: (what: string) => void;
  /** When the order was answered, by agent. */
  readonly #sinceMs = new Map<string, number>();

  constructor(clock: VirtualClock, violation: (what: string) => void) {
    this.#clock = clock;
    this.#violation = violation;
  }

  take(agentId: string): void {
    if (!this.#sinceMs.has(agentId)) this.#sinceMs.set(agentId, this.#clock.monotonicMs());
  }

  giveBack(agentId: string): void {
    this.#sinceMs.delete(agentId);
  }

  has(agentId: string): boolean {
    return this.#sinceMs.has(agentId);
  }

  offered(agentId: string): void {
    const sinceMs = this.#sinceMs.get(agentId);
    if (sinceMs === undefined) return;
    const forMs = this.#clock.monotonicMs() - sinceMs;
    if (forMs > UNDER_WAY_MS) {
      this.#violation(`${agentId} is offered, taken out ${forMs} ms ago`);
    }
  }
}
