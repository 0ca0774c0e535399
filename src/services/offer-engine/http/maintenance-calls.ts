import type { MachineID } from "../../../api/mesos/common.ts";
import type { Schedule } from "../../../api/mesos/maintenance.ts";
import type { MasterCall } from "../../../api/mesos/operator-call.ts";
import type { MachineName } from "../../../domain/mesos/maintenance/machine.ts";
import { MachineTable } from "../../../domain/mesos/maintenance/machine-table.ts";
import {
  readMachines,
  readSchedule,
} from "../../../domain/mesos/maintenance/maintenance-requests.ts";
import { windowsToWrite } from "../../../domain/mesos/maintenance/planned-windows.ts";
import type { HttpReply } from "../../../runtime/ports/http-exchange.ts";
import type { EngineHost } from "../serve/engine-host.ts";
import { writeConfig } from "./config-writes.ts";
import { textReply } from "./replies.ts";
import { whenRecorded } from "./when-recorded.ts";

/** UPDATE_MAINTENANCE_SCHEDULE, START_ and STOP_MAINTENANCE; undefined for other calls. Answered when in force. */
export function changeMaintenance(
  host: EngineHost,
  call: MasterCall,
): Promise<HttpReply> | undefined {
  switch (call.type) {
    case "UPDATE_MAINTENANCE_SCHEDULE":
      return updateSchedule(host, call.update_maintenance_schedule?.schedule ?? {});
    case "START_MAINTENANCE":
      return startMaintenance(host, call.start_maintenance?.machines ?? []);
    case "STOP_MAINTENANCE":
      return stopMaintenance(host, call.stop_maintenance?.machines ?? []);
    default:
      return undefined;
  }
}

export function updateSchedule(host: EngineHost, schedule: Schedule): Promise<HttpReply> {
  return host.changeInTurn(async () => {
    const { machines } = host.engine.state;
    const read = readSchedule(schedule, machines, (machine) => drainingOn(host, machine));
    if (!read.ok) return textReply(400, read.error);
    const written = windowsToWrite(read.value, machines.plan);
    if (!written.ok) return textReply(409, written.error);
    return writeConfig(host, (writer) => writer.replaceWindows(written.value));
  });
}

/** The agent on the machine that is being drained, or was and is still kept out. */
function drainingOn(host: EngineHost, machine: MachineName): string | undefined {
  const { agents, recovered, unreachable } = host.engine.state;
  const only = new MachineTable([{ machines: [machine], startMs: 0 }], new Map());
  for (const agent of agents.values()) {
    if (agent.draining === undefined) continue;
    if (only.on(agent.hostname, agent.address) !== undefined) return agent.id;
  }
  for (const agent of [...recovered.values(), ...unreachable.values()]) {
    if (agent.draining === undefined) continue;
    if (only.on(agent.info.hostname, undefined) !== undefined) return agent.id;
  }
  return undefined;
}

export function startMaintenance(host: EngineHost, ids: readonly MachineID[]): Promise<HttpReply> {
  return host.changeInTurn(async () => {
    const read = readMachines(ids, "DRAINING", host.engine.state.machines);
    if (!read.ok) return textReply(400, read.error);
    host.advance({ kind: "maintenanceStarted", machines: read.value });
    return whenRecorded(host, () => textReply(200, ""));
  });
}

export function stopMaintenance(host: EngineHost, ids: readonly MachineID[]): Promise<HttpReply> {
  return host.changeInTurn(async () => {
    const read = readMachines(ids, "DOWN", host.engine.state.machines);
    if (!read.ok) return textReply(400, read.error);
    const machines = read.value;
    // Out of the schedule first: a crash between leaves them DOWN, and the call can be made again.
    const written = await writeConfig(host, (writer) => writer.releaseMachines(machines));
    if (written.status !== 200) return written;
    host.advance({ kind: "maintenanceStopped", machines });
    return whenRecorded(host, () => written);
  });
}
