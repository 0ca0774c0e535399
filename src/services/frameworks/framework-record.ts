import { z } from "zod";
import { OperatingError } from "../../api/errors/operating-error.ts";

/** What a framework must know again after a restart; everything else the master tells it. */
export interface FrameworkRecord {
  readonly frameworkId: string;
  /** Agent by `component-index`, of components with a home. */
  readonly homes: Readonly<Record<string, string>>;
}

/** A file, or nothing. */
export interface TextFile {
  /** Undefined while there is none. */
  read(): Promise<string | undefined>;
  /** Durable before it resolves. */
  write(text: string): Promise<void>;
}

const recordSchema = z.object({
  frameworkId: z.string().min(1),
  homes: z.record(z.string(), z.string()).default({}),
});

/** Keeps the record in a file, written only when it changed. */
export class FrameworkRecordFile {
  readonly #file: TextFile;
  #written: string | undefined;

  constructor(file: TextFile) {
    this.#file = file;
  }

  /** Undefined for a framework that never ran. @throws {OperatingError} CONFIG_INVALID when the file holds something else. */
  async read(): Promise<FrameworkRecord | undefined> {
    const text = await this.#file.read();
    if (text === undefined) return undefined;
    const parsed = recordSchema.safeParse(jsonOf(text));
    if (!parsed.success) {
      throw new OperatingError(
        "CONFIG_INVALID",
        "--state-file: the file is no record of a framework",
      );
    }
    this.#written = text;
    return parsed.data;
  }

  async keep(record: FrameworkRecord): Promise<void> {
    const text = `${JSON.stringify(record)}\n`;
    if (text === this.#written) return;
    await this.#file.write(text);
    this.#written = text;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
