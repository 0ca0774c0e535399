// npm run generate: everything that is derived from a source in src. `--check` writes nothing and fails on a difference.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { generateFiles } from "./generated-files.ts";

const root = join(import.meta.dirname, "../..");
const check = process.argv.includes("--check");

function current(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

const stale = [...generateFiles()].filter(([path, text]) => current(join(root, path)) !== text);
for (const [path, text] of stale) {
  console.log(`${check ? "stale" : "wrote"} ${path}`);
  if (check) continue;
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
if (check && stale.length > 0) {
  console.error(`${stale.length} generated files are stale: run npm run generate`);
  process.exitCode = 1;
}
