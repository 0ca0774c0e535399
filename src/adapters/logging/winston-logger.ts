import { createLogger as createWinston, format, transports, type Logger as Winston } from "winston";
import type { LogFields } from "../../runtime/log-fields.ts";
import type { Clock } from "../../runtime/ports/clock.ts";
import type { LogControl, Logger } from "../../runtime/ports/logger.ts";
import { lineFields } from "./field-names.ts";
import { LogTail } from "./log-tail.ts";

export const LOG_LEVELS = ["error", "warn", "info", "debug"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LoggerOptions {
  readonly process: string;
  readonly version: string;
  readonly level: LogLevel;
  readonly clock: Clock;
  /** Where the lines go; default standard output. */
  readonly stream?: NodeJS.WritableStream;
}

/** A log and what can be asked of it. */
export interface Log {
  readonly logger: Logger;
  readonly control: LogControl;
}

/** As {@link createLog}, for who only writes. */
export function createLogger(options: LoggerOptions): Logger {
  return createLog(options).logger;
}

/** One JSON object per line: `timestamp level message process version`, then the fields. */
export function createLog(options: LoggerOptions): Log {
  const always = { process: options.process, version: options.version };
  const tail = new LogTail();
  const line = format.printf(({ level, message, ...fields }) => {
    const text = JSON.stringify({
      timestamp: new Date(options.clock.nowMs()).toISOString(),
      level,
      message,
      ...always,
      ...lineFields(fields as LogFields),
    });
    tail.append(`${text}\n`);
    return text;
  });
  const winston = createWinston({ level: options.level, format: line });
  // winston's typings declare its transports apart from the base class they extend.
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment
  winston.add(new transports.Stream({ stream: options.stream ?? process.stdout }));
  const control: LogControl = {
    setVerbose: (isVerbose) => {
      winston.level = isVerbose ? "debug" : options.level;
    },
    get size() {
      return tail.size;
    },
    get keptFrom() {
      return tail.keptFrom;
    },
    read: (offset, length) => tail.read(offset, length),
  };
  return { logger: new WinstonLogger(winston, {}), control };
}

class WinstonLogger implements Logger {
  readonly #winston: Winston;
  readonly #fields: LogFields;

  constructor(winston: Winston, fields: LogFields) {
    this.#winston = winston;
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

  child(fields: LogFields): Logger {
    return new WinstonLogger(this.#winston, { ...this.#fields, ...fields });
  }

  #write(level: LogLevel, message: string, fields: LogFields | undefined): void {
    this.#winston.log({ ...this.#fields, ...fields, level, message });
  }
}
