import { appendFile, mkdir, readdir, readFile, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../runtime/ports/clock.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import type { LineSink } from "../../services/audit-log/ports.ts";

const DAY_MS = 24 * 3600 * 1000;
const NAME = /^audit-(\d{4}-\d{2}-\d{2})\.jsonl$/;

export interface DailyAuditFilesOptions {
  readonly folder: string;
  /** Files of days before are removed. */
  readonly retentionDays: number;
}

/** Audit lines in one file a day, `audit-<date>.jsonl` (UTC), only ever appended to. */
export class DailyAuditFiles implements LineSink {
  readonly #options: DailyAuditFilesOptions;
  readonly #clock: Pick<Clock, "nowMs">;
  readonly #logger: Logger;
  #waiting: string[] = [];
  #writing: Promise<void> = Promise.resolve();
  #day = "";

  private constructor(
    options: DailyAuditFilesOptions,
    clock: Pick<Clock, "nowMs">,
    logger: Logger,
  ) {
    this.#options = options;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** The files, and the last line that was written to them: where a chain goes on. A line that was torn is taken out. */
  static async open(
    options: DailyAuditFilesOptions,
    parts: { readonly clock: Pick<Clock, "nowMs">; readonly logger: Logger },
  ): Promise<{ readonly files: DailyAuditFiles; readonly lastLine: string | undefined }> {
    const { folder } = options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const files = new DailyAuditFiles(options, parts.clock, parts.logger);
    // A file is empty when its only line was torn, or when there was no room for one.
    for (const name of (await auditFiles(folder)).toReversed()) {
      const lastLine = await mendedLastLine(join(folder, name), parts.logger);
      if (lastLine !== undefined) return { files, lastLine };
    }
    return { files, lastLine: undefined };
  }

  write(line: string): void {
    this.#waiting.push(line);
    if (this.#waiting.length === 1) this.#writing = this.#writing.then(() => this.#flush());
  }

  /** Resolves when everything that was given has been written, or could not be. */
  settled(): Promise<void> {
    return this.#writing;
  }

  async #flush(): Promise<void> {
    const lines = this.#waiting;
    this.#waiting = [];
    const day = new Date(this.#clock.nowMs()).toISOString().slice(0, 10);
    const path = join(this.#options.folder, `audit-${day}.jsonl`);
    try {
      await appendFile(path, `${lines.join("\n")}\n`, { mode: 0o600, flush: true });
      if (day !== this.#day) await this.#removeOld();
      this.#day = day;
    } catch (error) {
      this.#logger.error("Lines of the audit log could not be written.", {
        error,
        count: lines.length,
      });
    }
  }

  async #removeOld(): Promise<void> {
    const { folder, retentionDays } = this.#options;
    const oldestMs = this.#clock.nowMs() - retentionDays * DAY_MS;
    const oldest = new Date(oldestMs).toISOString().slice(0, 10);
    for (const name of await auditFiles(folder)) {
      if ((NAME.exec(name)?.[1] ?? "") < oldest) await rm(join(folder, name));
    }
  }
}

/** Oldest first. */
async function auditFiles(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => NAME.test(name)).sort();
}

/** The last line of the file; what was written without its end is completed, or cut off when it is not whole. */
async function mendedLastLine(path: string, logger: Logger): Promise<string | undefined> {
  const text = await readFile(path, "utf8");
  const end = text.lastIndexOf("\n") + 1;
  const tail = text.slice(end);
  if (tail !== "" && isJson(tail)) {
    await appendFile(path, "\n", { flush: true });
    return tail;
  }
  if (tail !== "") {
    await truncate(path, Buffer.byteLength(text.slice(0, end)));
    logger.warn("A torn last line was cut off an audit file.", { path });
  }
  const line = text
    .slice(0, Math.max(0, end - 1))
    .split("\n")
    .at(-1);
  return line === "" ? undefined : line;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
