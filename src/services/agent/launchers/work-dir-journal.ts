import { OperatingError } from "../../../api/errors/operating-error.ts";
import { decodeJson } from "../../../api/mesos/json-decode.ts";
import { TaskStatus } from "../../../api/mesos/task-status.ts";
import type { KillOrder, RunRecord } from "../../../domain/agent/run.ts";
import type { OperationBook } from "../../../domain/agent/operation-book.ts";
import type { StreamRecord } from "../../../domain/agent/update-stream.ts";
import type { Logger } from "../../../runtime/ports/logger.ts";
import type { DurableFiles, FolderLock } from "../file-ports.ts";
import type { Journal, Journaled, RecordedRun } from "../ports.ts";
import { encodeOperationBook, readOperationBook } from "./operation-book-codec.ts";
import { readRunRecord } from "./run-record-codec.ts";
import { WorkDir } from "./work-dir.ts";

export interface WorkDirJournalParts {
  readonly root: string;
  readonly files: DurableFiles;
  readonly lock: FolderLock;
  readonly logger: Logger;
  /** Damage other than a torn last line ends the start; else the damaged run is left out. */
  readonly strict: boolean;
}

/** The journal in `work_dir/meta`: JSON files, one folder per run, JSON lines for update streams. */
export class WorkDirJournal implements Journal {
  readonly keepsOperations = true;
  readonly #parts: WorkDirJournalParts;
  readonly #dir: WorkDir;
  #agentId = "unregistered";

  constructor(parts: WorkDirJournalParts) {
    this.#parts = parts;
    this.#dir = new WorkDir(parts.root, () => this.#agentId);
  }

  /** Paths of this journal, for those who put other things beside it. */
  get dir(): WorkDir {
    return this.#dir;
  }

  async open(): Promise<Journaled> {
    await this.#parts.lock.acquire(this.#parts.root);
    const agentId = await this.#readAgentId();
    if (agentId === undefined) return { runs: [] };
    this.#agentId = agentId;
    const operations = await this.#readOperations();
    return {
      agentId,
      runs: await this.#readRuns(),
      ...(operations === undefined ? {} : { operations }),
    };
  }

  async writeAgent(agentId: string): Promise<void> {
    this.#agentId = agentId;
    await this.#parts.files.write(this.#dir.agentInfo, JSON.stringify({ id: { value: agentId } }));
  }

  async writeRun(record: RunRecord): Promise<void> {
    await this.#parts.files.write(`${this.#runOf(record)}/launch.info`, JSON.stringify(record));
  }

  async writeKill(record: RunRecord, kill: KillOrder): Promise<void> {
    await this.#parts.files.write(`${this.#runOf(record)}/kill.info`, JSON.stringify(kill));
  }

  async writeUpdate(record: RunRecord, taskId: string, line: StreamRecord): Promise<void> {
    const { containerId, frameworkId, executorId } = record;
    const folder = this.#dir.meta(containerId, frameworkId, executorId, taskId);
    await this.#parts.files.append(`${folder}/task.updates`, JSON.stringify(line));
  }

  async writeOperations(book: OperationBook): Promise<void> {
    await this.#parts.files.write(this.#dir.operations, encodeOperationBook(book));
  }

  async forgetRun(record: RunRecord): Promise<void> {
    await this.#parts.files.remove(this.#runOf(record));
  }

  async close(): Promise<void> {
    await this.#parts.lock.release();
  }

  async #readAgentId(): Promise<string | undefined> {
    const text = await this.#parts.files.readText(this.#dir.agentInfo);
    if (text === undefined) return undefined;
    const { id } = this.#parse(this.#dir.agentInfo, text) as { id?: { value?: unknown } };
    if (typeof id?.value === "string") return id.value;
    throw corrupt(this.#dir.agentInfo);
  }

  /** Damage ends the start, strict or not: without it reservations and volumes would be given away. */
  async #readOperations(): Promise<OperationBook | undefined> {
    const path = this.#dir.operations;
    const text = await this.#parts.files.readText(path);
    if (text === undefined) return undefined;
    const book = readOperationBook(this.#parse(path, text));
    if (book === undefined) throw corrupt(path);
    return book;
  }

  async #readRuns(): Promise<readonly RecordedRun[]> {
    const { files } = this.#parts;
    const runs: RecordedRun[] = [];
    const frameworks = `${this.#dir.metaSlaves}/${this.#agentId}/frameworks`;
    for (const frameworkId of await files.list(frameworks)) {
      const executors = `${frameworks}/${frameworkId}/executors`;
      for (const executorId of await files.list(executors)) {
        const folder = `${executors}/${executorId}/runs`;
        for (const containerId of await files.list(folder)) {
          const run = await this.#tryReadRun(`${folder}/${containerId}`);
          if (run !== undefined) runs.push(run);
        }
      }
    }
    return runs;
  }

  async #tryReadRun(folder: string): Promise<RecordedRun | undefined> {
    try {
      return await this.#readRun(folder);
    } catch (error) {
      if (this.#parts.strict) throw error;
      this.#parts.logger.warn("left out a damaged run", {
        path: folder,
        errMessage: String(error),
      });
      return undefined;
    }
  }

  async #readRun(folder: string): Promise<RecordedRun | undefined> {
    const path = `${folder}/launch.info`;
    const text = await this.#parts.files.readText(path);
    // Without it nothing was started: the folder is of a write that never ended.
    if (text === undefined) return undefined;
    const record = readRunRecord(this.#parse(path, text));
    if (record === undefined) throw corrupt(path);
    const killText = await this.#parts.files.readText(`${folder}/kill.info`);
    const updates = new Map<string, readonly StreamRecord[]>();
    for (const task of record.tasks) {
      const file = `${folder}/tasks/${task.task_id.value}/task.updates`;
      updates.set(task.task_id.value, await this.#readLines(file));
    }
    return {
      record,
      updates,
      ...(killText === undefined
        ? {}
        : { kill: this.#parse(`${folder}/kill.info`, killText) as KillOrder }),
    };
  }

  async #readLines(path: string): Promise<readonly StreamRecord[]> {
    const text = (await this.#parts.files.readText(path)) ?? "";
    const lines = text.split("\n");
    const torn = lines.pop() ?? "";
    if (torn !== "") {
      this.#parts.logger.warn("cut a torn last line", { path });
      await this.#parts.files.write(path, lines.map((line) => `${line}\n`).join(""));
    }
    return lines.map((line) => {
      const record = readStreamRecord(this.#parse(path, line));
      if (record === undefined) throw corrupt(path);
      return record;
    });
  }

  #runOf({ containerId, frameworkId, executorId }: RunRecord): string {
    return this.#dir.run(containerId, frameworkId, executorId);
  }

  #parse(path: string, text: string): unknown {
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw corrupt(path, cause);
    }
  }
}

function readStreamRecord(raw: unknown): StreamRecord | undefined {
  const { kind, uuid, status } = raw as { kind?: unknown; uuid?: unknown; status?: unknown };
  if (kind === "acknowledged" && typeof uuid === "string") return { kind, uuid };
  if (kind !== "update") return undefined;
  const decoded = decodeJson(TaskStatus, status);
  return decoded.ok ? { kind, status: decoded.value } : undefined;
}

function corrupt(path: string, cause?: unknown): OperatingError {
  return new OperatingError("AGENT_META_CORRUPT", `${path} is damaged`, {
    details: { path },
    cause,
  });
}
