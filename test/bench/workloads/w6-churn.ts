import { runTraffic, type HttpRun } from "../adapters/http-master.ts";
import { GateError, type Bench, type BenchContext, type Grid, type Measurement } from "../bench.ts";
import type { TrafficOrder } from "../generator/order.ts";
import { spreadOf } from "../run/spread.ts";
import { checkNothingLost, latencyLines } from "./l-latencies.ts";

type Point = Omit<TrafficOrder, "port" | "seed">;

const MINUTE_MS = 60_000;

const POINTS: Record<Grid, readonly Point[]> = {
  smoke: [
    {
      agents: 40,
      frameworks: 4,
      warmUpMs: 50,
      durationMs: 300,
      tasksPerAccept: 10,
      launchesPerSecond: 300,
      lifetimeMs: 100,
      declinesPerSecond: 20,
      registrationsPerMinute: 600,
    },
  ],
  standard: [
    {
      agents: 2_000,
      frameworks: 50,
      warmUpMs: 10_000,
      durationMs: MINUTE_MS,
      tasksPerAccept: 10,
      launchesPerSecond: 1_000,
      lifetimeMs: 5_000,
      declinesPerSecond: 50,
      registrationsPerMinute: 500,
    },
  ],
  // A lifetime of 100 s at 1,000/s makes 100,000 tasks.
  full: [
    {
      agents: 10_000,
      frameworks: 50,
      warmUpMs: 2 * MINUTE_MS,
      durationMs: 30 * MINUTE_MS,
      tasksPerAccept: 10,
      launchesPerSecond: 1_000,
      lifetimeMs: 100_000,
      declinesPerSecond: 50,
      registrationsPerMinute: 500,
    },
  ],
};
/** Of the memory. */
const SAMPLES = 60;
/** Before that the heap has not found its size: a slope of seconds, told by the hour, would be no measurement. */
const SLOPE_MIN_MS = 600_000;

/** Launches with their updates, declines and registrations over HTTP for as long as the grid says. */
export const churn: Bench = {
  id: "W6",
  about: "churn over HTTP",
  async run(context) {
    const measurements: Measurement[] = [];
    for (const point of POINTS[context.grid]) measurements.push(...(await churnAt(point, context)));
    return measurements;
  },
};

async function churnAt(point: Point, { seed }: BenchContext): Promise<Measurement[]> {
  const samples: { readonly atMs: number; readonly rssMiB: number }[] = [];
  let sampler: NodeJS.Timeout | undefined;
  const sample = (): void => {
    const rssMiB = process.memoryUsage.rss() / 2 ** 20;
    samples.push({ atMs: performance.now(), rssMiB });
  };
  const run = await runTraffic({ ...point, seed }, () => {
    sample();
    sampler = setInterval(sample, point.durationMs / SAMPLES);
  }).finally(() => clearInterval(sampler));
  checkNothingLost(run, "W6");
  checkRegistrations(run, point);
  const name = [
    `${point.agents}/${point.frameworks}`,
    `${point.launchesPerSecond} launches/s`,
    `${point.registrationsPerMinute} registrations/min`,
    `${point.durationMs / 1000} s`,
  ].join(", ");
  const lines = latencyLines("W6", name, run);
  if (point.durationMs < SLOPE_MIN_MS) return lines;
  const slope = slopePerHour(samples);
  const memory: Measurement = {
    id: "W6",
    point: name,
    adapter: "engine",
    column: "RSS growth",
    rounds: samples.length,
    wallMs: spreadOf([run.server.wallMs]),
    cpuMs: spreadOf([run.server.cpuMs]),
    rssMiB: run.server.rssMiB,
    equalTo: "counts",
    slope,
    note: `${slope.toFixed(1)} MiB/h by least squares, RSS ${run.server.rssMiB} MiB; whole run in both columns`,
  };
  return [...lines, memory];
}

/** @throws {GateError} when nobody registered though somebody should have. */
function checkRegistrations({ report: { counts } }: HttpRun, point: Point): void {
  const wanted = point.registrationsPerMinute > 0;
  if (wanted && counts.registrations === 0) throw new GateError("W6: no agent registered");
}

/** Slope of the least-squares line, MiB per hour. */
function slopePerHour(
  samples: readonly { readonly atMs: number; readonly rssMiB: number }[],
): number {
  const mean = (of: (sample: (typeof samples)[number]) => number): number =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const [atMean, rssMean] = [mean(({ atMs }) => atMs), mean(({ rssMiB }) => rssMiB)];
  const both = mean(({ atMs, rssMiB }) => (atMs - atMean) * (rssMiB - rssMean));
  const spread = mean(({ atMs }) => (atMs - atMean) ** 2);
  return spread === 0 ? 0 : (both / spread) * 3_600_000;
}
