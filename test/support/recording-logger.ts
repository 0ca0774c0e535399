import type { LogFields } from "../../src/runtime/log-fields.ts";
import type { Logger } from "../../src/runtime/ports/logger.ts";

export interface LoggedLine extends LogFields {
  readonly level: "error" | "warn" | "info" | "debug";
  readonly message: string;
}

/** Keeps its lines for the test to read. Children write into the same list. */
export class RecordingLogger implements Logger {
  readonly lines: LoggedLine[];
  readonly #fields: LogFields;

  constructor(lines: LoggedLine[] = [], fields: LogFields = {}) {
    this.lines = lines;
    this.#fields = fields;
  }

  error(message: string, fields: LogFields & { readonly error: unknown }): void {
    this.#write("error", message, fields);
  }
  warn(message: string, fields?: LogFields): void {
    this.#write("warn", message, fields);
  }
  info(message: string, fields?: LogFields): void {
    this.#write("info", message, fields);
  }
  debug(message: string, fields?: LogFields): void {
    this.#write("debug", message, fields);
  }
  child(fields: LogFields): RecordingLogger {
    return new RecordingLogger(this.lines, { ...this.#fields, ...fields });
  }

  #write(level: LoggedLine["level"], message: string, fields: LogFields = {}): void {
    this.lines.push({ ...this.#fields, ...fields, level, message });
  }
}
