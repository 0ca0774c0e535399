import type { MesosCluster } from "../../api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import type { Maintenance } from "../../api/crd/v1alpha1/mesos-cluster/maintenance.ts";
import { otherManagerOf } from "../../runtime/apply/owned-part.ts";
import type { JsonObject, KubeObject } from "../../runtime/kube/kube-object.ts";
import type {
  ConfigWriteOutcome,
  MaintenanceWindowConfig,
  RecurringWindowConfig,
} from "../../services/offer-engine/ports.ts";

export type PlannedWindow = Omit<MaintenanceWindowConfig, "name">;
type MachineName = PlannedWindow["machines"][number];
type WindowSpec = Maintenance["windows"][number];
/** As it stands in an object that was not filled with defaults. */
type BareWindow = Pick<WindowSpec, "name"> & Partial<WindowSpec>;

/** Names of the nodes that have all these labels. */
export type NodesWith = (labels: Readonly<Record<string, string>>) => readonly string[];

/** The windows that have a start and machines now. */
export function windowsOf(
  { windows }: Maintenance,
  nodesWith: NodesWith,
): readonly MaintenanceWindowConfig[] {
  return windows.flatMap((window) => windowConfig(window, nodesWith) ?? []);
}

/** The windows that recur and have machines now. */
export function recurringOf(
  { windows }: Maintenance,
  nodesWith: NodesWith,
): readonly RecurringWindowConfig[] {
  return windows.flatMap((window) => {
    const { name, schedule, timeZone, durationSeconds } = window;
    const machines = machinesOf(window, nodesWith);
    if (schedule === undefined || durationSeconds === undefined || machines.length === 0) return [];
    return [{ name, machines, cron: schedule, timeZone, durationMs: durationSeconds * 1000 }];
  });
}

function machinesOf(window: BareWindow, nodesWith: NodesWith): readonly MachineName[] {
  const { machines = [], nodeSelector } = window;
  const nodes = nodeSelector === undefined ? [] : nodesWith(nodeSelector);
  return [...machines, ...nodes.map((hostname) => ({ hostname }))]
    .map(machineOf)
    .filter((machine) => Object.keys(machine).length > 0);
}

function windowConfig(
  window: BareWindow,
  nodesWith: NodesWith,
): MaintenanceWindowConfig | undefined {
  const { name, start, durationSeconds } = window;
  const named = machinesOf(window, nodesWith);
  if (start === undefined || named.length === 0) return undefined;
  return {
    name,
    machines: named,
    startMs: Date.parse(start),
    ...(durationSeconds === undefined ? {} : { durationMs: durationSeconds * 1000 }),
  };
}

function machineOf({
  hostname,
  ip,
}: {
  readonly hostname?: string | undefined;
  readonly ip?: string | undefined;
}): MachineName {
  return {
    ...(hostname === undefined || hostname === "" ? {} : { hostname }),
    ...(ip === undefined || ip === "" ? {} : { ip }),
  };
}

/** Why a window cannot be kept in a MesosCluster; undefined when all can. */
export function inexactWindow(windows: readonly PlannedWindow[]): string | undefined {
  return windows.some(({ durationMs = 0 }) => durationMs % 1000 !== 0)
    ? "Unavailability 'duration' is not in whole seconds"
    : undefined;
}

/**
 * The spec we own with the schedule as it is to be. Windows of others that are asked for stay theirs; ours keep their
 * names where they stay as they are.
 */
export function replacedWindows(
  owned: JsonObject,
  live: MesosCluster & KubeObject,
  wanted: readonly PlannedWindow[],
  nodesWith: NodesWith,
): JsonObject {
  const ours = ownedWindows(owned);
  const isOurs = ({ name }: BareWindow): boolean => ours.some((one) => one.name === name);
  const others = liveWindows(live).filter((window) => !isOurs(window));
  const taken = new Set(liveWindows(live).map(({ name }) => name));
  const left = [...ours];
  const windows = wanted.flatMap((window): BareWindow[] => {
    if (others.some((other) => isSame(other, window, nodesWith))) return [];
    const at = left.findIndex((one) => isSame(one, window, nodesWith));
    return at >= 0 ? left.splice(at, 1) : [windowSpec(freeName(taken), window)];
  });
  return withWindows(owned, windows);
}

/** The spec we own with the machines out of our windows; a window that loses its last one is left out. */
export function releasedMachines(owned: JsonObject, machines: readonly MachineName[]): JsonObject {
  const keys = new Set(machines.map(keyOf));
  const windows = ownedWindows(owned)
    .map((window) => ({
      ...window,
      machines: (window.machines ?? []).filter((machine) => !keys.has(keyOf(machineOf(machine)))),
    }))
    .filter((window) => window.machines.length > 0);
  return withWindows(owned, windows);
}

/** Who keeps a window in the schedule that is to be none. */
export function strangerToWindows(
  stored: MesosCluster & KubeObject,
  wanted: readonly PlannedWindow[],
  nodesWith: NodesWith,
  manager: string,
): Extract<ConfigWriteOutcome, { kind: "managedElsewhere" }> | undefined {
  const stray = liveWindows(stored).find((window) => {
    const config = windowConfig(window, nodesWith);
    return config !== undefined && !wanted.some((one) => isSame(window, one, nodesWith));
  });
  if (stray === undefined) return undefined;
  const steps = ["f:maintenance", "f:windows", `k:${JSON.stringify({ name: stray.name })}`];
  return {
    kind: "managedElsewhere",
    subject: `maintenance window '${stray.name}'`,
    field: "it",
    manager: otherManagerOf(stored, steps, manager) ?? "another manager",
  };
}

function liveWindows({ spec }: MesosCluster): readonly BareWindow[] {
  return (spec.maintenance as Maintenance | undefined)?.windows ?? [];
}

function ownedWindows(owned: JsonObject): readonly BareWindow[] {
  const maintenance = owned["maintenance"] as
    { readonly windows?: readonly BareWindow[] } | undefined;
  return maintenance?.windows ?? [];
}

function withWindows(owned: JsonObject, windows: readonly BareWindow[]): JsonObject {
  const { maintenance: _before, ...others } = owned;
  return windows.length === 0
    ? others
    : { ...others, maintenance: { windows: windows as unknown as JsonObject[] } };
}

function windowSpec(name: string, { machines, startMs, durationMs }: PlannedWindow): BareWindow {
  return {
    name,
    machines: machines.map((machine) => ({ ...machine })),
    start: new Date(startMs).toISOString(),
    ...(durationMs === undefined ? {} : { durationSeconds: durationMs / 1000 }),
  };
}

/** `api-1`, `api-2`, …: the first that no window has. */
function freeName(taken: Set<string>): string {
  for (let number = 1; ; number += 1) {
    const name = `api-${number}`;
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}

function isSame(
  window: BareWindow,
  { machines, startMs, durationMs }: PlannedWindow,
  nodesWith: NodesWith,
): boolean {
  const config = windowConfig(window, nodesWith);
  if (config?.startMs !== startMs || config.durationMs !== durationMs) return false;
  const keys = new Set(config.machines.map(keyOf));
  return keys.size === machines.length && machines.every((machine) => keys.has(keyOf(machine)));
}

/** Equal for names of the same machine. */
function keyOf({ hostname = "", ip = "" }: MachineName): string {
  return `${hostname.toLowerCase()} ${ip}`;
}
