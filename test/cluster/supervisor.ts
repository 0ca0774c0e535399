import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ClusterError } from "./host/cluster-error.ts";
import { identifyProcess, isRunning } from "./host/process-identity.ts";
import { until } from "./host/until.ts";
import { writeState, type ClusterState, type ProcessRecord } from "./state-file.ts";

export interface ProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Added to a minimal environment: the cluster does not inherit the caller's. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the processes of one cluster, each in a group of its own, and keeps them in its state. */
export interface Supervisor {
  start(spec: ProcessSpec): ProcessRecord;
  /** Kills the whole group at once. Its record stays, so that it can be started again. */
  kill(name: string): Promise<void>;
  restart(name: string): Promise<void>;
  isRunning(name: string): boolean;
  /** @throws {ClusterError} with the end of its log when the process is gone. */
  requireRunning(name: string): void;
}

export function createSupervisor(state: ClusterState): Supervisor {
  const find = (name: string): ProcessRecord => {
    const record = state.processes.find((candidate) => candidate.name === name);
    if (record) return record;
    const known = state.processes.map((candidate) => candidate.name).join(", ");
    throw new ClusterError(`no process ${name} in cluster ${state.name}`, `there are: ${known}`);
  };
  const isAlive = (name: string): boolean => {
    const { identity } = find(name);
    return identity !== undefined && isRunning(identity);
  };
  const kill = async (name: string): Promise<void> => {
    const record = find(name);
    killGroup(record);
    await until(`end of ${name}`, () => !isAlive(name), { timeoutMs: 10_000, intervalMs: 20 });
    delete record.identity;
    writeState(state);
  };
  return {
    start(spec) {
      const logFile = join(state.stateDir, "logs", `${spec.name}.log`);
      const record: ProcessRecord = { ...spec, env: spec.env ?? {}, logFile };
      state.processes.push(record);
      launch(record);
      writeState(state);
      return record;
    },
    kill,
    async restart(name) {
      if (isAlive(name)) await kill(name);
      launch(find(name));
      writeState(state);
    },
    isRunning: isAlive,
    requireRunning(name) {
      if (isAlive(name)) return;
      const { logFile } = find(name);
      throw new ClusterError(`${name} ended:\n${tail(logFile)}`, `its log: ${logFile}`);
    },
  };
}

/** Kills a process with all of its group, unless its number belongs to another one by now. */
export function killGroup(record: ProcessRecord): void {
  const { identity } = record;
  if (identity === undefined || !isRunning(identity)) return;
  for (const target of [-identity.pid, identity.pid]) {
    try {
      process.kill(target, "SIGKILL");
    } catch {
      // Gone already.
    }
  }
}

function launch(record: ProcessRecord): void {
  mkdirSync(dirname(record.logFile), { recursive: true });
  const log = openSync(record.logFile, "a");
  const child = spawn(record.command, record.args, {
    // A group of its own: Ctrl-C reaches only us, and we decide the order of the end.
    detached: true,
    stdio: ["ignore", log, log],
    env: { PATH: standardPath, HOME: process.env["HOME"] ?? "/", ...record.env },
  });
  closeSync(log);
  child.on("error", () => undefined);
  child.unref();
  const identity = child.pid === undefined ? undefined : identifyProcess(child.pid);
  if (identity === undefined) {
    throw new ClusterError(`cannot run ${record.command}`, `its log: ${record.logFile}`);
  }
  record.identity = identity;
}

const standardPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

function tail(file: string): string {
  try {
    return readFileSync(file, "utf8").trimEnd().split("\n").slice(-15).join("\n");
  } catch {
    return "(no log)";
  }
}
