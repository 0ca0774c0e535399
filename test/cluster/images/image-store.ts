import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
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
  /** What buildah's storage calls it: other builds may start from it when the recipe is a base. */
  readonly storageName: string;
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
  /** Other images start from it: it also stays in buildah's storage. */
  readonly isBase?: boolean;
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
const imagesKeptMax = 3;

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
  const prefix = recipe.name.replace(/[^a-z0-9.]+/gi, "-");
  const archive = join(store.folder, `${prefix}-${recipe.contentHash}.tar`);
  const storageName = `${recipe.name.replace(/:[^:/]*$/, "")}:${recipe.contentHash}`;
  const image = { name: recipe.name, archive, storageName };
  const isThere = async (): Promise<boolean> =>
    existsSync(archive) && (!recipe.isBase || (await store.has(storageName)));
  if (await isThere()) return image;
  const lock = { timeoutMs: lockTimeoutMs, signal: options.signal };
  await withFileLock(`${archive}.lock`, lock, async () => {
    if (await isThere()) return;
    const startedMs = performance.now();
    await recipe.build(store, storageName);
    const draft = `${archive}.draft`;
    rmSync(draft, { force: true });
    await store.buildah(["push", "--quiet", storageName, `docker-archive:${draft}:${recipe.name}`]);
    renameSync(draft, archive);
    await removeOld(store, prefix, storageName);
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    store.progress.note(`built image ${recipe.name} in ${seconds} s`);
  });
  return image;
}

/** Each change of the code makes another image: only the last few are worth their disk. */
async function removeOld(store: ImageStore, prefix: string, storageName: string): Promise<void> {
  const isOurs = new RegExp(`^${prefix.replaceAll(".", "[.]")}-([0-9a-f]{16})[.]tar$`);
  const newestFirst = readdirSync(store.folder)
    .map((file) => ({ file, hash: isOurs.exec(file)?.[1] }))
    .filter(({ hash }) => hash !== undefined)
    .map((found) => ({ ...found, writtenMs: statSync(join(store.folder, found.file)).mtimeMs }))
    .sort((a, b) => b.writtenMs - a.writtenMs);
  for (const { file, hash } of newestFirst.slice(imagesKeptMax)) {
    rmSync(join(store.folder, file), { force: true });
    // Its layers may still serve another image: then the storage keeps them, and that is fine.
    await store.buildah(["rmi", storageName.replace(/[^:]*$/, hash ?? "")]).catch(() => undefined);
  }
}

export function hashOf(...parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}
