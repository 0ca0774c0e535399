import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProcessIdentity } from "./host/process-identity.ts";

/** Everything a cluster put on this machine, written before it is put there. */
export interface ClusterState {
  readonly name: string;
  readonly stateDir: string;
  /** Who started it and stops it; absent once the cluster was left running on purpose. */
  owner?: ProcessIdentity;
  readonly startedAt: string;
  tier: string;
  apiServerUrl?: string;
  /** In the order of their start. */
  processes: ProcessRecord[];
  links: string[];
  namespaces: string[];
  /** Absolute folders of control groups. */
  cgroups: string[];
  nodes: NodeRecord[];
}

export interface NodeRecord {
  readonly name: string;
  readonly ip: string;
  readonly hubNamespace: string;
  readonly hubLink: string;
  readonly containerdSocket: string;
  readonly folder: string;
}

export interface ProcessRecord {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  identity?: ProcessIdentity;
}

const fileName = "state.json";

export function writeState(state: ClusterState): void {
  mkdirSync(state.stateDir, { recursive: true, mode: 0o700 });
  const draft = join(state.stateDir, `${fileName}.draft`);
  writeFileSync(draft, JSON.stringify(state, undefined, 2), { mode: 0o600 });
  renameSync(draft, join(state.stateDir, fileName));
}

export function readState(stateDir: string): ClusterState | undefined {
  try {
    return JSON.parse(readFileSync(join(stateDir, fileName), "utf8")) as ClusterState;
  } catch {
    return undefined;
  }
}

/** States of all clusters below `root`, by name. */
export function listStates(root: string): ClusterState[] {
  let names: string[];
  try {
    names = readdirSync(root);
  } catch {
    return [];
  }
  return names
    .sort()
    .map((name) => readState(join(root, name)))
    .filter((state) => state !== undefined);
}
