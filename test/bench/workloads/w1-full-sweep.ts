import type { Bench, BenchContext, Grid, Measurement } from "../bench.ts";
import { OfferMaker } from "../adapters/offer-maker.ts";
import { Stopwatch } from "../run/measure.ts";
import { buildFleet, pointName, type FleetPoint } from "./allocator-fleet.ts";
import { checkAllocatorGate, EQUAL_TO } from "./allocator-gate.ts";

const WARM_UP_ROUNDS = 12;

const SMOKE: readonly FleetPoint[] = [{ agents: 1_000, frameworks: 50, roles: "one" }];
const STANDARD: readonly FleetPoint[] = [
  { agents: 1_000, frameworks: 50, roles: "one" },
  { agents: 10_000, frameworks: 50, roles: "one" },
  { agents: 10_000, frameworks: 50, roles: "each" },
  { agents: 10_000, frameworks: 50, roles: "one", isPartUsed: true },
  { agents: 10_000, frameworks: 200, roles: "each" },
  { agents: 10_000, frameworks: 1_000, roles: "tree" },
];
const FULL: readonly FleetPoint[] = [1_000, 5_000, 10_000, 20_000, 50_000].flatMap((agents) =>
  [1, 50, 200, 1_000, 6_000].flatMap((frameworks) =>
    (["one", "each", "tree"] as const).map((roles) => ({ agents, frameworks, roles })),
  ),
);
const POINTS: Record<Grid, readonly FleetPoint[]> = {
  smoke: SMOKE,
  standard: STANDARD,
  full: FULL,
};

/** All agents free, no filters: every offer is made and comes back, again and again. */
export const fullSweep: Bench = {
  id: "W1",
  about: "full sweep",
  run(context) {
    checkAllocatorGate(context.seed);
    return POINTS[context.grid].flatMap((point) => sweep(point, context));
  },
};

/** What rounds of a sweep cost, step by step. */
export interface SweepCosts {
  readonly decide: Stopwatch;
  readonly materialise: Stopwatch;
  readonly encode: Stopwatch;
  readonly giveBack: Stopwatch;
  /** Of one round. */
  readonly offers: number;
  readonly bytes: number;
  readonly sha256: string;
}

export function sweepFleet(point: FleetPoint, seed: number, rounds: number): SweepCosts {
  const { allocator, sha256 } = buildFleet(point, seed, "interval");
  const maker = new OfferMaker();
  const decide = new Stopwatch();
  const materialise = new Stopwatch();
  const encode = new Stopwatch();
  const giveBack = new Stopwatch();
  let bytes = 0;
  let made = 0;
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    if (round === 0) for (const watch of [decide, materialise, encode, giveBack]) watch.reset();
    const nowMs = (round + WARM_UP_ROUNDS) * 1000;
    const { result } = decide.time(() => allocator.decide({ kind: "tick" }, nowMs));
    const offers = materialise.time(() => maker.make(result?.batch.materialise() ?? [], nowMs));
    bytes = encode.time(() => maker.encode(offers));
    const all = offers.flat();
    made = all.length;
    giveBack.time(() => {
      for (const { framework, role, agent, resources, holding } of all) {
        const at = { frameworkId: framework.id, role, agentId: agent.id, resources, holding };
        allocator.decide({ kind: "recovered", ...at }, nowMs);
      }
    });
    for (const offer of all) maker.forget(offer);
  }
  return { decide, materialise, encode, giveBack, offers: made, bytes, sha256 };
}

function sweep(point: FleetPoint, { grid, seed }: BenchContext): Measurement[] {
  const rounds = grid === "smoke" ? 10 : 45;
  const costs = sweepFleet(point, seed, rounds);
  const { decide, materialise, encode, giveBack, offers: made, bytes, sha256 } = costs;
  const base = {
    id: "W1",
    point: pointName(point),
    adapter: "engine",
    rounds,
    workloadSha256: sha256,
    equalTo: EQUAL_TO,
  } as const;
  const isBarPoint = point.agents === 10_000 && point.frameworks === 50;
  const isTreePoint = point.agents === 10_000 && point.frameworks === 1_000;
  const decideBar = isBarPoint ? { goalMs: 3 } : isTreePoint ? { goalMs: 5 } : undefined;
  const whole = sum([decide, materialise, encode]);
  return [
    {
      ...base,
      column: "decide",
      ...decide.spread(),
      rate: made / (decide.spread().cpuMs.p50 / 1000),
      ...(decideBar === undefined ? {} : { bar: decideBar }),
      note: `${made} offers`,
    },
    { ...base, column: "+ materialise", ...sum([decide, materialise]) },
    {
      ...base,
      column: "+ encode JSON",
      ...whole,
      bytes,
      ...(isBarPoint ? { bar: { specMs: 100, goalMs: 12 } } : {}),
      note: `${bytes} bytes`,
    },
    {
      ...base,
      column: "give back",
      ...giveBack.spread(),
      ...(point.agents === 10_000 ? { bar: { goalMs: 3 } } : {}),
    },
  ];
}

/** Percentiles of the parts added up: the parts of one round are not independent, this is an upper bound. */
function sum(watches: readonly Stopwatch[]): Pick<Measurement, "wallMs" | "cpuMs"> {
  const spreads = watches.map((watch) => watch.spread());
  const add = (column: "wallMs" | "cpuMs"): Measurement["wallMs"] => {
    const total = (part: keyof Measurement["wallMs"]): number =>
      spreads.reduce((all, spread) => all + spread[column][part], 0);
    return {
      min: total("min"),
      p50: total("p50"),
      p90: total("p90"),
      p99: total("p99"),
      p999: total("p999"),
      max: total("max"),
    };
  };
  return { wallMs: add("wallMs"), cpuMs: add("cpuMs") };
}
