import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { GateError, GRIDS, type BenchReport, type Grid, type Measurement } from "./bench.ts";
import { readEnvironment, readStealClock } from "./run/environment.ts";
import { formatTable, verdictOf } from "./run/report.ts";
import { BENCHES } from "./workloads/index.ts";

const USAGE = `usage: npm run bench -- [id…] [--grid smoke|standard|full] [--seed N] [--json FILE]
         [--compare FILE] [--kubeconfig FILE]
ids: ${BENCHES.map(({ id, about }) => `${id} (${about})`).join(", ")}`;

/** Measures and prints one table; gives the exit code: 1 on a broken gate, never because of time. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      grid: { type: "string", default: "standard" },
      seed: { type: "string", default: "1" },
      json: { type: "string" },
      compare: { type: "string" },
      kubeconfig: { type: "string" },
    },
  });
  const grid = GRIDS.find((name) => name === values.grid);
  const unknown = positionals.filter((id) => !BENCHES.some((bench) => bench.id === id));
  if (grid === undefined || unknown.length > 0) {
    console.error(USAGE);
    return 2;
  }
  const report = await measure(positionals, grid, Number(values.seed), values.kubeconfig);
  console.log(formatTable(report));
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  if (values.compare !== undefined) printComparison(report, values.compare);
  return 0;
}

async function measure(
  ids: readonly string[],
  grid: Grid,
  seed: number,
  kubeconfigPath: string | undefined,
): Promise<BenchReport> {
  const environment = readEnvironment();
  const startedAt = new Date().toISOString();
  const before = readStealClock();
  const measured: (Measurement & { readonly rssMiB: number })[] = [];
  for (const bench of BENCHES) {
    if (ids.length > 0 && !ids.includes(bench.id)) continue;
    for (const one of await bench.run({ grid, seed, kubeconfigPath })) {
      measured.push({ rssMiB: Math.round(process.memoryUsage.rss() / 2 ** 20), ...one });
    }
  }
  const after = readStealClock();
  const stealPct = (100 * (after.steal - before.steal)) / Math.max(1, after.all - before.all);
  const noise = { load1: environment.load1, stealPct: Math.round(stealPct * 10) / 10 };
  const results = measured.map((one) => ({ ...one, verdict: verdictOf(one, noise) }));
  const { commit, dirty, machine } = environment;
  return {
    schema: "orchestrator.bench/v1",
    commit,
    dirty,
    startedAt,
    machine,
    ...noise,
    results,
  };
}

/** The CPU median of each line beside that of an earlier report. */
function printComparison(report: BenchReport, path: string): void {
  const earlier = JSON.parse(readFileSync(path, "utf8")) as BenchReport;
  for (const { id, point, column, cpuMs } of report.results) {
    const then = earlier.results.find(
      (other) => other.id === id && other.point === point && other.column === column,
    );
    if (then === undefined) continue;
    const ratio = cpuMs.p50 / then.cpuMs.p50;
    console.log(
      `${id} ${point} ${column}: CPU × ${ratio.toFixed(2)} of ${earlier.commit.slice(0, 8)}`,
    );
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof GateError)) throw error;
  console.error(`gate broken: ${error.message}`);
  process.exitCode = 1;
}
