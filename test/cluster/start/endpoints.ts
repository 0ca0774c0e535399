import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What `npm start` leaves in `.orchestrator/endpoints.json` while everything is up, for people and scripts. */
export interface Endpoints {
  readonly kubeconfig: string;
  /** Mesos master (leader), e.g. `http://127.0.0.1:5050`. */
  readonly mesos: string;
  /** Marathon REST API. */
  readonly marathon: string;
  /** Name of our cluster; absent when an existing one is used. */
  readonly cluster?: string;
  readonly tier: "nodes" | "control-plane" | "existing";
  /** Processes of ours beside the cluster, by name. What `npm stop` ends is told by the run record. */
  readonly pids: Readonly<Record<string, number>>;
}

/** @param folder of the run, see `runFolder`. */
export function endpointsFile(folder: string): string {
  return join(folder, "endpoints.json");
}

export function writeEndpoints(folder: string, endpoints: Endpoints): void {
  const file = endpointsFile(folder);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(endpoints, undefined, 2)}\n`);
}

/** Undefined when nothing is up, or the file is not ours. */
export function readEndpoints(folder: string): Endpoints | undefined {
  try {
    return JSON.parse(readFileSync(endpointsFile(folder), "utf8")) as Endpoints;
  } catch {
    return undefined;
  }
}

export function forgetEndpoints(folder: string): void {
  rmSync(endpointsFile(folder), { force: true });
}
