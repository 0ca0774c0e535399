import { rmSync } from "node:fs";
import { join } from "node:path";
import { isRunning } from "../host/process-identity.ts";
import { until } from "../host/until.ts";
import { stopClusterByName } from "../stop-cluster.ts";
import { forgetEndpoints, readEndpoints } from "./endpoints.ts";
import { endHostProcesses, killWorkersBelow } from "./host-process.ts";
import { AGENT_FOLDER, clusterOfRun, forgetRun, readRun, type RunRecord } from "./run-record.ts";

const OWNER_ENDS_WITHIN_MS = 60_000;

/**
 * Ends what `npm start` left running; gives lines that say what was done. Safe to call twice.
 * @param folder of the run, see `runFolder`.
 */
export async function stopProduct(folder: string): Promise<string> {
  const record = readRun(folder);
  if (record === undefined) return "nothing of npm start is running here";
  const { owner } = record;
  if (owner !== undefined && isRunning(owner)) {
    process.kill(owner.pid, "SIGTERM");
    await until(`end of npm start, process ${owner.pid}`, () => !isRunning(owner), {
      timeoutMs: OWNER_ENDS_WITHIN_MS,
    });
  }
  const isExisting = readEndpoints(folder)?.tier === "existing";
  const rest = readRun(folder);
  const outcome =
    rest === undefined
      ? `npm start, process ${owner?.pid ?? 0}: stopped`
      : await removeRun(folder, rest);
  return isExisting ? `${outcome}\n${LEFT_ALONE}` : outcome;
}

const LEFT_ALONE = `the existing cluster keeps the product; to remove it:
  kubectl delete -k config/samples && kubectl delete -k config/default`;

/** Removes everything a record names: processes, their tasks, the cluster. @returns what there was. */
export async function removeRun(folder: string, record: RunRecord): Promise<string> {
  forgetEndpoints(folder);
  const alive = record.processes.filter((each) => isRunning(each));
  await endHostProcesses(record.processes);
  killWorkersBelow(join(folder, AGENT_FOLDER));
  const cluster = clusterOfRun(record);
  const outcome = cluster === undefined ? "not running" : await stopClusterByName(cluster.name);
  for (const part of [AGENT_FOLDER, "kubeconfigs", "install", "samples"]) {
    rmSync(join(folder, part), { recursive: true, force: true });
  }
  forgetRun(folder);
  return [
    ...(record.cluster === undefined ? [] : [`cluster "${record.cluster.name}": ${outcome}`]),
    ...(alive.length === 0 ? [] : [`ended: ${alive.map(({ name }) => name).join(", ")}`]),
  ].join("\n");
}
