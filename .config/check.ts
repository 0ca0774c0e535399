// Static checks in one go: compiler (layers), lint, format, dependency rules. Ends non-zero when any fails.
import { spawnSync } from "node:child_process";

const steps: readonly (readonly [string, readonly string[]])[] = [
  ["tsc", ["-b"]],
  [
    "eslint",
    [
      "--config",
      ".config/eslint.config.js",
      "--cache",
      "--cache-location",
      "node_modules/.cache/eslint/",
      "src",
      "test",
    ],
  ],
  [
    "prettier",
    [
      "--check",
      "--log-level",
      "warn",
      "--ignore-path",
      ".config/prettierignore",
      "src/**/*.ts",
      "test/**/*.ts",
    ],
  ],
  ["depcruise", ["--config", ".dependency-cruiser.cjs", "--output-type", "err", "src"]],
];

const failed: string[] = [];
for (const [command, args] of steps) {
  const startedMs = performance.now();
  const { status } = spawnSync(command, args, { stdio: "inherit" });
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`${status === 0 ? "ok" : "not ok"} ${command} (${seconds} s)`);
  if (status !== 0) failed.push(command);
}
if (failed.length > 0) {
  console.error(`check failed: ${failed.join(", ")}`);
  process.exitCode = 1;
}
