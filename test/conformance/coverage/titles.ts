import { execFile } from "node:child_process";
import { relative } from "node:path";
import { promisify } from "node:util";
import type { Area } from "./row.ts";

export interface Title {
  /** From the root of the repository. */
  readonly file: string;
  readonly title: string;
}

const ROOT = new URL("../../..", import.meta.url).pathname;
const FILES: Readonly<Record<Area["tests"], readonly string[]>> = {
  wire: ["test/conformance/mesos/*.test.ts"],
  allocator: [
    "test/conformance/mesos/*.test.ts",
    "test/unit/domain/allocator/*.test.ts",
    "test/property/{allocator,services}/*.test.ts",
  ],
};

/** Full titles of the tests as mocha collects them, without running any. */
export async function titlesOf(tests: Area["tests"]): Promise<readonly Title[]> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["node_modules/mocha/bin/mocha.js", "--dry-run", "--reporter", "json", ...FILES[tests]],
    { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 },
  );
  const report = JSON.parse(stdout) as { tests: { file: string; fullTitle: string }[] };
  return report.tests.map(({ file, fullTitle }) => ({
    file: relative(ROOT, file),
    title: fullTitle,
  }));
}
