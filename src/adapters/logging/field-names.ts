import { isOperatingError } from "../../api/errors/operating-error.ts";
import type { LogFields } from "../../runtime/log-fields.ts";

const snakeNames = new Map<string, string>();

/** `reconcileId` → `reconcile_id`, as fields stand on the line. */
export function snakeCase(name: string): string {
  let snake = snakeNames.get(name);
  if (snake === undefined) {
    snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    snakeNames.set(name, snake);
  }
  return snake;
}

/** The fields as they are written: snake_case names, an error spread over its `err_` fields, nothing undefined. */
export function lineFields(fields: LogFields): Record<string, unknown> {
  const line: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (name === "error") Object.assign(line, errorFields(value));
    else line[snakeCase(name)] = value;
  }
  return line;
}

function errorFields(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { err_message: String(error) };
  const line: Record<string, unknown> = { err_message: error.message, err_stack: error.stack };
  if (isOperatingError(error)) {
    line["err_code"] = error.code;
    line["err_retry"] = error.retry;
    line["err_hint"] = error.hint;
    // An operating failure is a state of the world: where our code stood says nothing to the reader.
    delete line["err_stack"];
  }
  if (error.cause instanceof Error) {
    line["err_message"] = `${error.message}: ${error.cause.message}`;
  }
  return line;
}
