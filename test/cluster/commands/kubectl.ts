import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ensureBinaries } from "../binaries/ensure-binaries.ts";
import { defaultStateDir, judgeLife } from "../claim-state.ts";
import { ClusterError } from "../host/cluster-error.ts";
import { readState } from "../state-file.ts";

/** Hands everything after an optional leading `--name NAME` to kubectl, with this terminal. */
export async function commandKubectl(args: readonly string[]): Promise<void> {
  const isNamed = args[0] === "--name";
  const name = isNamed ? (args[1] ?? "") : "default";
  const state = readState(defaultStateDir(name));
  if (state === undefined || judgeLife(state).kind === "left-over") {
    throw new ClusterError(`cluster "${name}" is not running`, "npm run cluster -- up --detach");
  }
  const binaries = await ensureBinaries(["kubernetes"]);
  const { status } = spawnSync(binaries.path("kubectl"), args.slice(isNamed ? 2 : 0), {
    stdio: "inherit",
    env: {
      ...process.env,
      KUBECONFIG: join(state.stateDir, "admin.kubeconfig"),
      PATH: [...binaries.folders, process.env["PATH"] ?? ""].join(":"),
    },
  });
  process.exitCode = status ?? 1;
}
