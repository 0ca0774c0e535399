import { homedir, tmpdir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the repository. */
export const repositoryRoot = fileURLToPath(new URL("../../..", import.meta.url));

/** Where built binaries and images are kept between runs; safe to delete at any time. Always absolute. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env["ORCHESTRATOR_CACHE_DIR"]) return resolve(env["ORCHESTRATOR_CACHE_DIR"]);
  const xdg = env["XDG_CACHE_HOME"] ?? "";
  // Empty or relative: to be ignored, says the XDG specification.
  const base = isAbsolute(xdg) ? xdg : join(env["HOME"] || homedir(), ".cache");
  return join(base, "orchestrator", "cluster");
}

/** Where running clusters keep their state; one folder per cluster name, gone after a stop. */
export function stateRoot(env: NodeJS.ProcessEnv = process.env): string {
  if (env["ORCHESTRATOR_STATE_DIR"]) return resolve(env["ORCHESTRATOR_STATE_DIR"]);
  return join(tmpdir(), `orchestrator-${process.getuid?.() ?? 0}`);
}
