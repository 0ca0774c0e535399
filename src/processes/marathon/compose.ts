import { HealthServer } from "../../adapters/health-server/health-server.ts";
import { startHttpServer, type HttpServerHandle } from "../../adapters/http/http-server.ts";
import type { ClusterAccess } from "../../adapters/kubernetes/access.ts";
import { connectKubernetes } from "../../adapters/kubernetes/connect.ts";
import { openInClusterAccess } from "../../adapters/kubernetes/in-cluster-access.ts";
import { openKubeconfigAccess } from "../../adapters/kubernetes/kubeconfig-access.ts";
import { PromMeter } from "../../adapters/metrics/prom-meter.ts";
import { SystemRandom } from "../../adapters/system-random/system-random.ts";
import { gzipCodec } from "../../adapters/version-codec/gzip-codec.ts";
import { Informers } from "../../runtime/informer/informers.ts";
import { Manager, type Component } from "../../runtime/manager/manager.ts";
import type { Clock } from "../../runtime/ports/clock.ts";
import type { HttpHandler } from "../../runtime/ports/http-exchange.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import { AppDirectory } from "../../services/marathon-api/app-directory.ts";
import { apiCaches } from "../../services/marathon-api/caches.ts";
import { KubeAppStore } from "../../services/marathon-api/kube-app-store.ts";
import { MarathonApi } from "../../services/marathon-api/marathon-api.ts";
import type { ApiSettings } from "../../services/marathon-api/settings.ts";
import { VERSION } from "../version.ts";
import { inClusterAddress, type MarathonConfig } from "./config.ts";

function openAccess(config: MarathonConfig, clock: Clock): Promise<ClusterAccess> {
  const address = inClusterAddress();
  if (config.kubeconfig === undefined && address !== undefined) {
    return openInClusterAccess({ clock, ...address });
  }
  const file = config.kubeconfig;
  return openKubeconfigAccess({ clock, ...(file === undefined ? {} : { file }) });
}

function settingsOf(config: MarathonConfig, ownNamespace: string): ApiSettings {
  const { default_network_name, cluster, http_credentials, base_path, webui_url } = config;
  return {
    normalize: {
      mesosBridgeName: config.mesos_bridge_name,
      defaultRole: config.mesos_role,
      ...(default_network_name === undefined ? {} : { defaultNetworkName: default_network_name }),
    },
    features: new Set(config.enable_features),
    servicePorts: { min: config.local_port_min, max: config.local_port_max },
    namespace: config.app_namespace ?? ownNamespace,
    groupNamespaces: config.group_namespaces,
    strict: config.strict,
    deploymentsMax: config.max_running_deployments,
    requestsMax: config.http_max_concurrent_requests,
    address: `http://${config.hostname}:${config.http_port}`,
    info: {
      httpPort: config.http_port,
      hostname: config.hostname,
      ...(webui_url === undefined ? {} : { webuiUrl: webui_url }),
    },
    ...(cluster === undefined ? {} : { cluster }),
    ...(http_credentials === undefined ? {} : { credentials: http_credentials }),
    ...(base_path === undefined ? {} : { basePath: base_path }),
  };
}

/** The API's server as a part of the process's life: up when the caches are complete. */
class ApiServer implements Component {
  readonly name = "marathon-api";
  readonly #config: MarathonConfig;
  readonly #handler: HttpHandler;
  readonly #logger: Logger;
  #handle: HttpServerHandle | undefined;

  constructor(config: MarathonConfig, handler: HttpHandler, logger: Logger) {
    this.#config = config;
    this.#handler = handler;
    this.#logger = logger;
  }

  async start(): Promise<void> {
    const { http_address: host, http_port: port } = this.#config;
    const options = { handler: this.#handler, logger: this.#logger, host, port };
    this.#handle = await startHttpServer(options);
    this.#logger.info("The Marathon API is served.", { address: host, port: this.#handle.port });
  }

  async stop(): Promise<void> {
    await this.#handle?.close();
  }
}

/**
 * The Marathon process as a whole, ready to run.
 * @throws {OperatingError} CONFIG_INVALID, or KUBE_… while asking the server.
 */
export async function composeMarathon(
  config: MarathonConfig,
  clock: Clock,
  logger: Logger,
): Promise<Manager> {
  const meter = new PromMeter({ defaults: true });
  const random = new SystemRandom();
  const access = await openAccess(config, clock);
  const basics = { clock, random, logger, meter };
  const connection = connectKubernetes({
    ...basics,
    access,
    process: "marathon",
    version: VERSION,
  });
  const kube = connection.transport;
  const informers = new Informers({ ...basics, reader: kube });
  const settings = settingsOf(config, access.namespace);
  const namespaces = new Set([settings.namespace, ...Object.values(settings.groupNamespaces)]);
  const caches = apiCaches(informers, namespaces.size === 1 ? settings.namespace : undefined);
  const directory = new AppDirectory(caches, gzipCodec, namespaces);
  const store = new KubeAppStore({ kube, clock, directory });
  const api = new MarathonApi({ directory, store, clock, random, logger, settings });
  const health = new HealthServer({
    address: config.health_address,
    port: config.health_port,
    liveness: [{ name: "reflectors", failure: () => aliveness() }],
    readiness: [{ name: "manager", failure: () => readiness() }],
    ...(config.metrics_on_health ? { metrics: () => meter.expose() } : {}),
  });
  const manager = new Manager({
    clock,
    logger,
    servers: [health],
    informers,
    services: [new ApiServer(config, api, logger)],
    closers: [() => connection.close()],
  });
  const first = (checks: Manager["readiness"]): string | undefined =>
    checks.map(({ name, failure }) => failure() && `${name}: ${failure()}`).find(Boolean);
  const aliveness = (): string | undefined => first(manager.liveness);
  const readiness = (): string | undefined => first(manager.readiness);
  return manager;
}
