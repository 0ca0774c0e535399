import { z } from "zod";
import { OperatingError } from "../api/errors/operating-error.ts";
import { LOG_LEVELS } from "../adapters/logging/winston-logger.ts";

export type Environment = Readonly<Record<string, string | undefined>>;
/** Values by option, as a source gives them; undefined ones do not count. */
export type Given = Readonly<Record<string, unknown>>;

/** `--strict`, `--strict=false`, `strict: true`. */
export const flag = z.preprocess(
  (value) => (value === "" ? true : value),
  z.stringbool().or(z.boolean()),
);
/** 0: any free port. */
export const port = z.coerce.number().int().min(0).max(65_535);
export const namespaceName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, "a namespace name");
/** namespace/name of a MesosCluster. */
export const clusterKey = z.string().regex(/^[^/]+\/[^/]+$/, "give namespace/name");
export const masterUrls = z.array(z.url({ protocol: /^https?$/ })).min(1);
export const logLevel = z.enum(LOG_LEVELS);
/** `a, b` → `["a", "b"]`. */
export const list = z.string().transform((text) =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== ""),
);

/** `offerTimeoutSeconds` → `offer-timeout-seconds`; Mesos' and Marathon's own names stay as they are. */
const optionName = (field: string): string =>
  field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Options of the environment: `<prefix>OFFER_TIMEOUT_SECONDS` → `offerTimeoutSeconds`. Other variables are left alone. */
export function fromEnvironment(
  environment: Environment,
  prefix: string,
  fields: readonly string[],
): Given {
  const variable = (field: string): string =>
    `${prefix}${optionName(field).replaceAll("-", "_").toUpperCase()}`;
  return Object.fromEntries(fields.map((field) => [field, environment[variable(field)]]));
}

/**
 * The options of a process, validated.
 * @param sources the one that wins first: flags, environment, file, surroundings.
 * @throws {OperatingError} CONFIG_INVALID naming every option that is wrong.
 */
export function parseOptions<S extends z.ZodType>(
  schema: S,
  ...sources: readonly Given[]
): z.output<S> {
  const given = sources.toReversed().flatMap((source) => Object.entries(source));
  const parsed = schema.safeParse(
    Object.fromEntries(given.filter(([, value]) => value !== undefined)),
  );
  if (parsed.success) return parsed.data;
  throw new OperatingError("CONFIG_INVALID", parsed.error.issues.flatMap(faultsOf).join("\n"));
}

function faultsOf(issue: z.core.$ZodIssue): readonly string[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => `--${optionName(key)}: no such option`);
  }
  if (issue.path.length === 0) return [issue.message];
  return [`--${optionName(issue.path.join("."))}: ${issue.message}`];
}
