import { hostname, networkInterfaces } from "node:os";
import { z } from "zod";
import { OperatingError } from "../../api/errors/operating-error.ts";
import {
  type InClusterAddress,
  inClusterAddress,
} from "../../adapters/kubernetes/in-cluster-access.ts";
import { parseZkUrl, showZkUrl, type ZkUrl } from "../../domain/mesos/election/zk-url.ts";
import type { ClusterConfig, RoleConfig } from "../../services/offer-engine/ports.ts";
import {
  clusterKey,
  type Environment,
  flag,
  fromEnvironment,
  type Given,
  list,
  logLevel,
  parseOptions,
  port,
} from "../options.ts";

const seconds = z.coerce.number().nonnegative();
const schema = z.strictObject({
  /** namespace/name of the MesosCluster; absent: standalone, with a file registry. */
  cluster: clusterKey.optional(),
  standalone: flag.default(false),
  /** Beside an operator: the cluster of this namespace that asks for the sidecar, whenever there is one. */
  sidecar: flag.default(false),
  kubeconfig: z.string().min(1).optional(),
  workDir: z.string().min(1).default("/var/lib/orchestrator/master"),
  ip: z.string().min(1).optional(),
  port: port.default(5050),
  hostname: z.string().min(1).optional(),
  advertiseIp: z.string().min(1).optional(),
  advertisePort: port.optional(),
  healthAddress: z.string().min(1).default("0.0.0.0"),
  healthPort: port.default(8081),
  metricsOnHealth: flag.default(false),
  clusterName: z.string().default("orchestrator"),
  roles: list.default([]),
  weights: z.string().default(""),
  rootSubmissions: flag.default(true),
  offerTimeoutSeconds: seconds.default(5),
  maxTasksPerOffer: z.coerce.number().int().nonnegative().default(100),
  heartbeatSeconds: z.coerce.number().min(1).max(60).default(15),
  failoverTimeoutMaxSeconds: seconds.default(4 * 7 * 24 * 3600),
  completedFrameworksMax: z.coerce.number().int().nonnegative().default(50),
  allocationIntervalMs: z.coerce.number().int().positive().default(1000),
  coalesceMs: z.coerce.number().int().nonnegative().default(5),
  allocationTrigger: z.enum(["event", "interval"]).default("event"),
  allocationSeed: z.coerce.number().int().nonnegative().optional(),
  demandAware: flag.default(true),
  lenientInput: flag.default(true),
  trailingHeartbeat: flag.default(true),
  authenticateHttpReadonly: flag.default(false),
  authenticateHttpReadwrite: flag.default(false),
  authenticateHttpFrameworks: flag.default(false),
  httpCredentials: z.string().min(1).optional(),
  acls: z.string().min(1).optional(),
  rateLimits: z.string().min(1).optional(),
  auditSink: z.enum(["stdout", "file", "none"]).default("stdout"),
  auditDir: z.string().min(1).optional(),
  auditRetentionDays: z.coerce.number().int().positive().default(365),
  logLevel: logLevel.default("info"),
  /** zk://[user:password@]host:port,…/path: where masters are elected or the leader is published. */
  zk: z.string().min(1).optional(),
  /** user:password for ZooKeeper, where the address shall not hold them. */
  zkAuth: z
    .string()
    .regex(/^[^:]+:.+$/, "give user:password")
    .optional(),
  election: z.enum(["lease", "both", "zookeeper"]).default("lease"),
  podName: z.string().min(1),
  podIp: z.string().min(1),
});

/** Validated configuration of `orchestrator master`. */
export type MasterConfig = Omit<Readonly<z.output<typeof schema>>, "zk" | "zkAuth"> & {
  readonly inCluster: InClusterAddress | undefined;
  /** Of `--zk`, with the credentials of either option. */
  readonly zk: ZkUrl | undefined;
  /** For addresses that the MesosCluster names without them. */
  readonly zkAuth: string | undefined;
};

const FIELDS = Object.keys(schema.shape);

/**
 * Flags over environment (`ORCHESTRATOR_MASTER_…`) over what the pod says over defaults.
 * @param flags by field name, as the command line gives them.
 * @throws {OperatingError} CONFIG_INVALID naming every option that is wrong.
 */
