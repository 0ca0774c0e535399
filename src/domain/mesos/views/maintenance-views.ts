import type {
  ClusterStatus,
  InverseOfferStatus,
  Schedule,
  Window,
} from "../../../api/mesos/maintenance.ts";
import type { MasterState } from "../master-state.ts";
import type { OutMachine } from "../maintenance/machine-table.ts";
import { unavailabilityOf } from "../maintenance/maintenance-requests.ts";

/** Machines that are to be unavailable at the same time, in one window. */
export function maintenanceSchedule({ machines }: Pick<MasterState, "machines">): Schedule {
  const windows = new Map<string, Window & { machine_ids: OutMachine["name"][] }>();
  for (const { name, window } of machines.all()) {
    if (window === undefined) continue;
    const key = `${window.startMs} ${window.durationMs ?? ""}`;
    const known = windows.get(key);
    if (known !== undefined) known.machine_ids.push(name);
    else {
      windows.set(key, { machine_ids: [name], unavailability: unavailabilityOf(window) });
    }
  }
  return windows.size === 0 ? {} : { windows: [...windows.values()] };
}

/** Who is asked to leave which machine and what they said, and what is shut down. */
export function maintenanceStatus(state: MasterState): ClusterStatus {
  const out = state.machines.all();
  const draining = out.filter(({ mode }) => mode === "DRAINING");
  const down = out.filter(({ mode }) => mode === "DOWN");
  return {
    ...(draining.length === 0
      ? {}
      : {
          draining_machines: draining.map((machine) => {
            const statuses = statusesOn(state, machine);
            return { id: machine.name, ...(statuses.length === 0 ? {} : { statuses }) };
          }),
        }),
    ...(down.length === 0 ? {} : { down_machines: down.map(({ name }) => name) }),
  };
}

function statusesOn(state: MasterState, machine: OutMachine): InverseOfferStatus[] {
  const statuses: InverseOfferStatus[] = [];
  for (const agent of state.agents.values()) {
    if (state.machines.on(agent.hostname, agent.address) !== machine) continue;
    for (const [frameworkId, { status, atMs }] of state.inverseAnswers.get(agent.id) ?? []) {
      statuses.push({
        status,
        framework_id: { value: frameworkId },
        timestamp: { nanoseconds: atMs * 1e6 },
      });
    }
  }
  return statuses;
}
