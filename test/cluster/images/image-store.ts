import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { withFileLock } from "../host/file-lock.ts";
import { cacheFolder } from "../host/orchestrator-folders.ts";
import { silentProgress, type Progress } from "../host/progress.ts";
import { runCommand, tryCommand } from "../host/run-command.ts";

/** An image that lies in the cache as an archive. */
export interface BuiltImage {
  /** Under `localhost/`, as pods name it. */
  readonly name: string;
  /** A docker archive, ready to be imported into nodes. */
  readonly archive: string;
}

export interface ImageOptions {
  readonly cacheDir?: string | undefined;
  readonly progress?: Progress | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ImageRecipe {
  readonly name: string;
  /** Equal for equal content: decides whether the image is in the cache. */
  readonly contentHash: string;
  /** Puts the image into buildah's storage under the name handed in. */
  readonly build: (store: ImageStore, internalName: string) => Promise<void>;
}

/** buildah with a storage of its own inside the cache folder. */
export interface ImageStore {
  readonly folder: string;
  readonly progress: Progress;
  buildah(args: readonly string[]): Promise<string>;
  has(internalName: string): Promise<boolean>;
}

const lockTimeoutMs = 15 * 60_000;

export function openImageStore(options: ImageOptions = {}): ImageStore {
  const folder = join(options.cacheDir ?? cacheFolder(), "images");
  mkdirSync(folder, { recursive: true });
  const global = [
    `--root=${join(folder, "storage")}`,
    `--runroot=${join(folder, "run")}`,
    "--storage-driver=overlay",
  ];
  return {
    folder,
    progress: options.progress ?? silentProgress,
    buildah: (args) =>
      runCommand("buildah", [...global, ...args], {
        signal: options.signal,
        env: { ...process.env, BUILDAH_ISOLATION: "chroot", TMPDIR: folder },
      }),
    async has(internalName) {
      const args = [
        ...global,
        "inspect",
        "--type=image",
        "--format={{.FromImageID}}",
        internalName,
      ];
      return (await tryCommand("buildah", args)).exitCode === 0;
    },
  };
}

/** The image of a recipe: from the cache when its content is there, else built now. */
export async function ensureImage(
  recipe: ImageRecipe,
  options: ImageOptions = {},
): Promise<BuiltImage> {
  const store = openImageStore(options);
  const fileName = `${recipe.name.replace(/[^a-z0-9.]+/gi, "-")}-${recipe.contentHash}.tar`;
  const archive = join(store.folder, fileName);
  if (existsSync(archive)) return { name: recipe.name, archive };
  const lock = { timeoutMs: lockTimeoutMs, signal: options.signal };
  await withFileLock(`${archive}.lock`, lock, async () => {
    if (existsSync(archive)) return;
    const startedMs = performance.now();
    const internalName = `${recipe.name.replace(/:.*$/, "")}:${recipe.contentHash}`;
    if (!(await store.has(internalName))) await recipe.build(store, internalName);
    const draft = `${archive}.draft`;
    rmSync(draft, { force: true });
    await store.buildah([
      "push",
      "--quiet",
      internalName,
      `docker-archive:${draft}:${recipe.name}`,
    ]);
    renameSync(draft, archive);
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    store.progress.note(`built image ${recipe.name} in ${seconds} s`);
  });
  return { name: recipe.name, archive };
}

export function hashOf(...parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}
