import type { LogFields } from "../log-fields.ts";

/** Structured log. The message is constant text; everything that varies is a field of the typed list. */
export interface Logger {
  error(message: string, fields: LogFields & { readonly error: unknown }): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  /** A logger that adds `fields` to every line. */
  child(fields: LogFields): Logger;
}
