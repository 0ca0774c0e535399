import { hostname } from "node:os";
import { z } from "zod";
import {
  type InClusterAddress,
  inClusterAddress,
} from "../../adapters/kubernetes/in-cluster-access.ts";
import { FEATURES } from "../../domain/marathon/rules/rule-context.ts";
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

const features = z
  .string()
  .transform((text) => text.split(","))
  .pipe(z.array(z.enum(FEATURES)));

/** `/prod=prod,/dev=dev` */
const groupNamespaces = z.string().transform((text, context) => {
  const pairs = text.split(",").map((pair) => pair.split("="));
  const wrong = pairs.find(([group, name]) => !group?.startsWith("/") || !name);
  if (wrong) context.addIssue(`${wrong.join("=")} is not /group=namespace`);
  return Object.fromEntries(pairs.map(([group = "", name = ""]) => [group, name]));
});

const schema = z
  .strictObject({
    kubeconfig: z.string().min(1).optional(),
    http_address: z.string().min(1).default("0.0.0.0"),
    http_port: port.default(8080),
    http_credentials: z
      .string()
      .regex(/^[^:]+:.+$/, "user:password")
      .optional(),
    http_max_concurrent_requests: z.coerce.number().int().min(1).default(1_000),
    hostname: z.string().min(1),
    webui_url: z.string().min(1).optional(),
    base_path: z.string().startsWith("/").optional(),
    max_running_deployments: z.coerce.number().int().min(1).default(100),
    mesos_role: z.string().min(1).default("*"),
    default_network_name: z.string().min(1).optional(),
    mesos_bridge_name: z.string().min(1).default("mesos-bridge"),
    local_port_min: port.default(10_000),
    local_port_max: port.default(20_000),
    enable_features: features.default([...FEATURES]),
    app_namespace: namespaceName.optional(),
    group_namespaces: groupNamespaces.default({}),
    cluster: z.string().min(1).optional(),
    strict: flag.default(false),
    health_address: z.string().min(1).default("0.0.0.0"),
    health_port: port.default(8081),
    metrics_on_health: flag.default(false),
    log_level: logLevel.default("info"),
  })
  .refine((config) => config.local_port_min < config.local_port_max, {
    path: ["local_port_min"],
    message: "must be below --local_port_max",
  });

/** Validated configuration of `orchestrator marathon`; Marathon's own flag names where they exist. */
export type MarathonConfig = MarathonOptions & {
  readonly inCluster: InClusterAddress | undefined;
};
type MarathonOptions = Readonly<z.output<typeof schema>>;

/** Every option by its name in the configuration, with what the command line says about it. */
export const OPTIONS: Readonly<Record<keyof MarathonOptions, string>> = {
  kubeconfig: "default: the pod's service account, else kubectl's default",
  http_address: "where the API listens",
  http_port: "0: any free port",
  http_credentials: "user:password that clients must give",
  http_max_concurrent_requests: "requests in flight; more are answered 503",
  hostname: "name under which clients reach this process",
  webui_url: "shown in /v2/info",
  base_path: "prefix of all paths, beside /marathon and /service/marathon",
  max_running_deployments: "more are refused without force",
  mesos_role: "role of apps that name none",
  default_network_name: "container network of apps that name none",
  mesos_bridge_name: "ipAddress.networkName that means the bridge",
  local_port_min: "first service port",
  local_port_max: "end of the service ports, exclusive",
  enable_features: "of vips,task_killing,external_volumes,secrets,gpu_resources; default: all",
  app_namespace: "namespace of new apps; default: our own",
  group_namespaces: "namespaces of top-level groups: /prod=prod,/dev=dev",
  cluster: "MesosCluster of new apps; default: the only one of their namespace",
  strict: "refuse unknown keys instead of dropping them",
  health_address: "where /healthz and /readyz are served",
  health_port: "0: any free port",
  metrics_on_health: "serve /metrics there too; for loopback addresses",
  log_level: "error, warn, info or debug",
};

/**
 * Flags over environment (`MARATHON_HTTP_PORT` → `http_port`, as Marathon's own start script reads it) over what the pod says
 * over defaults.
 * @throws {OperatingError} CONFIG_INVALID naming every option that is wrong.
 */
export function parseMarathonConfig(
  flags: Given,
  environment: Environment = process.env,
): MarathonConfig {
  const { POD_NAMESPACE, POD_IP } = environment;
  const variables = fromEnvironment(environment, "MARATHON_", Object.keys(OPTIONS));
  const surroundings = { hostname: POD_IP ?? hostname(), app_namespace: POD_NAMESPACE };
  return Object.freeze({
    ...parseOptions(schema, flags, variables, surroundings),
    inCluster: inClusterAddress(environment),
  });
}
