// `npm test`: every stage that must pass, one after the other, and one closing line.
// A stage that crashes before it can count its tests counts as one failure, so a green line cannot hide it.
import { spawn } from "node:child_process";
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Counts {
  readonly passes: number;
  readonly failures: number;
  readonly pending: number;
}

interface Stage {
  readonly name: string;
  readonly run: () => Promise<Counts>;
}

const scratch = mkdtempSync(join(tmpdir(), "orchestrator-test-"));

function command(file: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: "inherit" });
    child.on("error", () => resolve(127));
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

/** A command that either holds or does not: one test. */
function oneTest(name: string, file: string, args: readonly string[]): Stage {
  return {
    name,
    run: async () => {
      const code = await command(file, args);
      return { passes: code === 0 ? 1 : 0, failures: code === 0 ? 0 : 1, pending: 0 };
    },
  };
}

function mocha(name: string, specs: readonly string[], options: readonly string[] = []): Stage {
  return {
    name,
    run: async () => {
      const output = join(scratch, `${name.replaceAll(/\W/g, "-")}.json`);
      const code = await command("mocha", [
        "--reporter",
        "test/support/counting-reporter.cjs",
        "--reporter-option",
        `output=${output}`,
        ...options,
        ...specs,
      ]);
      try {
        const counts = JSON.parse(readFileSync(output, "utf8")) as Counts;
        return code !== 0 && counts.failures === 0 ? { ...counts, failures: 1 } : counts;
      } catch {
        return { passes: 0, failures: 1, pending: 0 };
      }
    },
  };
}

/**
 * One mocha run, hence one cluster, per folder: what a folder leaves in its cluster (nodes, policies, kinds) is nobody
 * else's. What needs a kubelet (*.nodes.test.ts) has its own, since simulated and real nodes take each other's pods.
 */
function integrationStages(): Stage[] {
  return readdirSync("test/integration").flatMap((folder) => {
    const files = globSync(`test/integration/${folder}/**/*.test.ts`);
    const onNodes = files.filter((file) => file.endsWith(".nodes.test.ts"));
    const others = files.filter((file) => !onNodes.includes(file));
    const options = ["--timeout", "300000"];
    return [
      ...(others.length > 0 ? [mocha(`integration: ${folder}`, others, options)] : []),
      ...(onNodes.length > 0 ? [mocha(`integration: ${folder} on nodes`, onNodes, options)] : []),
    ];
  });
}

const stages: readonly Stage[] = [
  oneTest("static checks", "node", [".config/check.ts"]),
  mocha("unit, property, simulation, conformance", [
    "test/unit/**/*.test.ts",
    "test/property/**/*.test.ts",
    "test/simulation/**/*.test.ts",
    "test/conformance/**/*.test.ts",
  ]),
  oneTest("binaries of the real cluster", "node", ["test/cluster/main.ts", "build"]),
  ...integrationStages(),
  mocha("stories on the real cluster", ["test/e2e/**/*.test.ts"], ["--timeout", "300000"]),
  oneTest("bench gates (smoke)", "node", ["--expose-gc", "test/bench/main.ts", "--grid", "smoke"]),
];

const wanted = process.argv.slice(2);
let total: Counts = { passes: 0, failures: 0, pending: 0 };
const lines: string[] = [];
for (const stage of stages) {
  if (wanted.length > 0 && !wanted.some((word) => stage.name.includes(word))) continue;
  console.log(`\n=== ${stage.name}`);
  const startedMs = performance.now();
  const counts = await stage.run();
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  lines.push(`${stage.name}: ${counts.passes} passed, ${counts.failures} failed in ${seconds} s`);
  total = {
    passes: total.passes + counts.passes,
    failures: total.failures + counts.failures,
    pending: total.pending + counts.pending,
  };
}
rmSync(scratch, { recursive: true, force: true });

console.log(`\n${lines.join("\n")}\n`);
const skipped = total.pending > 0 ? `, ${total.pending} skipped` : "";
console.log(`${total.passes} passed, ${total.failures} failed${skipped}`);
process.exitCode = total.failures > 0 || total.passes === 0 ? 1 : 0;
