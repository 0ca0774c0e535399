import { z } from "zod";
import { commonSpec } from "../common/common-spec.ts";
import { listOf, mapOf, openObject, openValue } from "../schema/collections.ts";
import { int, seconds } from "../schema/numbers.ts";
import { immutable, withRules } from "../schema/rules.ts";
import { choice, dnsLabel, filled, roleName, text } from "../schema/text.ts";
import { AppAutoscaling } from "./autoscaling.ts";
import { AppCheck, AppHealthCheck, AppReadinessCheck } from "./checks.ts";
import { AppContainer } from "./container.ts";
import { AppLabels, Constraint, MarathonId } from "./fields.ts";
import { AppHealing } from "./healing.ts";
import { AppJob } from "./job.ts";
import { AppNetwork, AppPortDefinition } from "./network.ts";
import { AppRollout } from "./rollout.ts";

const EnvValue = openValue(z.union([z.string(), z.object({ secret: z.string() })]));
const Limit = openValue(z.union([z.number(), z.literal("unlimited")]));
const UnreachableStrategy = openValue(
  z.union([
    z.literal("disabled"),
    z.object({
      inactiveAfterSeconds: z.int().default(0),
      expungeAfterSeconds: z.int().default(0),
    }),
  ]),
);
const Fetch = z.object({
  uri: filled(1024),
  extract: z.boolean().default(true),
  executable: z.boolean().default(false),
  cache: z.boolean().default(false),
  destPath: text(1024).optional(),
});
const ExecutorResources = z.object({
  cpus: z.number().min(0.1).max(1e9).default(0.1),
  mem: z.number().min(32).max(1e12).default(32),
  disk: z.number().min(10).max(1e12).default(10),
});
const Share = z.number().min(0).max(1);

/** Marathon's own fields, in canonical form; defaults that depend on other fields are filled by the mapping. */
const appFields = {
  cmd: filled(65_536).optional().describe("Shell command; not together with args."),
  args: listOf(text(65_536), 1024).optional(),
  instances: int(0).default(1),
  cpus: z.number().min(0.001).max(1e9).default(1),
  mem: z.number().min(0).max(1e12).default(128).describe("MiB."),
  disk: z.number().min(0).max(1e12).default(0).describe("MiB."),
  gpus: int(0, 1024).default(0),
  resourceLimits: z
    .object({ cpus: Limit.optional(), mem: Limit.optional() })
    .optional()
    .describe("Number or `unlimited`, not below the request."),
  executor: z
    .string()
    .max(1024)
    .regex(/^(\/\/cmd|\/?[^/]+(\/[^/]+)*|)$/)
    .default(""),
  executorResources: ExecutorResources.optional(),
  env: mapOf(EnvValue, 1024).prefault({}).describe("Text, or {secret: name in secrets}."),
  secrets: mapOf(z.object({ source: filled(1024) }), 256).prefault({}),
  fetch: listOf(Fetch, 128).prefault([]),
  labels: AppLabels,
  user: text().optional(),
  tty: z.boolean().optional(),
  constraints: listOf(Constraint, 64).prefault([]),
  role: roleName().optional(),
  acceptedResourceRoles: listOf(roleName(), 2).min(1).optional(),
  backoffSeconds: seconds().default(1),
  backoffFactor: z.number().min(1).max(1e6).default(1.15),
  maxLaunchDelaySeconds: seconds().default(300),
  taskKillGracePeriodSeconds: seconds().optional(),
  upgradeStrategy: z
    .object({
      minimumHealthCapacity: Share.optional(),
      maximumOverCapacity: Share.optional(),
    })
    .optional()
    .describe("Default 1 and 1; with persistent or external volumes 0.5 and 0."),
  unreachableStrategy: UnreachableStrategy.optional(),
  killSelection: choice("YOUNGEST_FIRST", "OLDEST_FIRST"),
  requirePorts: z.boolean().default(false),
  residency: z
    .object({
      relaunchEscalationTimeoutSeconds: seconds().default(3600),
      taskLostBehavior: choice("WAIT_FOREVER", "RELAUNCH_AFTER_TIMEOUT"),
    })
    .optional(),
  dependencies: listOf(MarathonId, 128).prefault([]),
  container: AppContainer.optional(),
  networks: listOf(AppNetwork, 16).prefault([]),
  portDefinitions: listOf(AppPortDefinition, 128).optional(),
  healthChecks: listOf(AppHealthCheck, 32).prefault([]),
  readinessChecks: listOf(AppReadinessCheck, 1).prefault([]),
  check: AppCheck.optional(),
};

/** What a person asks of an app. */
export const MarathonAppSpec = withRules(
  z.object({
    id: immutable(MarathonId, "id").describe(
      "Marathon path; the truth, whatever the object's name.",
    ),
    type: choice("Service", "Pod", "Job"),
    ...appFields,
    pod: openObject().optional().describe("Marathon pod definition, with type Pod."),
    job: AppJob.optional().describe("Schedule, with type Job."),
    cluster: dnsLabel().optional().describe("MesosCluster of this namespace; unset: the only one."),
    rollout: AppRollout.optional(),
    autoscaling: AppAutoscaling.optional(),
    healing: AppHealing.optional(),
    launchRatePerMinute: int(0).default(0).describe("0 = no limit."),
    strict: z
      .boolean()
      .default(false)
      .describe("A field that can only be dropped stalls the app instead."),
    ...commonSpec,
  }),
  [
    {
      rule: "!(has(self.cmd) && has(self.args))",
      message: "AppDefinition must either contain one of 'cmd' or 'args', and/or a 'container'.",
      fieldPath: ".cmd",
      holds: (spec) => spec.cmd === undefined || spec.args === undefined,
    },
    {
      rule: "self.type == 'Pod' || has(self.cmd) || has(self.args) || has(self.container)",
      message: "one of cmd, args and container must be given",
      reason: "FieldValueRequired",
      holds: (spec) =>
        spec.type === "Pod" ||
        spec.cmd !== undefined ||
        spec.args !== undefined ||
        spec.container !== undefined,
    },
    {
      rule: "(self.type == 'Pod') == has(self.pod)",
      message: "pod must be given exactly with type Pod",
      fieldPath: ".pod",
      holds: (spec) => (spec.type === "Pod") === (spec.pod !== undefined),
    },
    {
      rule: "(self.type == 'Job') == has(self.job)",
      message: "job must be given exactly with type Job",
      fieldPath: ".job",
      holds: (spec) => (spec.type === "Job") === (spec.job !== undefined),
    },
  ],
);

export type MarathonAppSpec = z.output<typeof MarathonAppSpec>;
/** As a person writes it: defaults may be left out. */
export type MarathonAppSpecInput = z.input<typeof MarathonAppSpec>;
