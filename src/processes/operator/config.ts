import { hostname } from "node:os";
import { z } from "zod";
import { OperatingError } from "../../api/errors/operating-error.ts";

const flag = z.preprocess((value) => (value === "" ? true : value), z.stringbool().or(z.boolean()));
const names = z
  .string()
  .or(z.array(z.string()))
  .transform((value) => (typeof value === "string" ? value.split(",") : value))
  .pipe(z.array(z.string().min(1)));
const labelKeys = names.refine((keys) => !keys.some((key) => key.includes("argocd.argoproj.io")), {
  message: "Argo CD's own keys may not be inherited: it would prune the children",
});
const port = z.coerce.number().int().min(0).max(65_535);
const namespace = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, "a namespace name");

const schema = z.strictObject({
  kubeconfig: z.string().min(1).optional(),
  namespace: namespace.optional(),
  serviceAccount: z.string().min(1).default("orchestrator-operator"),
  watchNamespace: namespace.optional(),
  instance: z
    .string()
    .regex(/^[a-z0-9]([-a-z0-9]{0,29}[a-z0-9])?$/, "lower-case letters, digits, dash")
    .optional(),
  image: z.string().min(1).default("localhost/orchestrator:dev"),
  nodeImage: z.string().min(1).default("localhost/orchestrator-node:dev"),
  maxConcurrent: z.coerce.number().int().min(1).max(100).default(10),
  inheritLabels: labelKeys.default([]),
  inheritAnnotations: labelKeys.default([]),
  rolloutsInstanceId: z.string().min(1).optional(),
  leaderElect: flag.default(true),
  kubeQps: z.coerce.number().positive().optional(),
  kubeBurst: z.coerce.number().int().positive().optional(),
  healthAddress: z.string().min(1).default("0.0.0.0"),
  healthPort: port.default(8081),
  metricsOnHealth: flag.default(false),
  logLevel: z.enum(["error", "warn", "info", "debug"]).default("info"),
  identity: z.string().min(1),
});

/** Validated configuration of `orchestrator operator`. */
export type OperatorConfig = Readonly<z.output<typeof schema>>;

const FIELDS = Object.keys(schema.shape);
const flagName = (field: string): string => field.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);

/** `ORCHESTRATOR_LOG_LEVEL` → `logLevel`; variables that are no flag of the operator are left alone. */
function fromEnvironment(environment: Readonly<Record<string, string | undefined>>): object {
  const entries = FIELDS.flatMap((field) => {
    const name = `ORCHESTRATOR_${flagName(field).replaceAll("-", "_").toUpperCase()}`;
    const value = environment[name];
    return value === undefined ? [] : [[field, value] as const];
  });
  return Object.fromEntries(entries);
}

function surroundings(environment: Readonly<Record<string, string | undefined>>): object {
  const { POD_NAMESPACE, POD_NAME } = environment;
  return {
    identity: POD_NAME ?? hostname(),
    ...(POD_NAMESPACE === undefined ? {} : { namespace: POD_NAMESPACE }),
  };
}

/**
 * Flags over environment over file over defaults.
 * @param flags by field name, as the command line gives them; undefined ones do not count.
 * @param file content of the configuration file: the same fields.
 * @throws {OperatingError} CONFIG_INVALID naming every option that is wrong.
 */
export function parseOperatorConfig(
  flags: Readonly<Record<string, unknown>>,
  file: Readonly<Record<string, unknown>> = {},
  environment: Readonly<Record<string, string | undefined>> = process.env,
): OperatorConfig {
  const given = Object.fromEntries(
    Object.entries(flags).filter(([, value]) => value !== undefined),
  );
  const parsed = schema.safeParse({
    ...surroundings(environment),
    ...file,
    ...fromEnvironment(environment),
    ...given,
  });
  if (parsed.success) return Object.freeze(parsed.data);
  const faults = parsed.error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => `--${flagName(key)}: no such option`)
      : [`--${flagName(issue.path.join("."))}: ${issue.message}`],
  );
  throw new OperatingError("CONFIG_INVALID", faults.join("\n"));
}

/** Address and port of the API server that a pod is told by its environment. */
export function inClusterAddress(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): { readonly host: string; readonly port: string } | undefined {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: inClusterPort } = environment;
  return host === undefined ? undefined : { host, port: inClusterPort ?? "443" };
}
