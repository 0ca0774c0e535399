import type { LogFields } from "../log-fields.ts";

/** What can be asked of a process's log while it runs. */
export interface LogControl {
  /** True: everything is written, whatever level the process was started with; false: that level again. */
  setVerbose(isVerbose: boolean): void;
  /** Bytes written since the process began. */
  readonly size: number;
  /** Offset of the first byte that can still be read. */
  readonly keptFrom: number;
  /** What is kept of `length` bytes from `offset` on; shorter at the end of the log. */
  read(offset: number, length: number): Uint8Array;
}

/** Structured log. The message is constant text; everything that varies is a field of the typed list. */
export interface Logger {
  error(message: string, fields: LogFields & { readonly error: unknown }): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  /** A logger that adds `fields` to every line. */
  child(fields: LogFields): Logger;
}
