import { hostname } from "node:os";
import { z } from "zod";
import {
  type InClusterAddress,
  inClusterAddress,
} from "../../adapters/kubernetes/in-cluster-access.ts";
import {
  type Environment,
  flag,
  fromEnvironment,
  type Given,
  logLevel,
  namespaceName,
  parseOptions,
  port,
} from "../options.ts";

const names = z
  .string()
  .or(z.array(z.string()))
  .transform((value) => (typeof value === "string" ? value.split(",") : value))
  .pipe(z.array(z.string().min(1)));
const labelKeys = names.refine((keys) => !keys.some((key) => key.includes("argocd.argoproj.io")), {
  message: "Argo CD's own keys may not be inherited: it would prune the children",
});

const schema = z.strictObject({
  kubeconfig: z.string().min(1).optional(),
  namespace: namespaceName.optional(),
  serviceAccount: z.string().min(1).default("orchestrator-operator"),
  watchNamespace: namespaceName.optional(),
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
  logLevel: logLevel.default("info"),
  identity: z.string().min(1),
});

/** Validated configuration of `orchestrator operator`. */
export type OperatorConfig = Readonly<z.output<typeof schema>> & {
  readonly inCluster: InClusterAddress | undefined;
};

const FIELDS = Object.keys(schema.shape);

/**
 * Flags over environment over file over what the pod says over defaults.
 * @param flags by field name, as the command line gives them.
 * @param file content of the configuration file: the same fields.
 * @throws {OperatingError} CONFIG_INVALID naming every option that is wrong.
 */
export function parseOperatorConfig(
  flags: Given,
  file: Given = {},
  environment: Environment = process.env,
): OperatorConfig {
  const { POD_NAMESPACE, POD_NAME } = environment;
  const variables = fromEnvironment(environment, "ORCHESTRATOR_", FIELDS);
  const surroundings = { identity: POD_NAME ?? hostname(), namespace: POD_NAMESPACE };
  return Object.freeze({
    ...parseOptions(schema, flags, variables, file, surroundings),
    inCluster: inClusterAddress(environment),
  });
}
