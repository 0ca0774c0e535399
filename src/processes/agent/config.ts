import { z } from "zod";
import { OperatingError } from "../../api/errors/operating-error.ts";
import {
  type InClusterAddress,
  inClusterAddress,
} from "../../adapters/kubernetes/in-cluster-access.ts";
import { parseAttributes } from "../../domain/agent/attributes.ts";
import { parseRanges } from "../../domain/resources/ranges.ts";
import { clusterKey, list, logLevel, masterUrls, parseOptions, port } from "../options.ts";
import { duration, flag, resources } from "../mesos-flag-values.ts";
import { type FlagSources, gatherFlags } from "../mesos-flags.ts";

const json = <T extends z.ZodType>(schema: T) =>
  z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: "custom", message: "give JSON" });
        return z.NEVER;
      }
    })
    .pipe(schema);
const attributes = z.string().transform((text, context) => {
  const parsed = parseAttributes(text);
  if (parsed.ok) return parsed.attributes;
  context.addIssue({ code: "custom", message: `${parsed.item}: give name:value` });
  return z.NEVER;
});
const ranges = z.string().transform((text, context) => {
  const parsed = parseRanges(text);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: "custom", message: "give ranges such as [31000-32000]" });
  return z.NEVER;
});
/** `from=to,from=to`. */
const mapping = list.transform((items, context) => {
  const pairs: Record<string, string> = {};
  for (const item of items) {
    const [from, to] = item.split("=");
    if (from === undefined || to === undefined) {
      context.addIssue({ code: "custom", message: `${item}: give label=name` });
      return z.NEVER;
    }
    pairs[from] = to;
  }
  return pairs;
});
const network = z.union([
  z.object({ type: z.literal("pod") }),
  z.object({ type: z.literal("multus"), ref: z.string().min(1) }),
]);
const urls = list.pipe(masterUrls);

const schema = z.object({
  master: urls.default(["http://mesos-master:5050"]),
  port: port.default(5051),
  ip: z.string().optional(),
  advertise_ip: z.string().optional(),
  advertise_port: port.optional(),
  hostname: z.string().optional(),
  work_dir: z.string().startsWith("/").default("/var/lib/mesos"),
  launcher: z.enum(["pod", "process"]).optional(),
  access: z.enum(["Api", "Host"]).default("Api"),
  node_name: z.string().optional(),
  nodes: z.string().optional(),
  cluster: clusterKey.optional(),
  kubeconfig: z.string().optional(),
  resources: resources.optional(),
  ports: ranges.default([[31_000, 32_000]]),
  attributes: attributes.default([]),
  attribute_labels: mapping.default({}),
  extended_resources: mapping.default({}),
  default_role: z.string().default("*"),
  reserve: resources.default([]),
  task_network: z.enum(["host", "pod"]).default("host"),
  networks: json(z.record(z.string(), network)).default({ jobs: { type: "pod" } }),
  user_map: json(z.record(z.string(), z.string())).default({}),
  require_non_root: flag.default(false),
  host_path_volumes: list.default([]),
  allow_privileged: flag.default(false),
  allow_host_pid: flag.default(false),
  allow_host_ipc: flag.default(false),
  ignored_docker_parameters: list.default([]),
  default_task_image: z.string().default("debian:bookworm-slim"),
  docker_registry: z.string().optional(),
  isolation: z.enum(["auto", "cgroups", "none"]).default("auto"),
  allow_unisolated: flag.default(true),
  cgroups_enable_cfs: flag.default(false),
  cgroups_limit_swap: flag.default(false),
  cgroups_root: z.string().default("mesos"),
  enforce_container_disk_quota: flag.default(false),
  graceful_shutdown_timeout: duration.default(30_000),
  executor_shutdown_grace_period: duration.default(5_000),
  recovery_timeout: duration.default(900_000),
  recover: z.enum(["reconnect", "cleanup"]).default("reconnect"),
  strict: flag.default(true),
  image_pull_timeout: duration.default(600_000),
  image_pull_attempts: z.coerce.number().int().min(1).default(3),
  pod_start_timeout: duration.default(600_000),
  pod_retention: duration.default(900_000),
  on_stop: z.enum(["restart", "drain"]).default("restart"),
  restart_grace: duration.default(8_000),
  master_token_file: z.string().optional(),
  agent_endpoint: z.string().optional(),
  health_port: port.optional(),
  log_level: logLevel.default("info"),
});

