import { z } from "zod";
import { PATTERN_NAMES } from "../../domain/frameworks/patterns/patterns.ts";
import { type Given, list, logLevel, masterUrls, parseOptions } from "../options.ts";

/** `3`, or `0:2,30:5`: from second 30 on 5. */
const schedule = list
  .transform((items, context) =>
    items.map((item) => {
      const [, seconds = "0", count] = /^(?:(\d+):)?(\d+)$/.exec(item) ?? [];
      if (count !== undefined) return { afterMs: Number(seconds) * 1000, count: Number(count) };
      context.addIssue({ code: "custom", message: "give a number, or seconds:number,…" });
      return z.NEVER;
    }),
  )
  .pipe(z.array(z.object({ afterMs: z.number(), count: z.number() })).min(1));

const cpus = z.coerce.number().min(0.001);
const mem = z.coerce.number().int().min(1);
const tasks = z.coerce.number().int().min(0);
const seconds = z.coerce.number().min(0);

/** What every framework is told. */
const common = {
  master: list.pipe(masterUrls),
  role: z.string().min(1).default("*"),
  user: z.string().min(1).default("nobody"),
  failoverTimeout: seconds.default(60),
  principal: z.string().min(1).optional(),
  secret: z.string().optional(),
  contentType: z.enum(["json", "protobuf"]).default("json"),
  logLevel: logLevel.default("info"),
};
const frameworkName = z
  .string()
  .regex(/^[a-zA-Z0-9._-]{1,100}$/, "letters, digits, dot, dash, underscore");

const shortTasks = z.strictObject({
  ...common,
  pattern: z.literal("short-tasks").default("short-tasks"),
  name: frameworkName.default("short-tasks"),
  tasks: tasks.default(10),
  parallel: z.coerce.number().int().min(1).max(10_000).default(4),
  cpus: cpus.default(0.1),
  mem: mem.default(32),
  command: z.string().min(1).default("sleep 1; echo done"),
});

const known = z
  .strictObject({
    ...common,
    pattern: z.enum(PATTERN_NAMES),
    name: frameworkName.optional(),
    tasks: tasks.min(1).optional(),
    instances: schedule.optional(),
    cpus: cpus.optional(),
    mem: mem.optional(),
    command: z.string().min(1).optional(),
    duration: seconds.optional(),
    executors: z.enum(["custom", "task"]).default("task"),
    binDir: z.string().min(1).optional(),
    frameworkId: z.string().min(1).optional(),
    stateFile: z.string().min(1).optional(),
    teardown: z.boolean().default(false),
    uninstall: z.boolean().default(false),
  })
  .refine(({ pattern, role }) => pattern !== "cassandra" || role !== "*", {
    path: ["role"],
    message: "cassandra reserves, and * cannot be reserved for: name a role",
  })
  .refine(({ pattern, uninstall }) => pattern === "cassandra" || !uninstall, {
    path: ["uninstall"],
    message: "only cassandra keeps anything over its end",
  });

const secretNeedsPrincipal = (options: {
  readonly principal?: string | undefined;
  readonly secret?: string | undefined;
}): boolean => options.secret === undefined || options.principal !== undefined;
const NEEDS_PRINCIPAL = { path: ["secret"], message: "needs --principal" };

export type ShortTasksConfig = Readonly<z.output<typeof shortTasks>>;
export type PatternConfig = Readonly<z.output<typeof known>>;
/** Validated options of `orchestrator framework`; `tasks` 0 of short tasks = run for ever. */
export type FrameworkConfig = ShortTasksConfig | PatternConfig;

/** @throws {OperatingError} CONFIG_INVALID naming every option that is wrong. */
export function parseFrameworkConfig(options: Given): FrameworkConfig {
  const isKnown = (options["pattern"] ?? "short-tasks") !== "short-tasks";
  return Object.freeze(
    isKnown
      ? parseOptions(known.refine(secretNeedsPrincipal, NEEDS_PRINCIPAL), options)
      : parseOptions(shortTasks.refine(secretNeedsPrincipal, NEEDS_PRINCIPAL), options),
  );
}
