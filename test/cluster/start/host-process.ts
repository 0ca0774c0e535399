import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ClusterError } from "../host/cluster-error.ts";
import { identifyProcess, isRunning, type ProcessIdentity } from "../host/process-identity.ts";

/** A process that outlives us, named so that a later one with its number is never taken for it. */
export interface HostProcess extends ProcessIdentity {
  readonly name: string;
  readonly logFile: string;
}

export interface HostProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly logFolder: string;
}

const GRACE_MS = 8_000;
const LOOK_EVERY_MS = 50;

/** Starts it in a group of its own, with a new log. @throws {ClusterError} when it cannot run. */
export function startHostProcess({ name, command, args, logFolder }: HostProcessSpec): HostProcess {
  mkdirSync(logFolder, { recursive: true });
  const logFile = join(logFolder, `${name}.log`);
  const log = openSync(logFile, "w");
  const child = spawn(command, args, { detached: true, stdio: ["ignore", log, log] });
  closeSync(log);
  child.on("error", () => undefined);
  child.unref();
  const identity = child.pid === undefined ? undefined : identifyProcess(child.pid);
  if (identity === undefined) throw new ClusterError(`cannot run ${name}`, `its log: ${logFile}`);
  return { ...identity, name, logFile };
}

/** @throws {ClusterError} with the end of its log when it is gone. */
export function requireRunning(started: HostProcess): void {
  if (isRunning(started)) return;
  const end = tailOf(started.logFile, 5).join("\n");
  throw new ClusterError(`${started.name} ended:\n${end}`, `its log: ${started.logFile}`);
}

/** Asks all to end, waits, and kills what is still there. Those that are gone, or were replaced by a stranger, are left alone. */
export async function endHostProcesses(processes: readonly HostProcess[]): Promise<void> {
  const deadlineMs = performance.now() + GRACE_MS;
  const alive = (): HostProcess[] => processes.filter((each) => isRunning(each));
  for (const each of alive()) signal(each.pid, "SIGTERM");
  while (alive().length > 0 && performance.now() < deadlineMs) await delay(LOOK_EVERY_MS);
  for (const each of alive()) signal(-each.pid, "SIGKILL");
}

/**
 * Kills what works in a folder or below: tasks outlive their agent, and are known by their sandbox alone.
 * @returns how many there were. Always 0 where there is no `/proc`.
 */
export function killWorkersBelow(folder: string): number {
  const pids = listPids().filter((pid) => {
    const workingFolder = linkOf(`/proc/${pid}/cwd`);
    return pid !== process.pid && workingFolder.startsWith(`${folder}/`);
  });
  for (const pid of pids) signal(pid, "SIGKILL");
  return pids.length;
}

/** Last lines of a log; none when there is no log. */
export function tailOf(file: string, lines: number): string[] {
  try {
    const text = readFileSync(file, "utf8").trimEnd();
    return text === "" ? [] : text.split("\n").slice(-lines);
  } catch {
    return [];
  }
}

function listPids(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone between the look and the signal: that is what was wanted.
  }
}
