import { isIPv4Text } from "./ipv4.ts";
import type { MachineID, Unavailability } from "../../../api/mesos/common.ts";
import type { Schedule } from "../../../api/mesos/maintenance.ts";
import type { MaintenanceWindow } from "../../allocator/events.ts";
import { machineKey, machineName, type MachineName, machineText } from "./machine.ts";
import type { MachineTable, PlannedWindow } from "./machine-table.ts";

export type Read<T> =
  | { readonly ok: true; readonly value: T }
  /** The text of the 400. */
  | { readonly ok: false; readonly error: string };

const refuse = (error: string): Read<never> => ({ ok: false, error });

/**
 * The windows of an UPDATE_MAINTENANCE_SCHEDULE, which replaces the whole schedule.
 *
 * @param drainingOn the agent on that machine that is being drained, if there is one.
 * @see mesos@1.11 src/master/maintenance.cpp `validation::schedule`
 */
export function readSchedule(
  schedule: Schedule,
  table: MachineTable,
  drainingOn: (machine: MachineName) => string | undefined,
): Read<readonly PlannedWindow[]> {
  const seen = new Set<string>();
  const windows: PlannedWindow[] = [];
  for (const { machine_ids = [], unavailability } of schedule.windows ?? []) {
    if (machine_ids.length === 0) {
      return refuse("List of machines in the maintenance window is empty");
    }
    const fault =
      unavailabilityFault(unavailability) ?? machinesFault(machine_ids, seen, drainingOn);
    if (fault !== undefined) return refuse(fault);
    windows.push({ machines: machine_ids.map(machineName), ...windowOf(unavailability) });
  }
  const missing = table
    .all()
    .find(({ mode, name }) => mode === "DOWN" && !seen.has(machineKey(name)));
  if (missing !== undefined) {
    return refuse(
      `Machine '${machineText(missing.name)}' is deactivated and cannot be removed from the schedule`,
    );
  }
  return { ok: true, value: windows };
}

function unavailabilityFault({ duration }: Unavailability): string | undefined {
  return (duration?.nanoseconds ?? 0) < 0 ? "Unavailability 'duration' is negative" : undefined;
}

function machinesFault(
  ids: readonly MachineID[],
  seen: Set<string>,
  drainingOn: (machine: MachineName) => string | undefined,
): string | undefined {
  for (const id of ids) {
    const machine = machineName(id);
    const fault = machineFault(machine, seen);
    if (fault !== undefined) return fault;
    const draining = drainingOn(machine);
    if (draining !== undefined) {
      return `Machine '${machineText(machine)}' cannot be scheduled: agent ${draining} there is being drained`;
    }
  }
  return undefined;
}

function machineFault(machine: MachineName, seen: Set<string>): string | undefined {
  if (machine.hostname === undefined && machine.ip === undefined) {
    return "Both 'hostname' and 'ip' for a machine are empty";
  }
  if (machine.ip !== undefined && !isIPv4Text(machine.ip)) {
    return `Failed to parse IP '${machine.ip}'`;
  }
  const key = machineKey(machine);
  if (seen.has(key)) {
    return `Machine '${machineText(machine)}' appears more than once in the schedule`;
  }
  seen.add(key);
  return undefined;
}

/**
 * The machines of a START_ or STOP_MAINTENANCE, all of which must be in the mode that it ends.
 *
 * @see mesos@1.11 src/master/http.cpp `_startMaintenance`, `_stopMaintenance`
 */
export function readMachines(
  ids: readonly MachineID[],
  mode: "DRAINING" | "DOWN",
  table: MachineTable,
): Read<readonly MachineName[]> {
  if (ids.length === 0) return refuse("List of machines is empty");
  const seen = new Set<string>();
  const machines = ids.map(machineName);
  for (const machine of machines) {
    const fault = machineFault(machine, seen);
    if (fault !== undefined) return refuse(fault);
  }
  for (const machine of machines) {
    const known = table.get(machine);
    if (known === undefined) {
      return refuse(`Machine '${machineText(machine)}' is not part of a maintenance schedule`);
    }
    if (known.mode !== mode) {
      const whither = mode === "DRAINING" ? "down" : "up";
      return refuse(
        `Machine '${machineText(machine)}' is not in ${mode} mode and cannot be brought ${whither}`,
      );
    }
  }
  return { ok: true, value: machines };
}

/** To the millisecond. */
export function windowOf({ start, duration }: Unavailability): MaintenanceWindow {
  return {
    startMs: Math.round(start.nanoseconds / 1e6),
    ...(duration === undefined ? {} : { durationMs: Math.round(duration.nanoseconds / 1e6) }),
  };
}

export function unavailabilityOf({ startMs, durationMs }: MaintenanceWindow): Unavailability {
  return {
    start: { nanoseconds: startMs * 1e6 },
    ...(durationMs === undefined ? {} : { duration: { nanoseconds: durationMs * 1e6 } }),
  };
}
