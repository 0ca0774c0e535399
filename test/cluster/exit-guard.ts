import { teardown } from "./teardown.ts";
import type { ClusterState } from "./state-file.ts";

const owned = new Set<ClusterState>();
const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
let isInstalled = false;

/** Tears the cluster down however this process ends, except by SIGKILL. */
export function guardExit(state: ClusterState): void {
  owned.add(state);
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
export function releaseExitGuard(state: ClusterState): void {
  owned.delete(state);
}

function tearDownAll(): void {
  for (const state of owned) teardown(state);
  owned.clear();
}
