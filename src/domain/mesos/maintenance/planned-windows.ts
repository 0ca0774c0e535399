import { machineKey } from "./machine.ts";
import type { PlannedWindow, ShownWindow } from "./machine-table.ts";
import type { Read } from "./maintenance-requests.ts";
import { occurrenceAt, type Recurrence } from "./recurrence.ts";

/** The present occurrence of a window that recurs. */
export interface Occurrence extends PlannedWindow {
  readonly durationMs: number;
  readonly recurs: string;
}

interface RecurringWindow extends Recurrence {
  readonly name: string;
  readonly machines: PlannedWindow["machines"];
}

/** Of each window the occurrence that is under way, or else the next one; none of windows that never come. */
export function occurrencesAt(
  windows: readonly RecurringWindow[],
  nowMs: number,
): readonly Occurrence[] {
  return windows.flatMap(({ name, machines, ...recurrence }) => {
    const startMs = occurrenceAt(recurrence, nowMs);
    if (startMs === undefined) return [];
    return [{ recurs: name, machines, startMs, durationMs: recurrence.durationMs }];
  });
}

/**
 * What a posted schedule asks to be written, seen against what its client was shown: recurring windows stay where they are,
 * and windows of which a part is over are written as they were. The error is the text of a 409.
 */
export function windowsToWrite(
  posted: readonly PlannedWindow[],
  plan: readonly ShownWindow[],
): Read<readonly PlannedWindow[]> {
  const left = [...posted];
  for (const { whole, shown } of plan) {
    const { recurs } = whole;
    const isShown = shown.machines.length > 0;
    const at = isShown ? left.findIndex((window) => isSame(window, shown)) : -1;
    if (recurs !== undefined) {
      if (at >= 0) left.splice(at, 1);
      else if (isShown) return refuse(recurs);
    } else if (at >= 0) {
      left[at] = whole;
    } else if (!isShown) {
      left.push(whole);
    }
  }
  return { ok: true, value: left };
}

const refuse = (name: string): Read<never> => ({
  ok: false,
  error: `maintenance window '${name}' recurs; change it in the MesosCluster`,
});

function isSame(left: PlannedWindow, right: PlannedWindow): boolean {
  if (left.startMs !== right.startMs || left.durationMs !== right.durationMs) return false;
  const keys = new Set(left.machines.map(machineKey));
  return (
    left.machines.length === right.machines.length &&
    right.machines.every((machine) => keys.has(machineKey(machine)))
  );
}
