import type { AgentId } from "../../../src/api/ids/ids.ts";
import type { Allocator } from "../../../src/domain/allocator/allocator.ts";
import { SeededRandom } from "../../../src/domain/allocator/seeded-random.ts";
import type { Grant } from "../../../src/domain/allocator/events.ts";
import { GateError, type Bench, type BenchContext, type Grid, type Measurement } from "../bench.ts";
import { Latencies } from "../run/latencies.ts";
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
    return POINTS[context.grid].flatMap((point) => [
      events(point, context),
      decisionLatency(point, context),
    ]);
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

/** L1: each event by itself, from the resources that come back to the decision. */
function decisionLatency(point: FleetPoint, { grid, seed }: BenchContext): Measurement {
  const fleet = new TakenFleet(point, seed);
  const latencies = new Latencies();
  const cpu = new Stopwatch();
  const count = grid === "smoke" ? 1_000 : 20_000;
  for (let i = 0; i < count; i += 1) fleet.freeOne();
  cpu.time(() => {
    for (let i = 0; i < count; i += 1) {
      const startedMs = performance.now();
      fleet.freeOne();
      latencies.note(performance.now() - startedMs);
    }
  });
  const { p50, p90, p99, p999, max } = latencies.spread();
  const us = (ms: number): string => (ms * 1000).toFixed(1);
  return {
    id: "L1",
    point: pointName(point),
    adapter: "engine",
    column: "decision",
    rounds: count,
    wallMs: latencies.spread(),
    cpuMs: cpu.spread(count).cpuMs,
    equalTo: EQUAL_TO,
    note: `µs: p50 ${us(p50)}, p90 ${us(p90)}, p99 ${us(p99)}, p99.9 ${us(p999)}, max ${us(max)}`,
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
  const fleet = new TakenFleet(point, seed);
  const watch = new Stopwatch();
  for (let round = -5; round < rounds; round += 1) {
    if (round === 0) watch.reset();
    watch.time(() => {
      for (let i = 0; i < EVENTS_PER_ROUND; i += 1) fleet.freeOne();
    });
  }
  const considered = (rounds + 5) * EVENTS_PER_ROUND;
  return { perEvent: watch.spread(EVENTS_PER_ROUND), considered, sha256: fleet.sha256 };
}

/** Every agent is offered to somebody; one after the other comes back and is offered again. */
class TakenFleet {
  readonly sha256: string;
  readonly #allocator: Allocator;
  readonly #held = new Map<AgentId, Grant>();
  readonly #agents: readonly AgentId[];
  readonly #random: SeededRandom;

  constructor(point: FleetPoint, seed: number) {
    const { allocator, sha256 } = buildFleet(point, seed, "event");
    this.sha256 = sha256;
    this.#allocator = allocator;
    for (const grant of allocator.apply({ kind: "tick" }, 1).grants) {
      this.#held.set(grant.agentId, grant);
    }
    this.#agents = [...this.#held.keys()];
    this.#random = new SeededRandom(seed);
  }

  /** @throws {GateError} unless exactly the agent that came back is offered. */
  freeOne(): void {
    const place = this.#random.below(this.#agents.length);
    const grant = this.#held.get(this.#agents[place] as AgentId) as Grant;
    const { frameworkId, role, agentId, resources } = grant;
    this.#allocator.apply({ kind: "recovered", frameworkId, role, agentId, resources }, 1);
    const next = this.#allocator.apply({ kind: "run" }, 1).grants[0];
    if (next?.agentId !== agentId) throw new GateError(`W4: ${agentId} was not offered again`);
    this.#held.set(agentId, next);
  }
}
