import { cpSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { ClusterError } from "../host/cluster-error.ts";
import type { Progress } from "../host/progress.ts";
import { commandFailed, runCommand, tryCommand } from "../host/run-command.ts";
import { moduleFolder } from "./go-toolchain.ts";
import type { BinaryUnit, UnitAsset } from "./units.ts";

export interface BuildOptions {
  readonly progress: Progress;
  readonly signal?: AbortSignal | undefined;
}

/** Builds a unit into the empty folder `target`: `bin/` and `assets/`. */
export async function buildUnit(
  unit: BinaryUnit,
  target: string,
  options: BuildOptions,
): Promise<void> {
  const bin = join(target, "bin");
  mkdirSync(bin, { recursive: true });
  await goInstall(unit, bin, options);
  for (const { name, installedAs } of unit.binaries) {
    if (installedAs) renameSync(join(bin, installedAs), join(bin, name));
  }
  for (const asset of unit.assets) await copyAsset(unit, asset, target, options.signal);
}

async function goInstall(unit: BinaryUnit, bin: string, options: BuildOptions): Promise<void> {
  const { progress, signal } = options;
  const env = goEnvironment(bin);
  const cwd = unit.source.kind === "tools" ? moduleFolder(unit.source.folder) : bin;
  const what = unit.source.kind === "tools" ? "tool" : `${unit.source.path}@${unit.source.version}`;
  const startedMs = performance.now();
  let compiled = 0;
  let downloaded = 0;
  let total: number | undefined;
  const show = (): void => {
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    const of = total === undefined ? "" : ` of at most ${total}`;
    const parts = compiled > 0 ? `${compiled}${of} packages compiled` : `${downloaded} modules`;
    progress.update(`building ${unit.id}: ${parts}, ${seconds} s`);
  };
  const ticker = setInterval(show, 1_000);
  try {
    if (unit.source.kind === "tools") total = await countPackages(cwd, env, signal);
    const args = ["install", "-v", "-trimpath", "-ldflags", unit.ldflags, what];
    const result = await tryCommand("go", args, {
      cwd,
      env,
      signal,
      onStderr: (text) => {
        for (const line of text.split("\n")) {
          if (line.startsWith("go: downloading")) downloaded += 1;
          else if (line !== "") compiled += 1;
        }
      },
    });
    if (result.exitCode !== 0) throw commandFailed("go", args, result);
  } finally {
    clearInterval(ticker);
    progress.done();
  }
  progress.note(`built ${unit.id} in ${Math.round((performance.now() - startedMs) / 1000)} s`);
}

/** Packages in the build; `go install -v` names only those that are not in Go's own cache. */
async function countPackages(
  cwd: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  const result = await tryCommand("go", ["list", "-deps", "tool"], { cwd, env, signal });
  return result.exitCode === 0 ? result.stdout.split("\n").length : undefined;
}

async function copyAsset(
  unit: BinaryUnit,
  asset: UnitAsset,
  target: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const folder = await moduleSource(unit, asset.module, signal);
  const to = join(target, "assets", asset.to);
  mkdirSync(to, { recursive: true });
  for (const file of asset.files) {
    cpSync(join(folder, file), join(to, basename(file)), { recursive: true });
  }
  // The module cache is read-only, and copies keep that: they could not be removed.
  await runCommand("chmod", ["-R", "u+w", to]);
}

/** Where Go keeps the source of a module it has downloaded. */
async function moduleSource(
  unit: BinaryUnit,
  module: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { source } = unit;
  const query = source.kind === "tools" ? module : `${module}@${source.version}`;
  const cwd = source.kind === "tools" ? { cwd: moduleFolder(source.folder) } : {};
  const stdout = await runCommand("go", ["mod", "download", "-json", query], {
    ...cwd,
    env: goEnvironment(""),
    signal,
  });
  const { Dir } = JSON.parse(stdout) as { Dir?: string };
  if (Dir === undefined) throw new ClusterError(`Go has no source of ${module}`);
  return Dir;
}

function goEnvironment(bin: string): NodeJS.ProcessEnv {
  return { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-buildvcs=false", GOBIN: bin };
}

/** Removes what an interrupted build left. */
export function discardBuild(target: string): void {
  rmSync(target, { recursive: true, force: true });
}
