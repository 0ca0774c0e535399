import type { Random } from "../../../../src/runtime/ports/random.ts";
import type { VirtualClock } from "../../virtual-clock.ts";
import type { SimNetwork } from "./network.ts";

export interface SimMaintenanceOptions {
  readonly network: SimNetwork;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly note: (line: string) => void;
  readonly hostnames: readonly string[];
}

/** A person who plans when machines are to be away, and changes the plan now and then. */
export class SimMaintenance {
  readonly #options: SimMaintenanceOptions;
  #plans = 0;

  constructor(options: SimMaintenanceOptions) {
    this.#options = options;
  }

  /** Another schedule: about half of the machines, each in a window of its own. */
  async planSomething(): Promise<void> {
    const { hostnames, random } = this.#options;
    this.#plans += 1;
    const start = { nanoseconds: (2_000_000 + this.#plans) * 1e9 };
    const windows = hostnames
      .filter(() => random.next() < 0.5)
      .map((hostname) => ({ machine_ids: [{ hostname }], unavailability: { start } }));
    await this.#post({ windows });
  }

  /** Asks until the master says that nothing is planned. */
  async insistOnNothing(): Promise<void> {
    while ((await this.#post({})) !== 200) {
      await new Promise<void>((resolve) => {
        this.#options.clock.after(500, resolve);
      });
    }
  }

  async #post(schedule: unknown): Promise<number | undefined> {
    const { network, note } = this.#options;
    try {
      const reply = await network.post(
        "/api/v1",
        { accept: "application/json" },
        { type: "UPDATE_MAINTENANCE_SCHEDULE", update_maintenance_schedule: { schedule } },
      );
      note(`maintenance: ${JSON.stringify(schedule)}: ${reply.status} ${reply.body}`);
      return reply.status;
    } catch {
      note("maintenance: no answer");
      return undefined;
    }
  }
}
