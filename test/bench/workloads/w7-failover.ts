import { MemoryRegistry } from "../../support/mesos/memory-registry.ts";
import { SocketlessMaster } from "../adapters/socketless-master.ts";
import type { Bar, Bench, BenchContext, Grid, Measurement } from "../bench.ts";
import { Stopwatch } from "../run/measure.ts";
import {
  checkPopulation,
  comeBack,
  introduce,
  makeReturn,
  populationName,
  type Population,
} from "./master-population.ts";

const POINTS: Record<Grid, readonly Population[]> = {
  smoke: [{ agents: 100, tasks: 1_000, frameworks: 10 }],
  standard: [{ agents: 10_000, tasks: 100_000, frameworks: 50 }],
  full: [
    { agents: 10_000, tasks: 100_000, frameworks: 50 },
    { agents: 40_000, tasks: 400_000, frameworks: 50 },
  ],
};

/** Of the time until all are back, by tasks. */
const BARS: ReadonlyMap<number, Bar> = new Map([
  [100_000, { specMs: 10_000, goalMs: 4_000 }],
  [400_000, { goalMs: 19_000 }],
]);

/** A new term begins with records only; frameworks and agents with their tasks come back, one after the other. */
export const failover: Bench = {
  id: "W7",
  about: "failover, without sockets",
  async run(context) {
    const measurements: Measurement[] = [];
    for (const point of POINTS[context.grid])
      measurements.push(...(await failOver(point, context)));
    return measurements;
  },
};

async function failOver(point: Population, { seed }: BenchContext): Promise<Measurement[]> {
  const registry = new MemoryRegistry();
  const earlier = new SocketlessMaster(registry, seed);
  await earlier.lead();
  const identities = await introduce(earlier, point);
  await earlier.stop();
  const requests = makeReturn(point, identities);
  const master = new SocketlessMaster(registry, seed + 1);
  const serving = new Stopwatch();
  const all = new Stopwatch();
  const each = new Stopwatch();
  await serving.timeAsync(() => master.lead());
  const told = await all.timeAsync(() => comeBack(master, requests, each));
  checkPopulation(master, point);
  await master.stop();
  const bytes = requests.agents.reduce((sum, body) => sum + body.length, 0);
  const base = {
    id: "W7",
    point: populationName(point),
    adapter: "engine",
    rounds: 1,
    equalTo: "counts",
  } as const;
  const back = all.total();
  const bar = BARS.get(point.tasks);
  return [
    {
      ...base,
      column: "serving",
      ...serving.total(),
      bar: { goalMs: 1_000 },
      note: "term acquired → serves; records in memory",
    },
    {
      ...base,
      column: "all back",
      ...back,
      bytes,
      rate: point.tasks / (back.cpuMs.p50 / 1000),
      ...(bar === undefined ? {} : { bar }),
      note: `${Math.round(bytes / 2 ** 20)} MiB of requests parsed and applied, ${Math.round(told / 2 ** 20)} MiB of events`,
    },
    {
      ...base,
      column: "per agent",
      rounds: each.rounds,
      ...each.spread(),
      note: `with ${point.tasks / point.agents} tasks`,
    },
  ];
}
