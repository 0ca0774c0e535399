import { mkdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { ClusterError } from "./host/cluster-error.ts";
import { withFileLock } from "./host/file-lock.ts";
import { stateRoot } from "./host/orchestrator-folders.ts";
import { identifyProcess, isRunning } from "./host/process-identity.ts";
import type { Progress } from "./host/progress.ts";
import { readState, writeState, type ClusterState } from "./state-file.ts";
import { teardown } from "./teardown.ts";

/** Where the cluster of a name keeps its state unless told otherwise. */
export function defaultStateDir(name: string): string {
  return join(stateRoot(), name);
}

/**
 * Makes this process the owner of a cluster name, after removing what a killed owner left behind.
 * @throws {ClusterError} when the cluster runs already.
 */
export async function claimState(
  name: string,
  stateDir: string,
  progress: Progress,
): Promise<ClusterState> {
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(name)) {
    throw new ClusterError(
      `"${name}" is no cluster name`,
      "use up to 40 lower-case letters, digits and dashes",
    );
  }
  requirePrivateFolder(dirname(stateDir));
  return await withFileLock(`${stateDir}.lock`, { timeoutMs: 60_000 }, async () => {
    const found = readState(stateDir);
    if (found) removeLeftover(found, progress);
    const owner = identifyProcess(process.pid);
    const state: ClusterState = {
      name,
      stateDir,
      ...(owner ? { owner } : {}),
      startedAt: new Date().toISOString(),
      tier: "",
      processes: [],
      links: [],
      namespaces: [],
      cgroups: [],
      nodes: [],
    };
    writeState(state);
    return await Promise.resolve(state);
  });
}

/** The temporary folder is everybody's: keys must not land in a folder that somebody else prepared. */
function requirePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid } = statSync(folder);
  if (uid !== process.getuid?.() && folder === stateRoot()) {
    throw new ClusterError(`${folder} belongs to user ${uid}`, "set ORCHESTRATOR_STATE_DIR");
  }
}

export type ClusterLife =
  | { readonly kind: "owned"; readonly pid: number }
  | { readonly kind: "detached" }
  | { readonly kind: "left-over" };

/** Whether the cluster of a state is somebody's, runs on its own, or is what a crash left. */
export function judgeLife(state: ClusterState): ClusterLife {
  if (state.owner) {
    return isRunning(state.owner) ? { kind: "owned", pid: state.owner.pid } : { kind: "left-over" };
  }
  const apiServer = state.processes.find(({ name }) => name === "kube-apiserver");
  const isAlive = apiServer?.identity !== undefined && isRunning(apiServer.identity);
  return isAlive ? { kind: "detached" } : { kind: "left-over" };
}

function removeLeftover(state: ClusterState, progress: Progress): void {
  const life = judgeLife(state);
  switch (life.kind) {
    case "owned":
      throw new ClusterError(
        `cluster "${state.name}" is run by process ${life.pid} since ${state.startedAt}`,
        "stop that process, or choose another name",
      );
    case "detached":
      throw new ClusterError(
        `cluster "${state.name}" is running since ${state.startedAt}`,
        `stop it with: npm run cluster -- down --name ${state.name}`,
      );
    case "left-over":
      progress.note(`removing what is left of cluster "${state.name}" of ${state.startedAt}`);
      teardown(state);
  }
}
