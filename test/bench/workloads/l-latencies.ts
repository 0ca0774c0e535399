import { runTraffic, type HttpRun } from "../adapters/http-master.ts";
import {
  GateError,
  type Bar,
  type Bench,
  type Grid,
  type Measurement,
  type Spread,
} from "../bench.ts";
import type { LatencyName, TrafficOrder } from "../generator/order.ts";

type Point = Omit<TrafficOrder, "port" | "seed">;

/** The rate that is claimed. */
const CLAIM_PER_SECOND = 1_000;

const point = (launchesPerSecond: number, more: Partial<Point> = {}): Point => ({
  agents: 1_000,
  frameworks: 50,
  warmUpMs: 3_000,
  durationMs: 10_000,
  tasksPerAccept: 10,
  launchesPerSecond,
  lifetimeMs: 2_000,
  declinesPerSecond: 50,
  registrationsPerMinute: 0,
  ...more,
});
const POINTS: Record<Grid, readonly Point[]> = {
  smoke: [
    point(400, {
      agents: 40,
      frameworks: 4,
      warmUpMs: 100,
      durationMs: 300,
      lifetimeMs: 100,
    }),
  ],
  standard: [0.5, 0.8, 1].map((part) => point(CLAIM_PER_SECOND * part)),
  // The knee is where the p99 is twice that of half the claim.
  full: [0.5, 0.8, 1, 2, 3, 5, 8].map((times) =>
    point(CLAIM_PER_SECOND * times, { warmUpMs: 10_000, durationMs: 60_000 }),
  ),
};

/** Launches, updates and declines over loopback HTTP at fixed rates. */
export const latencies: Bench = {
  id: "L",
  about: "latencies L2, L4, L5, L7 over HTTP",
  async run({ grid, seed }) {
    const measurements: Measurement[] = [];
    for (const one of POINTS[grid]) {
      const run = await runTraffic({ ...one, seed });
      checkNothingLost(run, "L");
      const name = `${one.agents}/${one.frameworks}, ${one.launchesPerSecond} launches/s`;
      measurements.push(...latencyLines("L", name, run));
    }
    return measurements;
  },
};

interface Line {
  readonly column: string;
  readonly latency: LatencyName;
  /** Mark of the request whose way through this process is the engine's share. */
  readonly mark: string;
  readonly share: "answered" | "written" | undefined;
  readonly bar: Bar;
}

const LINES: readonly Line[] = [
  {
    column: "L2 offer",
    latency: "offer",
    mark: "decline",
    share: undefined,
    bar: { of: "p99", specMs: 100, goalMs: 20 },
  },
  {
    column: "L4 ack",
    latency: "ack",
    mark: "accept",
    share: "answered",
    bar: { of: "p99", specMs: 50, goalMs: 10 },
  },
  {
    column: "L5 dispatch",
    latency: "dispatch",
    mark: "accept",
    share: "written",
    bar: { of: "p99", goalMs: 10 },
  },
  {
    column: "L7 forwarding",
    latency: "forwarding",
    mark: "update",
    share: "written",
    bar: { of: "p99", specMs: 50, goalMs: 20 },
  },
];

/** One line per latency on the generator's clock, its engine share after it, and one of both processes. */
export function latencyLines(id: string, point: string, run: HttpRun): Measurement[] {
  const { report, server, timed } = run;
  const cpuPerLaunchMs = server.cpuMs / Math.max(1, launchesOf(run));
  const shared = {
    id,
    point,
    adapter: "engine",
    equalTo: "counts",
    cpuMs: single(cpuPerLaunchMs),
    loopDelayMs: server.loopDelayMs,
    gcMaxMs: server.gcMaxMs,
    rssMiB: server.rssMiB,
  } as const;
  const lines = LINES.flatMap(({ column, latency, mark, share, bar }): Measurement[] => {
    const { spread, count } = report.latencies[latency];
    const engine = share === undefined ? undefined : timed[share].get(mark);
    return [
      {
        ...shared,
        column,
        rounds: count,
        wallMs: spread,
        // The page asks the others by the engine's clock.
        ...(share === undefined ? { bar } : {}),
        note: `client clock, from intended send; p99.9 ${ms(spread.p999)}, max ${ms(spread.max)}`,
      },
      ...(engine === undefined || engine.count === 0
        ? []
        : [
            {
              ...shared,
              column: `${column}, engine share`,
              rounds: engine.count,
              wallMs: engine.spread(),
              bar,
              note: "server's clock, from the last byte in, first byte handed to the socket",
            },
          ]),
    ];
  });
  return [...lines, processLine(shared, run, cpuPerLaunchMs)];
}

function processLine(
  shared: Omit<Measurement, "column" | "rounds" | "wallMs">,
  { report, server, timed }: HttpRun,
  cpuPerLaunchMs: number,
): Measurement {
  const { counts, figures, sendLateP99Ms } = report;
  const percent = (of: { readonly cpuMs: number; readonly wallMs: number }): string =>
    `${Math.round((100 * of.cpuMs) / of.wallMs)} %`;
  return {
    ...shared,
    column: "server CPU per launch",
    rounds: 1,
    wallMs: single(cpuPerLaunchMs),
    rate: 1000 / cpuPerLaunchMs,
    bar: { specMs: 1, goalMs: 0.05 },
    note: [
      `update and end of the task included; ${Math.round(1000 / cpuPerLaunchMs)}/s per core`,
      `CPU server ${percent(server)}, generator ${percent(figures)}`,
      `loop delay p99 ${ms(server.loopDelayMs.p99)}, max ${ms(server.loopDelayMs.max)}`,
      `GC max ${ms(server.gcMaxMs)}`,
      `sent late p99 ${ms(sendLateP99Ms)}`,
      `${counts.starved} of ${counts.accepts} ACCEPTs without an offer`,
      `${timed.answered.get("update")?.count ?? 0} batches of updates`,
    ].join("; "),
  };
}

/** ACCEPTs after the warm-up, times the tasks of each. */
function launchesOf({ report }: HttpRun): number {
  return report.latencies.dispatch.count;
}

/** @throws {GateError} unless every task was dispatched, ran and ended, with every update acknowledged. */
export function checkNothingLost({ report: { counts } }: HttpRun, id: string): void {
  const { tasksAccepted, tasksDispatched, running, finished, acknowledged } = counts;
  const isWhole =
    tasksAccepted > 0 &&
    tasksDispatched === tasksAccepted &&
    running === tasksAccepted &&
    finished === tasksAccepted &&
    acknowledged === running + finished &&
    counts.otherUpdates === 0 &&
    counts.refused === 0;
  if (!isWhole) throw new GateError(`${id}: not everything arrived: ${JSON.stringify(counts)}`);
}

function single(value: number): Spread {
  return { min: value, p50: value, p90: value, p99: value, p999: value, max: value };
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
