import { normalizeRanges } from "../../resources/ranges.ts";
import type { MesosResource, Reservation, Resources } from "../../resources/resource.ts";

/** What a task takes of an agent, by quantity. */
export interface Amounts {
  readonly cpuMillis: number;
  readonly memMiB: number;
  readonly diskMiB?: number;
  readonly ports?: readonly number[];
}

/** These amounts as resources; zero ones are left out. */
export function resourcesOfAmounts(
  { cpuMillis, memMiB, diskMiB = 0, ports = [] }: Amounts,
  reservations: readonly Reservation[] = [],
): Resources {
  const scalar = (name: string, milli: number): readonly MesosResource[] =>
    milli <= 0 ? [] : [{ name, kind: "scalar", milli, reservations }];
  const ranges = normalizeRanges(ports.map((port) => [port, port] as const));
  return [
    ...scalar("cpus", cpuMillis),
    ...scalar("mem", memMiB * 1000),
    ...scalar("disk", diskMiB * 1000),
    ...(ports.length === 0
      ? []
      : [{ name: "ports", kind: "ranges", ranges, reservations } as const]),
  ];
}
