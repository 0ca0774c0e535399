import type { ClusterStatus } from "../../../../src/api/mesos/maintenance.ts";
import type { Random } from "../../../../src/runtime/ports/random.ts";
import type { VirtualClock } from "../../virtual-clock.ts";
import type { SimNetwork, SimReply } from "./network.ts";
import type { TakenOut } from "./taken-out.ts";

export interface SimMaintenanceOptions {
  readonly network: SimNetwork;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly note: (line: string) => void;
  readonly hostnames: readonly string[];
  /** Machines that are down, by hostname. */
  readonly down: TakenOut;
}

/** A person who plans when machines are to be away, changes the plan, brings machines down and up; one call after the other. */
export class SimMaintenance {
  readonly #options: SimMaintenanceOptions;
  #plans = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: SimMaintenanceOptions) {
    this.#options = options;
  }

  doSomething(): void {
    const chance = this.#options.random.next();
    void this.#inTurn(async () => {
      if (chance < 0.5) await this.#plan();
      else if (chance < 0.75) await this.#bringDown(this.#anyMachine());
      else await this.#bringUp(this.#anyMachine());
    });
  }

  /** Asks until all machines are up and nothing is planned. */
  async insistOnNothing(): Promise<void> {
    while (!(await this.#inTurn(() => this.#endAll()))) {
      await new Promise<void>((resolve) => {
        this.#options.clock.after(500, resolve);
      });
    }
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(act);
    this.#last = turn;
    return turn;
  }

  #anyMachine(): string {
    const { hostnames, random } = this.#options;
    return hostnames[Math.floor(random.next() * hostnames.length)] ?? "";
  }

  /** Another schedule: about half of the machines, each in a window of its own, and those that are down. */
  async #plan(): Promise<void> {
    const { hostnames, random } = this.#options;
    this.#plans += 1;
    const start = { nanoseconds: (2_000_000 + this.#plans) * 1e9 };
    const chosen = new Set([
      ...hostnames.filter(() => random.next() < 0.5),
      ...((await this.#downMachines()) ?? []),
    ]);
    const windows = [...chosen].map((hostname) => ({
      machine_ids: [{ hostname }],
      unavailability: { start },
    }));
    await this.#schedule({ windows });
  }

  async #bringDown(hostname: string): Promise<void> {
    const reply = await this.#call("START_MAINTENANCE", { machines: [{ hostname }] });
    if (reply?.status === 200) this.#options.down.take(hostname);
  }

  async #bringUp(hostname: string): Promise<boolean> {
    // The answer may be lost: from now on the machine may be offered.
    this.#options.down.giveBack(hostname);
    const reply = await this.#call("STOP_MAINTENANCE", { machines: [{ hostname }] });
    return reply?.status === 200;
  }

  async #endAll(): Promise<boolean> {
    const down = await this.#downMachines();
    if (down === undefined) return false;
    for (const hostname of down) if (!(await this.#bringUp(hostname))) return false;
    return (await this.#schedule({}))?.status === 200;
  }

  #schedule(schedule: unknown): Promise<SimReply | undefined> {
    return this.#call("UPDATE_MAINTENANCE_SCHEDULE", { schedule });
  }

  async #downMachines(): Promise<readonly string[] | undefined> {
    const reply = await this.#call("GET_MAINTENANCE_STATUS");
    if (reply?.status !== 200) return undefined;
    const { get_maintenance_status: read } = JSON.parse(reply.body) as {
      readonly get_maintenance_status: { readonly status: ClusterStatus };
    };
    return (read.status.down_machines ?? []).map(({ hostname }) => hostname ?? "");
  }

  async #call(type: string, details?: unknown): Promise<SimReply | undefined> {
    const { network, note } = this.#options;
    try {
      const reply = await network.post(
        "/api/v1",
        { accept: "application/json" },
        { type, ...(details === undefined ? {} : { [type.toLowerCase()]: details }) },
      );
      note(`maintenance: ${type} ${JSON.stringify(details)}: ${reply.status} ${reply.body}`);
      return reply;
    } catch {
      note(`maintenance: ${type}: no answer`);
      return undefined;
    }
  }
}
