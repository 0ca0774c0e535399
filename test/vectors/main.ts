import { readFileSync } from "node:fs";
import { readAllocatorVectors } from "./allocator/read-allocator-vectors.ts";
import type { VectorReader } from "./vector-case.ts";

/** Kinds of vector files that can be run. */
const READERS: Readonly<Record<string, VectorReader>> = {
  allocator: readAllocatorVectors,
};

/** Prints one line per vector and a count; gives the exit code. */
function main(args: readonly string[]): number {
  const [kind = "", path] = args;
  const read = READERS[kind];
  if (read === undefined || path === undefined) {
    console.error(`usage: npm run vectors -- <${Object.keys(READERS).join("|")}> FILE`);
    return 2;
  }
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { name, skipped, run } of read(JSON.parse(readFileSync(path, "utf8")))) {
    if (skipped !== undefined) {
      counts.skipped += 1;
      console.log(`skipped ${name}: ${skipped}`);
      continue;
    }
    const why = run();
    counts[why === undefined ? "passed" : "failed"] += 1;
    console.log(why === undefined ? `ok ${name}` : `not ok ${name}: ${why}`);
  }
  const skippedText = counts.skipped === 0 ? "" : `, ${counts.skipped} skipped`;
  console.log(`${counts.passed} passed, ${counts.failed} failed${skippedText}`);
  return counts.failed === 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
