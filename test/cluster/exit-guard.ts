import { teardown } from "./teardown.ts";
import type { ClusterState } from "./state-file.ts";

/** Clusters that end with this process, by state folder. */
const owned = new Map<string, ClusterState>();
const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
let isInstalled = false;

/** Tears the cluster down however this process ends, except by SIGKILL. */
export function guardExit(state: ClusterState): void {
  owned.set(state.stateDir, state);
  if (isInstalled) return;
  isInstalled = true;
  process.on("exit", tearDownAll);
  for (const [signal, exitCode] of Object.entries(signals)) {
    process.on(signal, () => {
      // Somebody else handles the signal too: ending the process is theirs, the exit hook is ours.
      if (process.listenerCount(signal) > 1) return;
      process.exit(exitCode);
    });
  }
}

/** The cluster is stopped, or left running on purpose. */
export function releaseExitGuard(stateDir: string): void {
  owned.delete(stateDir);
}

function tearDownAll(): void {
  for (const state of owned.values()) teardown(state);
  owned.clear();
}
