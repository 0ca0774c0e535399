import type { MesosResource, Resources } from "../resources/resource.ts";

/** What a machine says about itself. */
export interface MachineFacts {
  readonly cpus: number;
  readonly memTotalMiB: number;
  /** Size of the file system of work_dir. */
  readonly diskTotalMiB: number;
}

const MEM_HELD_MIB = 1024;
const DISK_HELD_MIB = 5 * 1024;

/**
 * Resources of a machine outside Kubernetes: online CPUs, memory less 1 GiB (half below 2 GiB), disk of work_dir less
 * 5 GiB (half below 10 GiB), the ports given. A name in `given` stands for what was found.
 * @see mesos@1.11 src/slave/containerizer/containerizer.cpp Containerizer::resources
 */
export function machineInventory(
  facts: MachineFacts,
  given: Resources,
  ports: readonly (readonly [begin: number, end: number])[],
): Resources {
  const found: MesosResource[] = [
    { kind: "scalar", name: "cpus", reservations: [], milli: facts.cpus * 1000 },
    {
      kind: "scalar",
      name: "mem",
      reservations: [],
      milli: lessHeld(facts.memTotalMiB, MEM_HELD_MIB),
    },
    {
      kind: "scalar",
      name: "disk",
      reservations: [],
      milli: lessHeld(facts.diskTotalMiB, DISK_HELD_MIB),
    },
    { kind: "ranges", name: "ports", reservations: [], ranges: ports },
  ];
  const names = new Set(given.map((resource) => resource.name));
  return [...found.filter((resource) => !names.has(resource.name)), ...given];
}

function lessHeld(totalMiB: number, heldMiB: number): number {
  const left = totalMiB >= 2 * heldMiB ? totalMiB - heldMiB : totalMiB / 2;
  return Math.floor(left) * 1000;
}
