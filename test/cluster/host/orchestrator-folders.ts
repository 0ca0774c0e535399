import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the repository. */
export const repositoryRoot = fileURLToPath(new URL("../../..", import.meta.url));

/** Where built binaries and images are kept between runs; safe to delete at any time. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env["ORCHESTRATOR_CACHE_DIR"]) return env["ORCHESTRATOR_CACHE_DIR"];
  const base = env["XDG_CACHE_HOME"] ?? join(env["HOME"] ?? homedir(), ".cache");
  return join(base, "orchestrator", "cluster");
}

/** Where running clusters keep their state; one folder per cluster name, gone after a stop. */
export function stateRoot(env: NodeJS.ProcessEnv = process.env): string {
  if (env["ORCHESTRATOR_STATE_DIR"]) return env["ORCHESTRATOR_STATE_DIR"];
  return join(tmpdir(), `orchestrator-${process.getuid?.() ?? 0}`);
}
