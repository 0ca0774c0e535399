import type { Random } from "../../../../src/runtime/ports/random.ts";
import type { VirtualClock } from "../../virtual-clock.ts";
import type { SimNetwork, SimReply } from "./network.ts";
import type { TakenOut } from "./taken-out.ts";

export interface SimOperatorOptions {
  readonly network: SimNetwork;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly note: (line: string) => void;
  readonly takenOut: TakenOut;
}

type Order = "DRAIN_AGENT" | "DEACTIVATE_AGENT" | "REACTIVATE_AGENT";

/**
 * A person at the console: takes agents out of the offers and back in, one call after the other, and believes only the
 * answers that arrive.
 */
export class SimOperator {
  readonly #options: SimOperatorOptions;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: SimOperatorOptions) {
    this.#options = options;
  }

  /** Out if the agent is in, more often in than not if it is out. */
  orderSomething(agentId: string): void {
    const { random, takenOut } = this.#options;
    const chance = random.next();
    void this.#inTurn(async () => {
      if (takenOut.has(agentId) && chance < 0.6) await this.#reactivate(agentId);
      else await this.#takeOut(agentId, chance < 0.8 ? "DRAIN_AGENT" : "DEACTIVATE_AGENT");
    });
  }

  /** Asks until the master says that the agent is in: a drain may have to end first. */
  async insistOn(agentId: string): Promise<void> {
    while (!(await this.#inTurn(() => this.#reactivate(agentId)))) await this.#pause(500);
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(act);
    this.#last = turn;
    return turn;
  }

  async #takeOut(agentId: string, type: Order): Promise<void> {
    const reply = await this.#call(type, agentId);
    if (reply?.status === 200) this.#options.takenOut.take(agentId);
  }

  async #reactivate(agentId: string): Promise<boolean> {
    const { takenOut } = this.#options;
    const wasOut = takenOut.has(agentId);
    // The answer may be lost: from now on the agent may be offered.
    takenOut.giveBack(agentId);
    const reply = await this.#call("REACTIVATE_AGENT", agentId);
    if (reply?.status === 200 || reply?.body === "Agent is not deactivated") return true;
    if (wasOut && reply?.body === "Agent is still in the DRAINING state") takenOut.take(agentId);
    return false;
  }

  async #call(type: Order, agentId: string): Promise<SimReply | undefined> {
    const { network, note } = this.#options;
    const details = { agent_id: { value: agentId } };
    try {
      const reply = await network.post(
        "/api/v1",
        { accept: "application/json" },
        { type, [type.toLowerCase()]: details },
      );
      note(`operator: ${type} ${agentId}: ${reply.status} ${reply.body}`);
      return reply;
    } catch {
      note(`operator: ${type} ${agentId}: no answer`);
      return undefined;
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#options.clock.after(ms, resolve);
    });
  }
}
