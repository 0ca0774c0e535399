import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultStateDir, judgeLife } from "../claim-state.ts";
import { isRunning, type ProcessIdentity } from "../host/process-identity.ts";
import { readState, type ClusterState } from "../state-file.ts";
import type { HostProcess } from "./host-process.ts";

/** What `npm start` put on this machine, written before it is put there: `.orchestrator/run.json`. */
export interface RunRecord {
  /** Who starts it, or stays attached to it; absent once it was left running on purpose. */
  owner?: ProcessIdentity;
  readonly startedAt: string;
  /** Absent when an existing cluster is used. `startedAt` tells it from a later one of that name. */
  cluster?: { readonly name: string; startedAt?: string };
  processes: HostProcess[];
}

export type RunLife = "owned" | "up" | "left-over";

/** Below the run folder: where the agent of tier control-plane keeps its tasks. */
export const AGENT_FOLDER = "agent";

/** The name that `npm run cluster` uses too, so that its commands fit. */
export const NAME_DEFAULT = "default";

/** Folder of everything that one `npm start` writes; those of other names run beside it. */
export function runFolder(root: string, name: string): string {
  const folder = join(root, ".orchestrator");
  return name === NAME_DEFAULT ? folder : join(folder, name);
}

const fileOf = (folder: string): string => join(folder, "run.json");

export function writeRun(folder: string, record: RunRecord): void {
  mkdirSync(folder, { recursive: true });
  const draft = `${fileOf(folder)}.draft`;
  writeFileSync(draft, JSON.stringify(record, undefined, 2));
  renameSync(draft, fileOf(folder));
}

/** Undefined when nothing was started. */
export function readRun(folder: string): RunRecord | undefined {
  try {
    return JSON.parse(readFileSync(fileOf(folder), "utf8")) as RunRecord;
  } catch {
    return undefined;
  }
}

export function forgetRun(folder: string): void {
  rmSync(fileOf(folder), { force: true });
}

/** Whether what a record speaks of is somebody's, runs on its own, or is what a crash or a reboot left. */
export function judgeRun(record: RunRecord): RunLife {
  if (record.owner !== undefined && isRunning(record.owner)) return "owned";
  if (record.owner !== undefined) return "left-over";
  if (record.cluster === undefined) {
    return record.processes.some((each) => isRunning(each)) ? "up" : "left-over";
  }
  const cluster = clusterOfRun(record);
  return cluster !== undefined && judgeLife(cluster).kind !== "left-over" ? "up" : "left-over";
}

/** State of the cluster that this run started; undefined when it is gone, or its name is somebody else's by now. */
export function clusterOfRun({ cluster, owner }: RunRecord): ClusterState | undefined {
  if (cluster === undefined) return undefined;
  const state = readState(defaultStateDir(cluster.name));
  if (state === undefined) return undefined;
  const isSame =
    cluster.startedAt === undefined
      ? isEqual(state.owner, owner)
      : state.startedAt === cluster.startedAt;
  return isSame ? state : undefined;
}

function isEqual(one: ProcessIdentity | undefined, other: ProcessIdentity | undefined): boolean {
  return one !== undefined && one.pid === other?.pid && one.startedAt === other.startedAt;
}
