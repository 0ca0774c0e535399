import type { LineSink } from "../../services/audit-log/ports.ts";

/** Audit lines between those of the log. */
export const STANDARD_OUTPUT: LineSink = {
  write: (line) => void process.stdout.write(`${line}\n`),
};
