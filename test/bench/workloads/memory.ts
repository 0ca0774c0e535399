import { fork } from "node:child_process";
import { once } from "node:events";
import { GateError, type Bench, type BenchContext, type Grid, type Measurement } from "../bench.ts";
import { spreadOf } from "../run/spread.ts";
import { populationName, type Population } from "./master-population.ts";

/** What a process that holds a population says of itself, once it is quiet and its garbage is gone. */
export interface HeldMemory {
  /** Before anybody came. */
  readonly emptyHeapBytes: number;
  readonly heapBytes: number;
  readonly rssBytes: number;
  /** Longest pause for garbage while all came. */
  readonly gcMaxMs: number;
  /** One whole collection of the full heap. */
  readonly fullGcMs: number;
}

/** What it is asked to hold, as one argument in JSON. */
export interface MemoryOrder {
  readonly population: Population;
  readonly seed: number;
}

const POINTS: Record<Grid, readonly Population[]> = {
  smoke: [{ agents: 100, tasks: 1_000, frameworks: 10 }],
  standard: [
    { agents: 1_250, tasks: 12_500, frameworks: 50 },
    { agents: 10_000, tasks: 100_000, frameworks: 50 },
  ],
  full: [
    { agents: 1_250, tasks: 12_500, frameworks: 50 },
    { agents: 10_000, tasks: 100_000, frameworks: 50 },
    { agents: 50_000, tasks: 500_000, frameworks: 50 },
  ],
};
/** RSS by tasks, performance.md section 13. */
const RSS_MIB_MAX: ReadonlyMap<number, number> = new Map([
  [100_000, 250],
  [500_000, 1_024],
]);

/** A master in a process of its own with agents, frameworks and tasks, and nothing going on. */
export const memory: Bench = {
  id: "memory",
  about: "memory of a master at rest",
  async run(context) {
    const measurements: Measurement[] = [];
    for (const point of POINTS[context.grid]) measurements.push(await hold(point, context));
    return measurements;
  },
};

async function hold(population: Population, { seed }: BenchContext): Promise<Measurement> {
  const order: MemoryOrder = { population, seed };
  const child = fork(new URL("../adapters/loaded-master.ts", import.meta.url), {
    execArgv: ["--expose-gc"],
  });
  child.send(order);
  const ended = once(child, "exit");
  const answered = once(child, "message");
  const answer = await Promise.race([answered, ended.then(() => undefined)]);
  if (answer === undefined)
    throw new GateError("memory: the loaded master ended without an answer");
  const held = answer[0] as HeldMemory;
  await ended;
  const rssMiB = Math.round(held.rssBytes / 2 ** 20);
  const rssMiBMax = RSS_MIB_MAX.get(population.tasks);
  const bytesPerTask = Math.round((held.heapBytes - held.emptyHeapBytes) / population.tasks);
  return {
    id: "memory",
    point: populationName(population),
    adapter: "engine",
    column: "whole collection",
    rounds: 1,
    wallMs: spreadOf([held.fullGcMs]),
    cpuMs: spreadOf([held.fullGcMs]),
    bytes: bytesPerTask,
    rssMiB,
    gcMaxMs: held.gcMaxMs,
    equalTo: "counts",
    ...(rssMiBMax === undefined ? {} : { bar: { rssMiBMax } }),
    note: `RSS ${rssMiB} MiB, heap ${Math.round(held.heapBytes / 2 ** 20)} MiB, ${bytesPerTask} B per task with its share of all else`,
  };
}
