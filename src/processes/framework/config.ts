import { z } from "zod";
import { type Given, list, logLevel, masterUrls, parseOptions } from "../options.ts";

const schema = z.object({
  master: list.pipe(masterUrls),
  role: z.string().min(1),
  name: z.string().regex(/^[a-zA-Z0-9._-]{1,100}$/, "letters, digits, dot, dash, underscore"),
  user: z.string().min(1),
  tasks: z.coerce.number().int().min(0),
  parallel: z.coerce.number().int().min(1).max(10_000),
  cpus: z.coerce.number().min(0.001),
  mem: z.coerce.number().int().min(1),
  command: z.string().min(1),
  failoverTimeout: z.coerce.number().min(0),
  logLevel,
});

/** Validated options of `orchestrator framework`; `tasks` 0 = run for ever. */
export type FrameworkConfig = Readonly<z.output<typeof schema>>;

/** @throws {OperatingError} CONFIG_INVALID naming every option that is wrong. */
export function parseFrameworkConfig(options: Given): FrameworkConfig {
  return Object.freeze(parseOptions(schema, options));
}
