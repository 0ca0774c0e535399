import { HealthServer } from "../../adapters/health-server/health-server.ts";
import { connectKubernetes } from "../../adapters/kubernetes/connect.ts";
import { openAccess } from "../../adapters/kubernetes/open-access.ts";
import { PromMeter } from "../../adapters/metrics/prom-meter.ts";
import { gzipCodec } from "../../adapters/version-codec/gzip-codec.ts";
import { Informers } from "../../runtime/informer/informers.ts";
import { Manager } from "../../runtime/manager/manager.ts";
import { AppDirectory } from "../../services/marathon-api/app-directory.ts";
import { apiCaches } from "../../services/marathon-api/caches.ts";
import { KubeAppStore } from "../../services/marathon-api/kube-app-store.ts";
import { MarathonApi } from "../../services/marathon-api/marathon-api.ts";
import type { ApiSettings } from "../../services/marathon-api/settings.ts";
import { HttpComponent } from "../http-component.ts";
import type { ProcessParts } from "../run-process.ts";
import type { MarathonConfig } from "./config.ts";

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

/**
 * The Marathon process as a whole, ready to run.
 * @throws {OperatingError} CONFIG_INVALID, or KUBE_… while asking the server.
 */
export async function composeMarathon(
  config: MarathonConfig,
  parts: ProcessParts,
): Promise<Manager> {
  const { clock, random, logger } = parts;
  const meter = new PromMeter({ defaults: true });
  const basics = { ...parts, meter };
  const access = await openAccess(config, clock);
  const connection = connectKubernetes({ ...basics, access });
  const kube = connection.transport;
  const informers = new Informers({ ...basics, reader: kube });
  const settings = settingsOf(config, access.namespace);
  const namespaces = new Set([settings.namespace, ...Object.values(settings.groupNamespaces)]);
  const caches = apiCaches(informers, namespaces.size === 1 ? settings.namespace : undefined);
  const directory = new AppDirectory(caches, gzipCodec, namespaces);
  const store = new KubeAppStore({ kube, clock, directory });
  const api = new MarathonApi({ directory, store, clock, random, logger, settings });
  const { http_address: host, http_port: port } = config;
  const http = new HttpComponent({ name: "marathon-api", logger, host, port });
  http.serve(api);
  const health = new HealthServer({
    address: config.health_address,
    port: config.health_port,
    checks: () => manager,
    ...(config.metrics_on_health ? { metrics: () => meter.expose() } : {}),
  });
  const manager: Manager = new Manager({
    clock,
    logger,
    servers: [health],
    informers,
    services: [http],
    closers: [() => connection.close()],
  });
  return manager;
}
