import { ERROR_TABLE, type ErrorCode, type Retry } from "./table.ts";

/** Facts about a failure that are safe to log and to show: never secrets, never whole objects. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export interface OperatingErrorOptions {
  readonly hint?: string;
  readonly details?: ErrorDetails;
  readonly cause?: unknown;
}

/**
 * A failure of the world around us (network, API server, bad input), as opposed to a programmer error.
 * Match on `code`; whether to try again and the default hint come from the error table.
 */
export class OperatingError extends Error {
  override readonly name = "OperatingError";
  readonly code: ErrorCode;
  readonly retry: Retry;
  readonly hint: string;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: OperatingErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    const row = ERROR_TABLE[code];
    this.code = code;
    this.retry = row.retry;
    this.hint = options.hint ?? row.hint;
    this.details = options.details ?? {};
  }
}

/** True for an {@link OperatingError}, of that code if one is given; works across copies of the package. */
export function isOperatingError(error: unknown, code?: ErrorCode): error is OperatingError {
  if (!(error instanceof Error) || error.name !== "OperatingError") return false;
  return code === undefined || ("code" in error && error.code === code);
}
