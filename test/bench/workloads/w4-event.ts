import { SeededRandom } from "../../../src/domain/allocator/seeded-random.ts";
import type { Grant } from "../../../src/domain/allocator/events.ts";
import { GateError, type Bench, type BenchContext, type Grid, type Measurement } from "../bench.ts";
import { Stopwatch } from "../run/measure.ts";
import { buildFleet, pointName, type FleetPoint } from "./allocator-fleet.ts";
import { checkAllocatorGate, EQUAL_TO } from "./allocator-gate.ts";

const EVENTS_PER_ROUND = 2_000;

const at = (agents: number): FleetPoint => ({ agents, frameworks: 50, roles: "one" });
const POINTS: Record<Grid, readonly FleetPoint[]> = {
  smoke: [at(1_000)],
  standard: [at(1_000), at(10_000), at(50_000)],
  full: [at(1_000), at(5_000), at(10_000), at(20_000), at(40_000), at(50_000)],
};

/** One agent's resources come back; the next decision follows. Mode `event`, all else is taken. */
export const oneEvent: Bench = {
  id: "W4",
  about: "event",
  run(context) {
    checkAllocatorGate(context.seed);
    return POINTS[context.grid].map((point) => events(point, context));
  },
};

function events(point: FleetPoint, { grid, seed }: BenchContext): Measurement {
  const rounds = grid === "smoke" ? 5 : 30;
  const { perEvent, considered, sha256 } = measureEvents(point, seed, rounds);
  return {
    id: "W4",
    point: pointName(point),
    adapter: "engine",
    column: "decide + materialise",
    rounds,
    ...perEvent,
    workloadSha256: sha256,
    equalTo: EQUAL_TO,
    bar: { specMs: 100, goalMs: 0.01 },
    note: `${considered} events`,
  };
}

/** Cost of one event, over rounds of {@link EVENTS_PER_ROUND}. */
export function measureEvents(
  point: FleetPoint,
  seed: number,
  rounds: number,
): {
  readonly perEvent: Pick<Measurement, "wallMs" | "cpuMs">;
  readonly considered: number;
  readonly sha256: string;
} {
  const { allocator, sha256 } = buildFleet(point, seed, "event");
  const held = new Map<string, Grant>();
  for (const grant of allocator.apply({ kind: "tick" }, 1).grants) held.set(grant.agentId, grant);
  const agents = [...held.keys()];
  const random = new SeededRandom(seed);
  const watch = new Stopwatch();
  let considered = 0;
  for (let round = -5; round < rounds; round += 1) {
    if (round === 0) watch.reset();
    watch.time(() => {
      for (let i = 0; i < EVENTS_PER_ROUND; i += 1) {
        const grant = held.get(agents[random.below(agents.length)] as string) as Grant;
        const { frameworkId, role, agentId, resources } = grant;
        allocator.apply({ kind: "recovered", frameworkId, role, agentId, resources }, 1);
        const next = allocator.apply({ kind: "run" }, 1).grants[0];
        if (next?.agentId !== agentId) throw new GateError(`W4: ${agentId} was not offered again`);
        held.set(agentId, next);
        considered += 1;
      }
    });
  }
  return { perEvent: watch.spread(EVENTS_PER_ROUND), considered, sha256 };
}
