import type { MaintenanceWindow } from "../../allocator/events.ts";
import { machineKey, type MachineName } from "./machine.ts";

/** When machines are to be unavailable. */
export interface PlannedWindow extends MaintenanceWindow {
  /** At least one. */
  readonly machines: readonly MachineName[];
  /** Name of the recurring window that it is an occurrence of. */
  readonly recurs?: string;
}

/** A window and what is left of it: machines for which it is over are not shown, and maybe none is. */
export interface ShownWindow {
  readonly whole: PlannedWindow;
  readonly shown: PlannedWindow;
}

/** What was said about one machine by START and STOP, kept through failovers. */
export type MachineMark =
  /** Shut down until it is brought up. */
  | { readonly kind: "down" }
  /** Brought up: its window that starts at this time is over for it. */
  | { readonly kind: "up"; readonly windowStartMs: number };

export interface MarkedMachine {
  readonly machine: MachineName;
  readonly mark: MachineMark;
}

/** A machine that is not UP. DRAINING: its work is asked to leave before the window. DOWN: nothing may run there. */
export interface OutMachine {
  readonly name: MachineName;
  readonly mode: "DRAINING" | "DOWN";
  /** Absent when it is down without being in the schedule any more. */
  readonly window?: MaintenanceWindow;
}

/**
 * All machines that are not UP, found by what an agent says of itself. A name matches when all it gives is equal: a
 * hostname alone matches whatever address the agent has.
 *
 * Deviation: Mesos compares hostname and address always; there an agent's address is its machine's.
 */
export class MachineTable {
  readonly #machines = new Map<string, OutMachine>();
  readonly #byHostname = new Map<string, OutMachine[]>();
  readonly #byIp = new Map<string, OutMachine>();
  readonly plan: readonly ShownWindow[];

  constructor(windows: readonly PlannedWindow[], marks: ReadonlyMap<string, MarkedMachine>) {
    for (const { machine, mark } of marks.values()) {
      if (mark.kind === "down") this.#add({ name: machine, mode: "DOWN" });
    }
    const markOf = (name: MachineName): MachineMark | undefined =>
      marks.get(machineKey(name))?.mark;
    this.plan = windows.map((whole) => {
      const machines = whole.machines.filter((name) => {
        const mark = markOf(name);
        return mark?.kind !== "up" || mark.windowStartMs !== whole.startMs;
      });
      return { whole, shown: { ...whole, machines } };
    });
    for (const { machines, startMs, durationMs } of this.windows) {
      const window = { startMs, ...(durationMs === undefined ? {} : { durationMs }) };
      for (const name of machines) {
        const mode = markOf(name)?.kind === "down" ? "DOWN" : "DRAINING";
        this.#add({ name, mode, window });
      }
    }
    for (const machine of this.#machines.values()) this.#index(machine);
  }

  /** Of a machine in several windows the first to start counts. */
  #add(machine: OutMachine): void {
    const key = machineKey(machine.name);
    const known = this.#machines.get(key)?.window;
    if (known !== undefined && known.startMs <= (machine.window?.startMs ?? Infinity)) return;
    this.#machines.set(key, machine);
  }

  #index(machine: OutMachine): void {
    const { hostname, ip } = machine.name;
    if (hostname === undefined) {
      if (ip !== undefined) this.#byIp.set(ip, machine);
      return;
    }
    const name = hostname.toLowerCase();
    const same = this.#byHostname.get(name);
    if (same === undefined) this.#byHostname.set(name, [machine]);
    else same.push(machine);
  }

  /** The schedule without the machines for which a window is over. */
  get windows(): readonly PlannedWindow[] {
    return this.plan.map(({ shown }) => shown).filter(({ machines }) => machines.length > 0);
  }

  all(): readonly OutMachine[] {
    return [...this.#machines.values()];
  }

  get(name: MachineName): OutMachine | undefined {
    return this.#machines.get(machineKey(name));
  }

  /** The machine that an agent runs on; undefined while it is UP. @param ip undefined = not known. */
  on(hostname: string, ip: string | undefined): OutMachine | undefined {
    const named = this.#byHostname.get(hostname.toLowerCase()) ?? [];
    return (
      named.find(({ name }) => name.ip === undefined || ip === undefined || name.ip === ip) ??
      (ip === undefined ? undefined : this.#byIp.get(ip))
    );
  }
}
