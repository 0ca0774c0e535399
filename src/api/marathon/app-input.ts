import { z } from "zod";
import { AppCheck, HealthCheck, ReadinessCheck } from "./checks.ts";
import { Container } from "./container.ts";
import { LegacyIpAddress, Network, Port, PortDefinition } from "./network.ts";
import { APP_PATH, EXECUTOR } from "./patterns.ts";

export const AppPath = z.string().regex(APP_PATH);
export const EnvValue = z.union([z.string(), z.object({ secret: z.string() })]);
export const FetchUri = z.object({
  uri: z.string().min(1).max(1024),
  extract: z.boolean().default(true),
  executable: z.boolean().default(false),
  cache: z.boolean().default(false),
  destPath: z.string().optional(),
});
export const UpgradeStrategy = z.object({
  minimumHealthCapacity: z.number().min(0).max(1).default(1),
  maximumOverCapacity: z.number().min(0).max(1).default(1),
});
export const UnreachableStrategy = z.union([
  z.literal("disabled"),
  z.object({
    inactiveAfterSeconds: z.int().default(0),
    expungeAfterSeconds: z.int().default(0),
  }),
]);
const Limit = z.union([z.number(), z.string()]);

/**
 * The body of an update as clients send it: any subset of an app's fields, with the spellings of Marathon 0.8 to 1.4
 * beside today's. Top-level fields have no defaults, since an update replaces only what it names; below them defaults
 * apply, since a field is replaced whole.
 */
export const AppUpdate = z.object({
  id: AppPath.optional(),
  cmd: z.string().optional(),
  args: z.array(z.string()).optional(),
  instances: z.int().min(0).optional(),
  cpus: z.number().min(0.001).optional(),
  mem: z.number().min(0).optional(),
  disk: z.number().min(0).optional(),
  gpus: z.int().min(0).optional(),
  resourceLimits: z.object({ cpus: Limit.optional(), mem: Limit.optional() }).optional(),
  executor: z.string().regex(EXECUTOR).optional(),
  executorResources: z
    .object({
      cpus: z.number().min(0.1).default(0.1),
      mem: z.number().min(32).default(32),
      disk: z.number().min(10).default(10),
    })
    .optional(),
  env: z.record(z.string().min(1), EnvValue).optional(),
  secrets: z.record(z.string(), z.object({ source: z.string().min(1) })).optional(),
  fetch: z.array(FetchUri).optional(),
  labels: z.record(z.string(), z.string()).optional(),
  user: z.string().optional(),
  tty: z.boolean().optional(),
  constraints: z.array(z.array(z.string()).min(2)).optional(),
  role: z.string().min(1).optional(),
  acceptedResourceRoles: z.array(z.string()).optional(),
  backoffSeconds: z.int().min(0).optional(),
  backoffFactor: z.number().min(1).optional(),
  maxLaunchDelaySeconds: z.int().min(0).optional(),
  taskKillGracePeriodSeconds: z.int().min(0).optional(),
  upgradeStrategy: UpgradeStrategy.optional(),
  unreachableStrategy: UnreachableStrategy.optional(),
  killSelection: z.enum(["YOUNGEST_FIRST", "OLDEST_FIRST"]).optional(),
  requirePorts: z.boolean().optional(),
  residency: z
    .object({
      relaunchEscalationTimeoutSeconds: z.int().min(0).default(3600),
      taskLostBehavior: z.enum(["WAIT_FOREVER", "RELAUNCH_AFTER_TIMEOUT"]).default("WAIT_FOREVER"),
    })
    .optional(),
  dependencies: z.array(AppPath).optional(),
  container: Container.optional(),
  networks: z.array(Network).optional(),
  portDefinitions: z.array(PortDefinition).optional(),
  healthChecks: z.array(HealthCheck).optional(),
  readinessChecks: z.array(ReadinessCheck).max(1).optional(),
  check: AppCheck.optional(),
  version: z.string().optional(),
  ipAddress: LegacyIpAddress.optional(),
  ports: z.array(Port).optional(),
  uris: z.array(z.string().min(1).max(1024)).optional(),
});

/** A whole app as clients send it. */
export const AppInput = AppUpdate.extend({ id: AppPath });

export type AppUpdate = z.output<typeof AppUpdate>;
export type AppInput = z.output<typeof AppInput>;

/** Keys that answers carry and clients send back; dropped without a word. */
export const OUTPUT_ONLY_KEYS: ReadonlySet<string> = new Set([
  "versionInfo",
  "tasks",
  "tasksStaged",
  "tasksRunning",
  "tasksHealthy",
  "tasksUnhealthy",
  "deployments",
  "lastTaskFailure",
  "readinessCheckResults",
  "taskStats",
]);

/** Our own extension object; its parts are those of MarathonApp's spec that Marathon does not know. */
export const EXTENSION_KEY = "orchestrator";
