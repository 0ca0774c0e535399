import type { InverseOffer } from "../../../../src/api/mesos/offer.ts";

/** Checker: a framework is asked to leave an agent once at a time, until it answers or the question is taken back. */
export class AskedToLeave {
  readonly #violation: (what: string) => void;
  /** By inverse offer: the agent it is about. */
  readonly #open = new Map<string, string>();

  constructor(violation: (what: string) => void) {
    this.#violation = violation;
  }

  asked({ id, agent_id }: InverseOffer): void {
    const agentId = agent_id?.value ?? "";
    if ([...this.#open.values()].includes(agentId)) {
      this.#violation(`asked twice at once to leave ${agentId}`);
    }
    this.#open.set(id.value, agentId);
  }

  /** Answered, or taken back. */
  closed(id: string): void {
    this.#open.delete(id);
  }

  /** The stream ended, and with it every question. */
  forget(): void {
    this.#open.clear();
  }
}
