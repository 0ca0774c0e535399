import { rmSync } from "node:fs";
import { join } from "node:path";
import { ClusterError } from "../host/cluster-error.ts";
import { withFileLock } from "../host/file-lock.ts";
import { identifyProcess, isRunning } from "../host/process-identity.ts";
import type { Progress } from "../host/progress.ts";
import { startHostProcess, type HostProcess, type HostProcessSpec } from "./host-process.ts";
import { readEndpoints } from "./endpoints.ts";
import { judgeRun, readRun, runFolder, writeRun, type RunRecord } from "./run-record.ts";
import { removeRun } from "./stop-product.ts";

export interface SessionRequest {
  readonly root: string;
  readonly name: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** One `npm start`: what it puts on the machine is written down before anything else happens. */
export class Session {
  /** Of the repository. */
  readonly root: string;
  /** For overlays, logs and what our processes keep. */
  readonly folder: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly #record: RunRecord;

  private constructor({ root, name, progress, signal }: SessionRequest, record: RunRecord) {
    this.root = root;
    this.folder = runFolder(root, name);
    this.progress = progress;
    this.signal = signal;
    this.#record = record;
  }

  /**
   * Makes this process the one that starts here, after removing what a killed start left.
   * @throws {ClusterError} when something runs already.
   */
  static async begin(request: SessionRequest): Promise<Session> {
    const { progress, signal } = request;
    const folder = runFolder(request.root, request.name);
    const lock = join(folder, "run.lock");
    return await withFileLock(lock, { timeoutMs: 60_000, signal }, async () => {
      const found = readRun(folder);
      if (found !== undefined) await removeLeftover(folder, found, progress);
      const owner = identifyProcess(process.pid);
      const startedAt = new Date().toISOString();
      const record = { ...(owner ? { owner } : {}), startedAt, processes: [] };
      writeRun(folder, record);
      rmSync(join(folder, "logs"), { recursive: true, force: true });
      return new Session(request, record);
    });
  }

  get processes(): readonly HostProcess[] {
    return this.#record.processes;
  }

  /** To be called before the cluster is made, and again when it can be told from a later one of its name. */
  noteCluster(name: string, startedAt?: string): void {
    this.#record.cluster = { name, ...(startedAt === undefined ? {} : { startedAt }) };
    writeRun(this.folder, this.#record);
  }

  /** Starts a process that `npm stop` ends. */
  start(spec: Omit<HostProcessSpec, "logFolder">): HostProcess {
    const started = startHostProcess({ ...spec, logFolder: join(this.folder, "logs") });
    this.#record.processes.push(started);
    writeRun(this.folder, this.#record);
    return started;
  }

  /** Numbers of the processes that run, by name. */
  pids(): Record<string, number> {
    const running = this.processes.filter((each) => isRunning(each));
    return Object.fromEntries(running.map(({ name, pid }) => [name, pid]));
  }

  /** Everything stays when this process ends; `npm stop` ends it. */
  leaveRunning(): void {
    delete this.#record.owner;
    writeRun(this.folder, this.#record);
  }

  /** Takes everything down again. */
  async end(): Promise<void> {
    await removeRun(this.folder, this.#record);
  }
}

async function removeLeftover(folder: string, found: RunRecord, progress: Progress): Promise<void> {
  const life = judgeRun(found);
  if (life === "owned") {
    throw new ClusterError(
      `npm start runs already: process ${found.owner?.pid ?? 0} since ${found.startedAt}`,
      "npm stop, or Ctrl-C there, ends it",
    );
  }
  if (life === "up") {
    const where = readEndpoints(folder)?.mesos ?? `see ${folder}/run.json`;
    throw new ClusterError(
      `it is up already, since ${found.startedAt} (Mesos: ${where})`,
      "npm stop ends it",
    );
  }
  progress.note(`removing what the start of ${found.startedAt} left behind`);
  await removeRun(folder, found);
}
