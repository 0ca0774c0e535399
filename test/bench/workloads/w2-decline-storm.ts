import type { Allocator } from "../../../src/domain/allocator/allocator.ts";
import { GateError, type Bench, type BenchContext, type Grid, type Measurement } from "../bench.ts";
import { Stopwatch } from "../run/measure.ts";
import { buildFleet, pointName, type FleetPoint } from "./allocator-fleet.ts";
import { checkAllocatorGate, EQUAL_TO } from "./allocator-gate.ts";

/** A day: longer than any run. */
const REFUSE_SECONDS = 86_400;
const EMPTY_ROUNDS = 200;

const at = (agents: number, frameworks: number): FleetPoint => ({
  agents,
  frameworks,
  roles: "one",
});
const POINTS: Record<Grid, readonly FleetPoint[]> = {
  smoke: [at(1_000, 50)],
  standard: [at(2_000, 200), at(10_000, 50)],
  full: [at(2_000, 200), at(2_000, 2_000), at(10_000, 50), at(10_000, 1_000)],
};

/** Every offer is declined with a long filter until nobody is left; then the evaluation is empty. */
export const declineStorm: Bench = {
  id: "W2",
  about: "decline storm",
  run(context) {
    checkAllocatorGate(context.seed);
    return POINTS[context.grid].flatMap((point) => storm(point, context));
  },
};

function storm(point: FleetPoint, { seed }: BenchContext): Measurement[] {
  const { allocator, sha256 } = buildFleet(point, seed, "interval");
  const decline = new Stopwatch();
  const declined = declineAll(allocator, decline);
  const wanted = point.agents * point.frameworks;
  if (declined !== wanted) throw new GateError(`W2: ${declined} declines instead of ${wanted}`);
  const empty = new Stopwatch();
  for (let round = -20; round < EMPTY_ROUNDS; round += 1) {
    if (round === 0) empty.reset();
    const { result } = empty.time(() => allocator.decide({ kind: "tick" }, 0));
    if (result?.batch.length !== 0)
      throw new GateError("W2: an empty evaluation granted something");
  }
  const base = {
    id: "W2",
    point: pointName(point),
    adapter: "engine",
    workloadSha256: sha256,
    equalTo: EQUAL_TO,
  } as const;
  const isBarPoint = point.agents === 10_000 && point.frameworks === 50;
  return [
    {
      ...base,
      column: "empty evaluation",
      rounds: EMPTY_ROUNDS,
      ...empty.spread(),
      ...(isBarPoint ? { bar: { goalMs: 0.2 } } : {}),
      note: `${declined} filters`,
    },
    {
      ...base,
      column: "grant + decline",
      rounds: decline.rounds,
      ...decline.spread(point.agents),
      note: "per offer",
    },
  ];
}

/** Gives how many offers were declined until none was made any more. */
function declineAll(allocator: Allocator, watch: Stopwatch): number {
  for (let declined = 0; ;) {
    const made = watch.time(() => {
      const { grants } = allocator.apply({ kind: "tick" }, 0);
      for (const { frameworkId, role, agentId, resources } of grants) {
        allocator.decide(
          {
            kind: "recovered",
            frameworkId,
            role,
            agentId,
            resources,
            refuseSeconds: REFUSE_SECONDS,
            cause: "declinedWhole",
          },
          0,
        );
      }
      return grants.length;
    });
    if (made === 0) return declined;
    declined += made;
  }
}
