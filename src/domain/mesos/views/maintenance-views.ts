import type {
  ClusterStatus,
  InverseOfferStatus,
  Schedule,
} from "../../../api/mesos/maintenance.ts";
import type { MasterState } from "../master-state.ts";
import type { OutMachine } from "../maintenance/machine-table.ts";
import { unavailabilityOf } from "../maintenance/maintenance-requests.ts";

/** The windows as they were planned. */
export function maintenanceSchedule({ machines }: Pick<MasterState, "machines">): Schedule {
  const windows = machines.windows.map((window) => ({
    machine_ids: [...window.machines],
    unavailability: unavailabilityOf(window),
  }));
  return windows.length === 0 ? {} : { windows };
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