export function parseMasterConfig(
  flags: Given,
  environment: Environment = process.env,
): MasterConfig {
  const { POD_NAME = hostname(), POD_IP = firstIpv4() } = environment;
  const variables = fromEnvironment(environment, "ORCHESTRATOR_MASTER_", FIELDS);
  const surroundings = { podName: POD_NAME, podIp: POD_IP };
  const options = parseOptions(schema, flags, variables, surroundings);
  if (options.cluster === undefined && !options.standalone && !options.sidecar) {
    throw new OperatingError(
      "CONFIG_INVALID",
      "--cluster: name the MesosCluster, or give --sidecar or --standalone",
    );
  }
  const zk = readZk(options);
  if (options.election !== "lease" && (zk === undefined || options.cluster === undefined)) {
    throw new OperatingError(
      "CONFIG_INVALID",
      `--election=${options.election}: give --zk and --cluster: masters that elect share their records`,
    );
  }
  const { zkAuth } = options;
  return Object.freeze({ ...options, zk, zkAuth, inCluster: inClusterAddress(environment) });
}

function readZk({ zk, zkAuth }: Pick<z.output<typeof schema>, "zk" | "zkAuth">): ZkUrl | undefined {
  if (zk === undefined) return undefined;
  const parsed = parseZkUrl(zk);
  if (!parsed.ok) throw new OperatingError("CONFIG_INVALID", `--zk: ${parsed.reason}`);
  return zkAuth === undefined ? parsed.value : { ...parsed.value, credentials: zkAuth };
}

function firstIpv4(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return (
    addresses.find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? "127.0.0.1"
  );
}

/** What a standalone master is configured with; with a MesosCluster the object says it. */
export function standaloneClusterConfig(config: MasterConfig): ClusterConfig {
  return Object.freeze({
    clusterName: config.clusterName,
    rolesAllowed: config.roles,
    roles: readWeights(config.weights),
    rootSubmissions: config.rootSubmissions,
    offerTimeoutMs: config.offerTimeoutSeconds * 1000,
    maxTasksPerOffer: config.maxTasksPerOffer,
    heartbeatMs: config.heartbeatSeconds * 1000,
    failoverTimeoutMaxMs: config.failoverTimeoutMaxSeconds * 1000,
    completedFrameworksMax: config.completedFrameworksMax,
    preemption: "Off",
    maintenanceWindows: [],
    recurringWindows: [],
  });
}

/** `role=weight,role=weight`, as Mesos' flag. */
function readWeights(text: string): readonly RoleConfig[] {
  if (text === "") return [];
  return text.split(",").map((item) => {
    const [name = "", weight = ""] = item.split("=");
    const value = Number(weight);
    if (name === "" || !(value > 0)) {
      throw new OperatingError(
        "CONFIG_INVALID",
        `--weights: ${item}: give role=weight, weight > 0`,
      );
    }
    return { name, weight: value };
  });
}

/** Flags as `/flags` shows them, under Mesos' names. */
export function shownFlags(config: MasterConfig): Readonly<Record<string, string>> {
  return {
    ...(config.acls === undefined ? {} : { acls: config.acls }),
    allocation_interval: `${config.allocationIntervalMs}ms`,
    authenticate_http_frameworks: String(config.authenticateHttpFrameworks),
    authenticate_http_readonly: String(config.authenticateHttpReadonly),
    authenticate_http_readwrite: String(config.authenticateHttpReadwrite),
    cluster: config.clusterName,
    hostname: config.hostname ?? config.podIp,
    offer_timeout: `${config.offerTimeoutSeconds}secs`,
    port: String(config.port),
    ...(config.rateLimits === undefined ? {} : { rate_limits: config.rateLimits }),
    root_submissions: String(config.rootSubmissions),
    work_dir: config.workDir,
    ...(config.roles.length === 0 ? {} : { roles: config.roles.join(",") }),
    ...(config.weights === "" ? {} : { weights: config.weights }),
    ...(config.zk === undefined ? {} : { zk: showZkUrl(config.zk) }),
  };
}
