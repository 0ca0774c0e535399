import { defaultStateDir, judgeLife } from "./claim-state.ts";
import { releaseExitGuard } from "./exit-guard.ts";
import { isRunning } from "./host/process-identity.ts";
import { until } from "./host/until.ts";
import { readState } from "./state-file.ts";
import { teardown } from "./teardown.ts";

/** What became of a cluster that was asked to stop. */
export type StopOutcome = "stopped" | "not running";

/**
 * Stops a cluster by name, whoever started it: an owner that is alive is asked to end first.
 * Never this process itself.
 */
export async function stopClusterByName(
  name: string,
  stateDir = defaultStateDir(name),
): Promise<StopOutcome> {
  const state = readState(stateDir);
  if (state === undefined) return "not running";
  const life = judgeLife(state);
  if (life.kind === "owned" && state.owner && state.owner.pid !== process.pid) {
    const owner = state.owner;
    process.kill(owner.pid, "SIGTERM");
    await until(`end of process ${owner.pid}`, () => !isRunning(owner), { timeoutMs: 30_000 });
  }
  teardown(readState(stateDir) ?? state);
  releaseExitGuard(stateDir);
  return "stopped";
}
