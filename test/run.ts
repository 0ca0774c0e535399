// `npm test`: every stage that must pass, and one closing line. What measures nothing runs two at a time, as most of it waits.
// A stage that crashes before it can count its tests counts as one failure, so a green line cannot hide it.
import { spawn } from "node:child_process";
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { env } from "node:process";

interface Counts {
  readonly passes: number;
  readonly failures: number;
  readonly pending: number;
}

/** What a stage counted, and what to read about each failure. */
interface Report extends Counts {
  readonly failed: readonly string[];
}

interface Stage {
  readonly name: string;
  /** `show` = output goes to the screen as it comes; else it is given at the end, in one piece. */
  readonly run: (show: boolean) => Promise<StageEnd>;
}

interface StageEnd {
  readonly report: Report;
  readonly output: string;
}

const ONE_PASSED: Report = { passes: 1, failures: 0, pending: 0, failed: [] };
/** The end of a long output says why it failed. */
const TAIL_CHARS = 4_000;

function failure(why: string): Report {
  return { passes: 0, failures: 1, pending: 0, failed: [why.slice(-TAIL_CHARS)] };
}

// Hundreds of processes start in one run; from the second on they find their modules compiled.
env["NODE_COMPILE_CACHE"] ??= join(import.meta.dirname, "../node_modules/.cache/compile");

const scratch = mkdtempSync(join(tmpdir(), "orchestrator-test-"));

function command(
  file: string,
  args: readonly string[],
  show: boolean,
): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: show ? "inherit" : ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => (output += text));
    }
    child.on("error", (error) => resolve({ code: 127, output: `${output}${error.message}\n` }));
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/** A command that either holds or does not: one test. */
function oneTest(name: string, file: string, args: readonly string[]): Stage {
  return {
    name,
    run: async (show) => {
      const { code, output } = await command(file, args, show);
      const hasPassed = code === 0;
      return { report: hasPassed ? ONE_PASSED : failure(`exit code ${code}\n${output}`), output };
    },
  };
}

type Command = readonly [file: string, args: readonly string[]];

const withLeastPriority = (file: string, args: readonly string[]): Command => [
  "nice",
  ["-n", "19", file, ...args],
];

function mocha(
  name: string,
  specs: readonly string[],
  options: readonly string[] = [],
  priority = (file: string, args: readonly string[]): Command => [file, args],
): Stage {
  return {
    name,
    run: async (show) => {
      const file = join(scratch, `${name.replaceAll(/\W/g, "-")}.json`);
      const reporter = ["--reporter", "test/support/counting-reporter.cjs"];
      const args = [...reporter, "--reporter-option", `output=${file}`, ...options, ...specs];
      const { code, output } = await command(...priority("mocha", args), show);
      return { report: reportOf(file, code), output };
    },
  };
}

function reportOf(file: string, code: number): Report {
  try {
    const report = JSON.parse(readFileSync(file, "utf8")) as Report;
    if (code === 0 || report.failures > 0) return report;
    return { ...report, failures: 1, failed: [`all tests passed, but mocha ended with ${code}`] };
  } catch {
    return failure(`mocha ended with ${code} and no report`);
  }
}

/**
 * One mocha run, hence one cluster, per folder: what a folder leaves in its cluster (nodes, policies, kinds) is nobody
 * else's. What needs a kubelet (*.nodes.test.ts) has its own, since simulated and real nodes take each other's pods.
 */
function integrationStages(where: "control plane" | "nodes"): Stage[] {
  return readdirSync("test/integration").flatMap((folder) => {
    const files = globSync(`test/integration/${folder}/**/*.test.ts`).filter(
      (file) => file.endsWith(".nodes.test.ts") === (where === "nodes"),
    );
    if (files.length === 0) return [];
    const name = `integration: ${folder}${where === "nodes" ? " on nodes" : ""}`;
    return [mocha(name, files, ["--timeout", "300000"])];
  });
}

/** What takes longest goes first, so that both lanes end at about the same time. */
const LONGEST_FIRST = [
  "integration: zookeeper",
  "story: product-image",
  "integration: agent on nodes",
  "integration: pod-admission",
  "integration: mesos-cluster",
  "integration: marathon-app",
  "story: cluster",
  "integration: kubernetes",
  "integration: agent",
  "integration: master-security",
];
const place = ({ name }: Stage): number => {
  const index = LONGEST_FIRST.indexOf(name);
  return index < 0 ? LONGEST_FIRST.length : index;
};

const binaries = oneTest("binaries of the real cluster", "node", ["test/cluster/main.ts", "build"]);
const twoAtATime: readonly Stage[] = [
  ...integrationStages("control plane"),
  ...integrationStages("nodes"),
  ...globSync("test/e2e/clusters/*.test.ts").map((file) =>
    mocha(`story: ${basename(file, ".test.ts")}`, [file], ["--timeout", "300000"]),
  ),
].sort((a, b) => place(a) - place(b));
/** Need the processor only: they get what the stories, which mostly wait, leave over. Of the bench its gates count, not its times. */
const besideAlone: readonly Stage[] = [
  oneTest("static checks", ...withLeastPriority("node", [".config/check.ts"])),
  mocha(
    "unit, property, simulation, conformance",
    [
      "test/unit/**/*.test.ts",
      "test/property/**/*.test.ts",
      "test/simulation/**/*.test.ts",
      "test/conformance/**/*.test.ts",
    ],
    [],
    withLeastPriority,
  ),
  oneTest(
    "bench gates (smoke)",
    ...withLeastPriority("node", ["--expose-gc", "test/bench/main.ts", "--grid", "smoke"]),
  ),
];
const alone: readonly Stage[] = [
  mocha("stories of the product", ["test/e2e/product/*.test.ts"], ["--timeout", "300000"]),
];

const wanted = process.argv.slice(2);
let total: Counts = { passes: 0, failures: 0, pending: 0 };
const lines: string[] = [];
const failed: string[] = [];

async function run(stage: Stage, show: boolean): Promise<void> {
  if (wanted.length > 0 && !wanted.some((word) => stage.name.includes(word))) return;
  if (show) console.log(`\n=== ${stage.name}`);
  const startedMs = performance.now();
  const { report, output } = await stage.run(show);
  if (!show) console.log(`\n=== ${stage.name}\n${output}`);
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  lines.push(`${stage.name}: ${report.passes} passed, ${report.failures} failed in ${seconds} s`);
  failed.push(...report.failed.map((text) => `--- ${stage.name}: ${text}`));
  total = {
    passes: total.passes + report.passes,
    failures: total.failures + report.failures,
    pending: total.pending + report.pending,
  };
}

async function runAll(stages: readonly Stage[], lanes: number, show = false): Promise<void> {
  const waiting = [...stages];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await run(next, show);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

await runAll([binaries], 1, true);
await runAll(twoAtATime, 2);
await Promise.all([runAll(alone, 1, true), runAll(besideAlone, 1)]);
rmSync(scratch, { recursive: true, force: true });

console.log(`\n${lines.join("\n")}\n`);
// Once more, as it may have been said a thousand lines ago.
if (failed.length > 0) console.log(`${failed.join("\n\n")}\n`);
const skipped = total.pending > 0 ? `, ${total.pending} skipped` : "";
console.log(`${total.passes} passed, ${total.failures} failed${skipped}`);
process.exitCode = total.failures > 0 || total.passes === 0 ? 1 : 0;
