import type { BenchReport, Measurement, Verdict } from "../bench.ts";

/** Above this load, or steal, wall figures are not publishable (performance.md section 1). */
const LOAD_MAX = 0.5;
const STEAL_PCT_MAX = 2;

export interface Noise {
  readonly load1: number;
  readonly stealPct: number;
}

export function isNoisy({ load1, stealPct }: Noise): boolean {
  return load1 > LOAD_MAX || stealPct > STEAL_PCT_MAX;
}

/** Against the bar; with noise the wall says nothing, then the CPU column counts. */
export function verdictOf(measurement: Measurement, noise: Noise): Verdict {
  const { bar, equalTo, wallMs, cpuMs, slope = Infinity } = measurement;
  if (bar === undefined) return "none";
  if (equalTo === undefined) return "unverified";
  if (bar.slopeMax !== undefined) return slope <= bar.slopeMax ? "spec" : "below";
  if (bar.rssMiBMax !== undefined) {
    return (measurement.rssMiB ?? Infinity) <= bar.rssMiBMax ? "spec" : "below";
  }
  // What a p99 is asked of is a latency: the CPU says nothing about it.
  const { of = "p50" } = bar;
  const seen = isNoisy(noise) && of === "p50" ? cpuMs.p50 : wallMs[of];
  if (bar.goalMs !== undefined && seen <= bar.goalMs) return "goal";
  if (bar.specMs !== undefined && seen <= bar.specMs) return "spec";
  return isNoisy(noise) ? "noisy" : "below";
}

/** One table: id, point, column, median, p99, CPU, bar, verdict. */
export function formatTable(report: BenchReport): string {
  const rows = report.results.map((result) => [
    result.id,
    result.point,
    result.column,
    formatMs(result.wallMs.p50),
    formatMs(result.wallMs.p99),
    formatMs(result.cpuMs.p50),
    formatBar(result),
    result.verdict,
    result.note ?? "",
  ]);
  const head = ["id", "point", "column", "median", "p99", "CPU", "bar", "verdict", "note"];
  const widths = head.map((title, i) =>
    Math.max(title.length, ...rows.map((row) => (row[i] ?? "").length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd();
  const noisy = isNoisy(report)
    ? [`noisy: load ${report.load1}, steal ${report.stealPct} %: the CPU column counts`]
    : [];
  return [line(head), ...rows.map(line), ...noisy].join("\n");
}

function formatMs(ms: number): string {
  if (ms >= 1) return `${ms.toFixed(2)} ms`;
  return ms >= 0.001 ? `${(ms * 1000).toFixed(2)} µs` : `${(ms * 1e6).toFixed(0)} ns`;
}

function formatBar({ bar }: Measurement): string {
  const { of = "p50", goalMs, specMs, slopeMax, rssMiBMax } = bar ?? {};
  const parts = [
    ...(specMs === undefined ? [] : [`spec ${formatMs(specMs)}`]),
    ...(goalMs === undefined ? [] : [`goal ${formatMs(goalMs)}`]),
    ...(slopeMax === undefined ? [] : [`slope ≤ ${slopeMax}`]),
    ...(rssMiBMax === undefined ? [] : [`RSS ≤ ${rssMiBMax} MiB`]),
  ].join(", ");
  return of === "p99" ? `p99: ${parts}` : parts;
}
