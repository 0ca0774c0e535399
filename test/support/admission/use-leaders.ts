import type { AdmissionWorld, Leader } from "./admission-world.ts";
import type { AllocatorLedger } from "./allocator-ledger.ts";

/** Longer than all coalescing windows and answers. */
export const SOON_MS = 500;

export type Lead = (
  world: AdmissionWorld,
  prepare?: (ledger: AllocatorLedger) => void,
) => Promise<Leader>;

/** Call it in a `describe`: the function it gives makes a leader and lets it come to rest; none outlives its test. */
export function useLeaders(): Lead {
  const leaders: Leader[] = [];
  afterEach(() => {
    for (const leader of leaders.splice(0)) leader.kill();
  });
  return async (world, prepare) => {
    const leader = await world.lead(prepare);
    leaders.push(leader);
    await world.clock.advance(SOON_MS);
    return leader;
  };
}

/** Milli-CPUs that the leader's allocator counts as taken. */
export const charged = ({ ledger }: Leader): number =>
  ledger.allocator.view.offeredOrAllocated()["cpus"] ?? 0;

/** How many patches were sent, whatever became of them. */
export const patches = (world: AdmissionWorld): number =>
  world.kube.calls.filter(({ verb }) => verb === "patch").length;
