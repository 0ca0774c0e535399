import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ClusterError } from "../host/cluster-error.ts";
import { repositoryRoot } from "../host/orchestrator-folders.ts";

/** Files below dist/ that ship: not the tests, not what only the compiler reads. */
export function listCompiledFiles(root = repositoryRoot): string[] {
  const dist = join(root, "dist");
  if (!existsSync(dist)) throw new ClusterError("there is no dist/", "npm run build");
  return readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length).replace(/^\//, ""))
    .filter((path) => !/^dist\/(test|\.tsbuildinfo)\/|\.d\.ts$|\.tsbuildinfo$/.test(path))
    .sort();
}

interface Lockfile {
  readonly packages: Readonly<
    Record<string, { readonly dev?: boolean; readonly optional?: boolean }>
  >;
}

/**
 * Files of the packages that `npm ci --omit=dev` would install, as the lockfile says; without those
 * that the Dockerfile drops.
 * @throws {ClusterError} when a package is not installed.
 */
export function listProductionFiles(root = repositoryRoot): string[] {
  const lockfile = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as Lockfile;
  const folders = Object.entries(lockfile.packages)
    .filter(([path, { dev }]) => path.startsWith("node_modules/") && dev !== true)
    .filter(([path, { optional }]) => optional !== true || existsSync(join(root, path)))
    .map(([path]) => path);
  const missing = folders.find((path) => !existsSync(join(root, path)));
  if (missing !== undefined) throw new ClusterError(`${missing} is not installed`, "npm ci");
  return folders
    .flatMap((folder) => listFiles(root, folder, folder))
    .filter((path) => !/[.]d[.][cm]?ts$|[.]map$/.test(path))
    .sort();
}

/** Files below `folder`, but not those of packages nested in it: the lockfile names them itself. */
function listFiles(root: string, folder: string, top: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      return folder === top && entry.name === "node_modules" ? [] : listFiles(root, path, top);
    }
    return entry.isFile() ? [path] : [];
  });
}

/** One hash over names and contents. */
export function hashFiles(root: string, paths: readonly string[]): string {
  const hash = createHash("sha256");
  for (const path of [...paths].sort()) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update("\0");
  }
  return hash.digest("hex");
}
