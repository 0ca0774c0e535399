import { type FileHandle, mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";

import { OperatingError } from "../../api/errors/operating-error.ts";
import { asId } from "../../api/ids/ids.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import type {
  RecordVersion,
  Registry,
  RegistryKind,
  RegistryRecord,
} from "../../services/offer-engine/ports.ts";
import { formatLine, type LogEntry, parseLine } from "./log-line.ts";

const LOG_NAME = "registry.log";
const SNAPSHOT_BYTES = 8 * 1024 * 1024;

interface Waiting {
  readonly line: string;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Records in one folder: a write-ahead log of JSON lines with CRC-32C. A change is on disk (fsync, shared by changes that
 * come together) when its promise resolves. Above 8 MiB, and at close, the log is rewritten with what it means.
 * A torn last line is cut with a warning; damage anywhere else is refused.
 */
export class FileRegistry implements Registry {
  readonly #path: string;
  readonly #records: Map<string, RegistryRecord>;
  #file: FileHandle;
  #bytes: number;
  #version: number;
  #waiting: Waiting[] = [];
  #flushing: Promise<void> | undefined;

  private constructor(path: string, loaded: Loaded, file: FileHandle) {
    this.#path = path;
    this.#records = loaded.records;
    this.#version = loaded.version;
    this.#bytes = loaded.bytes;
    this.#file = file;
  }

  /** @throws {OperatingError} REGISTRY_CORRUPT when a line that is not the last is damaged. */
  static async open(folder: string, logger: Logger): Promise<FileRegistry> {
    await mkdir(folder, { recursive: true });
    const path = join(folder, LOG_NAME);
    const loaded = await load(path, logger);
    const file = await open(path, "a");
    await file.truncate(loaded.bytes);
    return new FileRegistry(path, loaded, file);
  }

  get(kind: RegistryKind, key: string): Promise<RegistryRecord | undefined> {
    return Promise.resolve(this.#records.get(placeOf(kind, key)));
  }

  list(kind: RegistryKind): Promise<readonly RegistryRecord[]> {
    return Promise.resolve([...this.#records.values()].filter((record) => record.kind === kind));
  }

  async put(
    kind: RegistryKind,
    key: string,
    bytes: Uint8Array,
    expected?: RecordVersion | "absent",
  ): Promise<RecordVersion> {
    this.#expect(kind, key, expected);
    this.#version += 1;
    const version = asId<RecordVersion>(String(this.#version));
    this.#records.set(placeOf(kind, key), { kind, key, bytes, version });
    const value = Buffer.from(bytes).toString("base64");
    await this.#append({ kind, key, version: this.#version, value });
    return version;
  }

  async delete(kind: RegistryKind, key: string, expected?: RecordVersion): Promise<void> {
    if (!this.#records.has(placeOf(kind, key))) return;
    this.#expect(kind, key, expected);
    this.#version += 1;
    this.#records.delete(placeOf(kind, key));
    await this.#append({ kind, key, version: this.#version });
  }

  /** Compacts and closes; writes after it fail. */
  async close(): Promise<void> {
    await this.#flushing;
    await this.#compact();
    await this.#file.close();
  }

  #expect(kind: RegistryKind, key: string, expected: RecordVersion | "absent" | undefined): void {
    if (expected === undefined) return;
    const stored = this.#records.get(placeOf(kind, key))?.version;
    if (expected === "absent" ? stored === undefined : stored === expected) return;
    throw new OperatingError("REGISTRY_CONFLICT", "the record is not the one expected", {
      details: { kind, key },
    });
  }

  #append(entry: LogEntry): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({ line: formatLine(entry), done, failed });
      this.#flushing ??= this.#flush();
    });
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        const data = Buffer.from(group.map(({ line }) => line).join(""));
        await this.#file.appendFile(data);
        await this.#file.datasync();
        this.#bytes += data.length;
        if (this.#bytes > SNAPSHOT_BYTES) await this.#compact();
        for (const { done } of group) done();
      } catch (error) {
        for (const { failed } of group) failed(error);
      }
    }
    this.#flushing = undefined;
  }

  /** Write, fsync, rename, fsync the folder: at every instant one whole log is there. */
  async #compact(): Promise<void> {
    const lines = [...this.#records.values()].map(({ kind, key, bytes, version }) =>
      formatLine({
        kind,
        key,
        version: Number(version),
        value: Buffer.from(bytes).toString("base64"),
      }),
    );
    const data = Buffer.from(lines.join(""));
    const temporary = `${this.#path}.new`;
    const file = await open(temporary, "w");
    await file.writeFile(data);
    await file.sync();
    await rename(temporary, this.#path);
    const folder = await open(dirname(this.#path), "r");
    await folder.sync();
    await folder.close();
    await this.#file.close();
    await file.close();
    this.#file = await open(this.#path, "a");
    this.#bytes = data.length;
  }
}

interface Loaded {
  readonly records: Map<string, RegistryRecord>;
  readonly version: number;
  /** Length of the part of the log that is whole. */
  readonly bytes: number;
}

function placeOf(kind: string, key: string): string {
  return `${kind}/${key}`;
}

async function load(path: string, logger: Logger): Promise<Loaded> {
  const text = await readIfThere(path);
  const records = new Map<string, RegistryRecord>();
  let version = 0;
  let at = 0;
  while (at < text.length) {
    const end = text.indexOf("\n", at);
    const entry = end < 0 ? undefined : parseLine(text.subarray(at, end).toString());
    if (entry === undefined) {
      const isLast = end < 0 || end === text.length - 1;
      if (!isLast) {
        throw new OperatingError("REGISTRY_CORRUPT", "the registry's log is damaged", {
          details: { path, offset: at },
        });
      }
      logger.warn("the last write of the registry was torn and is cut off", { path });
      break;
    }
    applyEntry(records, entry);
    version = Math.max(version, entry.version);
    at = end + 1;
  }
  return { records, version, bytes: at };
}

function applyEntry(records: Map<string, RegistryRecord>, entry: LogEntry): void {
  const place = placeOf(entry.kind, entry.key);
  if (entry.value === undefined) {
    records.delete(place);
    return;
  }
  records.set(place, {
    kind: entry.kind as RegistryKind,
    key: entry.key,
    bytes: Buffer.from(entry.value, "base64"),
    version: asId<RecordVersion>(String(entry.version)),
  });
}

async function readIfThere(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}
