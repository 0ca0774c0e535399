import type { Environment } from "./run/environment.ts";

export const GRIDS = ["smoke", "standard", "full"] as const;
export type Grid = (typeof GRIDS)[number];

/** Order statistics of samples in milliseconds. */
export interface Spread {
  readonly min: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

export type Verdict = "goal" | "spec" | "below" | "noisy" | "unverified" | "none";

/** What is asked of a line: of its median unless `of` says otherwise, of its slope or its memory. */
export interface Bar {
  readonly of?: "p50" | "p99";
  readonly specMs?: number;
  readonly goalMs?: number;
  readonly slopeMax?: number;
  readonly rssMiBMax?: number;
}

/** One line of the table: what one column of one point of one workload cost. */
export interface Measurement {
  readonly id: string;
  readonly point: string;
  readonly adapter: "engine" | "reference" | "floor" | "external";
  readonly column: string;
  readonly rounds: number;
  readonly wallMs: Spread;
  readonly cpuMs: Spread;
  /** Things per second of CPU, where there is a thing to count. */
  readonly rate?: number;
  readonly bytes?: number;
  readonly workloadSha256?: string;
  readonly checksum?: string;
  /** What the decisions were found equal to in this run; absent = not compared. */
  readonly equalTo?: string;
  /** Growth: log₂ of the cost at 2n over that at n, the worst step; for memory over time MiB per hour. */
  readonly slope?: number;
  /** Latency of the event loop of the process that is measured, the timer's own resolution subtracted. */
  readonly loopDelayMs?: { readonly p50: number; readonly p99: number; readonly max: number };
  /** Longest pause for garbage in the process that is measured. */
  readonly gcMaxMs?: number;
  /** Of the process that is measured; absent = the bench itself, when the line is done. */
  readonly rssMiB?: number;
  readonly bar?: Bar;
  readonly note?: string;
}

export interface BenchContext {
  readonly grid: Grid;
  readonly seed: number;
  /** A cluster for what goes through an API server; absent = those workloads are left out. */
  readonly kubeconfigPath: string | undefined;
}

/** One workload of performance.md. */
export interface Bench {
  readonly id: string;
  readonly about: string;
  /** @throws {GateError} when its decisions differ from the reference. */
  run(context: BenchContext): Promise<readonly Measurement[]> | readonly Measurement[];
}

/** A speed of wrong decisions counts nothing: the bench ends with exit code 1. */
export class GateError extends Error {
  override readonly name = "GateError";
}

export interface BenchReport {
  readonly schema: "orchestrator.bench/v1";
  readonly commit: string;
  readonly dirty: boolean;
  readonly startedAt: string;
  readonly machine: Environment["machine"];
  readonly load1: number;
  readonly stealPct: number;
  readonly results: readonly (Measurement & {
    readonly verdict: Verdict;
    readonly rssMiB: number;
  })[];
}