/** Known to Mesos or to a MesosCluster, without meaning in this version: said at the start, never silently taken. */
const WITHOUT_MEANING: ReadonlySet<string> = new Set([
  "allow_raw_exec",
  "authenticate_http_executors",
  "authenticate_http_readonly",
  "authenticate_http_readwrite",
  "containerizers",
  "container_disk_watch_interval",
  "credential",
  "disk_watch_interval",
  "executor_environment_variables",
  "executor_registration_timeout",
  "executor_reregistration_timeout",
  "fetcher_cache_size",
  "gc_delay",
  "gc_disk_headroom",
  "gpu_fractional",
  "gpu_provider",
  "hadoop_home",
  "hostname_lookup",
  "http_credentials",
  "image_providers",
  "logging_level",
  "max_completed_executors_per_framework",
  "oversubscribed_resources_interval",
  "prefetch",
  "process_max",
  "process_mode",
  "qos_controller",
  "qos_correction_interval_min",
  "quiet",
  "reconfiguration_policy",
  "registration_backoff_factor",
  "resource_estimator",
  "script_roots",
  "switch_user",
  "systemd_enable_support",
]);

export type AgentMode = "node" | "hosted" | "machine";

export type AgentConfig = Readonly<z.output<typeof schema>> & {
  readonly mode: AgentMode;
  readonly ignored: readonly string[];
  readonly inCluster: InClusterAddress | undefined;
  readonly environment: {
    readonly podNamespace?: string;
    readonly hostIp?: string;
    readonly podIp?: string;
    readonly path: string;
  };
};

export const KNOWN_FLAGS: ReadonlySet<string> = new Set([
  ...Object.keys(schema.shape),
  ...WITHOUT_MEANING,
]);

const PATH_DEFAULT = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The environment variables that a process may read (nowhere else). */
export function processEnvironment(): NodeJS.ProcessEnv {
  return process.env;
}

/** The agent's configuration, frozen. @throws {OperatingError} CONFIG_INVALID naming every flag that is wrong. */
export function parseAgentConfig(sources: FlagSources): AgentConfig {
  const flags = gatherFlags(sources, KNOWN_FLAGS);
  const config = parseOptions(schema, flags);
  const faults = contradictions(config);
  if (faults.length > 0) throw new OperatingError("CONFIG_INVALID", faults.join("\n"));
  return Object.freeze({
    ...config,
    mode: modeOf(config),
    ignored: Object.keys(flags).filter((name) => WITHOUT_MEANING.has(name)),
    inCluster: inClusterAddress(sources.env),
    environment: readEnvironment(sources.env),
  });
}

function modeOf(config: z.output<typeof schema>): AgentMode {
  if (config.node_name !== undefined) return "node";
  return config.nodes === undefined ? "machine" : "hosted";
}

function readEnvironment(env: FlagSources["env"]): AgentConfig["environment"] {
  const given = (name: string, key: string): object => {
    const value = env[name];
    return value === undefined ? {} : { [key]: value };
  };
  return {
    ...given("POD_NAMESPACE", "podNamespace"),
    ...given("HOST_IP", "hostIp"),
    ...given("POD_IP", "podIp"),
    path: PATH_DEFAULT,
  };
}

function contradictions(config: z.output<typeof schema>): readonly string[] {
  const faults: string[] = [];
  const isNode = config.node_name !== undefined;
  const isKubernetes = isNode || config.nodes !== undefined;
  if (isNode && config.nodes !== undefined) faults.push("--nodes: not together with --node_name");
  if (isKubernetes && config.cluster === undefined) {
    faults.push("--cluster: needed with --node_name and --nodes");
  }
  if (!isKubernetes && config.launcher === "pod") {
    faults.push("--launcher: pod needs --node_name or --nodes");
  }
  if (isKubernetes && config.launcher === "process") {
    faults.push("--launcher: process on a Kubernetes node is not served by this version");
  }
  if (isKubernetes && config.recover === "cleanup") {
    faults.push("--recover: cleanup is for machines; delete the task Pods instead");
  }
  if (config.on_stop === "drain") faults.push("--on_stop: drain is not served by this version");
  if (config.access === "Host") {
    faults.push("--access: Host is not served by this version; use Api");
  }
  if (config.isolation === "none" && !config.allow_unisolated) {
    faults.push("--isolation: plain processes need --allow_unisolated");
  }
  return faults;
}
