import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { withFileLock } from "../host/file-lock.ts";
import { cacheFolder } from "../host/orchestrator-folders.ts";
import { createProgress, type Progress } from "../host/progress.ts";
import { buildUnit, discardBuild } from "./build-unit.ts";
import { cacheKey } from "./cache-key.ts";
import { readBuildInputs, requireGoToolchain, type GoToolchain } from "./go-toolchain.ts";
import { findUnit, type BinaryUnit, type UnitId } from "./units.ts";

export interface BinariesOptions {
  readonly cacheDir?: string;
  readonly progress?: Progress;
  readonly signal?: AbortSignal | undefined;
}

/** Built units: where each binary and each asset folder is. */
export interface Binaries {
  /** Absolute path of a binary, for example `kubectl`. */
  path(binary: string): string;
  /** Absolute path of an asset folder, for example `rollouts-crds`. */
  asset(folder: string): string;
  /** Folders with binaries, to be put on PATH. */
  readonly folders: readonly string[];
}

const lockTimeoutMs = 45 * 60_000;

/**
 * The binaries of the units asked for: from the cache when this exact build is there, else built
 * now. Safe to run twice at once: the second waits for the first and finds its result.
 * @throws {ClusterError} without a usable Go, or when a build fails.
 */
export async function ensureBinaries(
  ids: readonly UnitId[],
  options: BinariesOptions = {},
): Promise<Binaries> {
  const progress = options.progress ?? createProgress();
  const cache = join(options.cacheDir ?? cacheFolder(), "binaries");
  const go = await requireGoToolchain();
  const found = new Map<UnitId, string>();
  for (const id of ids) {
    found.set(id, await ensureUnit(findUnit(id), go, cache, { ...options, progress }));
  }
  return locate(found);
}

/** Whether all units are in the cache already. */
export async function areBinariesCached(
  ids: readonly UnitId[],
  go: GoToolchain,
  cacheDir = cacheFolder(),
): Promise<boolean> {
  for (const id of ids) {
    const key = cacheKey(await readBuildInputs(findUnit(id), go));
    if (!existsSync(join(cacheDir, "binaries", key))) return false;
  }
  return true;
}

async function ensureUnit(
  unit: BinaryUnit,
  go: GoToolchain,
  cache: string,
  options: BinariesOptions & { readonly progress: Progress },
): Promise<string> {
  const { progress, signal } = options;
  const target = join(cache, cacheKey(await readBuildInputs(unit, go)));
  if (existsSync(target)) return target;
  const lock = {
    timeoutMs: lockTimeoutMs,
    signal,
    onWait: (pid: number) =>
      progress.note(`process ${pid} is building ${unit.id} already: waiting for it`),
  };
  await withFileLock(`${target}.lock`, lock, async () => {
    if (existsSync(target)) return;
    progress.note(
      `building ${unit.id} (once; about ${unit.coldBuildMinutes} min on two cores, kept in ${cache})`,
    );
    const draft = `${target}.building`;
    discardBuild(draft);
    mkdirSync(draft, { recursive: true });
    try {
      await buildUnit(unit, draft, { progress, signal });
      renameSync(draft, target);
    } finally {
      discardBuild(draft);
    }
  });
  return target;
}

function locate(found: ReadonlyMap<UnitId, string>): Binaries {
  const folders = new Map<string, string>();
  for (const [id, folder] of found) {
    for (const { name } of findUnit(id).binaries) folders.set(name, join(folder, "bin", name));
    for (const { to } of findUnit(id).assets)
      folders.set(`asset:${to}`, join(folder, "assets", to));
  }
  const get = (key: string): string => {
    const path = folders.get(key);
    if (path === undefined) throw new Error(`${key} belongs to no unit that was asked for`);
    return path;
  };
  return {
    path: (binary) => get(binary),
    asset: (folder) => get(`asset:${folder}`),
    folders: [...found.values()].map((folder) => join(folder, "bin")),
  };
}
