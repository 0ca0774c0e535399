import { z } from "zod";
import {
  machineKey,
  machineName,
  type MachineName,
} from "../../../domain/mesos/maintenance/machine.ts";
import type { PlannedWindow } from "../../../domain/mesos/maintenance/machine-table.ts";
import type { Term } from "../../../runtime/leader/term.ts";
import { requireCurrent } from "../../../runtime/leader/fenced-writer.ts";
import { SCHEDULE_KEY } from "../core/records.ts";
import type {
  ClusterConfig,
  ClusterConfigSource,
  ClusterConfigWriter,
  ConfigWriteOutcome,
  MaintenanceWindowConfig,
  Registry,
  RegistryKind,
  RoleConfig,
  RoleWrite,
} from "../ports.ts";
import { readKind } from "./registry-reader.ts";

const weightRecordSchema = z.object({ weight: z.number().positive() });
const amounts = z.record(z.string(), z.number().nonnegative());
const quotaRecordSchema = z.object({ guarantees_milli: amounts, limits_milli: amounts });
const scheduleRecordSchema = z.object({
  windows: z.array(
    z.object({
      name: z.string(),
      machines: z.array(z.object({ hostname: z.string().optional(), ip: z.string().optional() })),
      start_ms: z.number(),
      duration_ms: z.number().optional(),
    }),
  ),
});
type WindowRecord = z.infer<typeof scheduleRecordSchema>["windows"][number];

/**
 * The configuration of a master without a MesosCluster: what its flags say, and over that what operators changed through
 * the Mesos API, kept as records of the Registry.
 */
export class RegistryConfig implements ClusterConfigSource {
  readonly #registry: Registry;
  readonly #subscribers = new Set<() => void>();
  #config: ClusterConfig;

  private constructor(registry: Registry, config: ClusterConfig) {
    this.#registry = registry;
    this.#config = config;
  }

  /** @throws {OperatingError} REGISTRY_UNAVAILABLE, REGISTRY_CORRUPT */
  static async open(registry: Registry, flags: ClusterConfig): Promise<RegistryConfig> {
    const roles = new Map(flags.roles.map((role) => [role.name, role]));
    for (const { key, value } of await readKind(registry, "weight", weightRecordSchema)) {
      roles.set(key, { ...(roles.get(key) ?? { name: key }), weight: value.weight });
    }
    for (const { key, value } of await readKind(registry, "quota", quotaRecordSchema)) {
      roles.set(key, {
        ...(roles.get(key) ?? { name: key, weight: 1 }),
        guaranteesMilli: value.guarantees_milli,
        limitsMilli: value.limits_milli,
      });
    }
    const isSchedule = (key: string): boolean => key === SCHEDULE_KEY;
    const [schedule] = await readKind(registry, "machine", scheduleRecordSchema, isSchedule);
    return new RegistryConfig(registry, {
      ...flags,
      roles: [...roles.values()],
      maintenanceWindows: schedule?.value.windows.map(windowOfRecord) ?? [],
    });
  }

  current(): ClusterConfig {
    return this.#config;
  }

  subscribe(changed: () => void): () => void {
    this.#subscribers.add(changed);
    return () => void this.#subscribers.delete(changed);
  }

  /** Writes while the term is current. */
  writerOf(term: Term): ClusterConfigWriter {
    return {
      writeRoles: (writes) => this.#writeRoles(writes, term),
      replaceWindows: (windows) => this.#writeWindows(named(windows), term),
      releaseMachines: (machines) =>
        this.#writeWindows(withoutMachines(this.#config.maintenanceWindows, machines), term),
    };
  }

  async #writeRoles(writes: readonly RoleWrite[], term: Term): Promise<ConfigWriteOutcome> {
    for (const { role, weight, quota } of writes) {
      if (weight !== undefined) await this.#put(term, "weight", role, { weight });
      if (quota === undefined) continue;
      if (quota === "none") {
        requireCurrent(term);
        await this.#registry.delete("quota", role);
      } else {
        const { guaranteesMilli, limitsMilli } = quota;
        const value = { guarantees_milli: guaranteesMilli, limits_milli: limitsMilli };
        await this.#put(term, "quota", role, value);
      }
    }
    this.#change({ ...this.#config, roles: rolesAfter(this.#config.roles, writes) });
    return { kind: "written" };
  }

  async #writeWindows(
    windows: readonly MaintenanceWindowConfig[],
    term: Term,
  ): Promise<ConfigWriteOutcome> {
    await this.#put(term, "machine", SCHEDULE_KEY, { windows: windows.map(windowRecord) });
    this.#change({ ...this.#config, maintenanceWindows: windows });
    return { kind: "written" };
  }

  async #put(term: Term, kind: RegistryKind, key: string, value: unknown): Promise<void> {
    requireCurrent(term);
    await this.#registry.put(kind, key, new TextEncoder().encode(JSON.stringify(value)));
  }

  #change(config: ClusterConfig): void {
    this.#config = config;
    for (const changed of this.#subscribers) changed();
  }
}

function windowRecord({
  name,
  machines,
  startMs,
  durationMs,
}: MaintenanceWindowConfig): WindowRecord {
  return {
    name,
    machines: machines.map((machine) => ({ ...machine })),
    start_ms: startMs,
    ...(durationMs === undefined ? {} : { duration_ms: durationMs }),
  };
}

function windowOfRecord(record: WindowRecord): MaintenanceWindowConfig {
  const { name, machines, start_ms: startMs, duration_ms: durationMs } = record;
  return {
    name,
    machines: machines.map(machineName),
    startMs,
    ...(durationMs === undefined ? {} : { durationMs }),
  };
}

const named = (windows: readonly PlannedWindow[]): readonly MaintenanceWindowConfig[] =>
  windows.map((window, index) => ({ name: `window-${index + 1}`, ...window }));

/** The windows without these machines; a window that loses its last one is over. */
function withoutMachines(
  windows: readonly MaintenanceWindowConfig[],
  machines: readonly MachineName[],
): readonly MaintenanceWindowConfig[] {
  const keys = new Set(machines.map(machineKey));
  return windows
    .map((window) => ({
      ...window,
      machines: window.machines.filter((machine) => !keys.has(machineKey(machine))),
    }))
    .filter((window) => window.machines.length > 0);
}

/** The roles with what was written; new ones at the end. */
export function rolesAfter(
  roles: readonly RoleConfig[],
  writes: readonly RoleWrite[],
): readonly RoleConfig[] {
  const after = new Map(roles.map((role) => [role.name, role]));
  for (const { role, weight, quota } of writes) {
    const before = after.get(role) ?? { name: role, weight: 1 };
    const { guaranteesMilli: _guarantees, limitsMilli: _limits, ...bare } = before;
    after.set(role, {
      ...(quota === undefined ? before : { ...bare, ...(quota === "none" ? {} : quota) }),
      weight: weight ?? before.weight,
    });
  }
  return [...after.values()];
}
