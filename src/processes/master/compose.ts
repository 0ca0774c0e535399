import { FileRegistry } from "../../adapters/file-registry/file-registry.ts";
import { HealthServer } from "../../adapters/health-server/health-server.ts";
import { PromMeter } from "../../adapters/metrics/prom-meter.ts";
import { Manager } from "../../runtime/manager/manager.ts";
import { MasterService } from "../../services/offer-engine/master-service.ts";
import { configWithAcls } from "../../services/offer-engine/config-with-acls.ts";
import { RegistryConfig } from "../../services/offer-engine/serve/registry-config.ts";
import { HttpComponent } from "../http-component.ts";
import type { ProcessParts } from "../run-process.ts";
import { composeKubernetesMaster } from "./compose-kubernetes.ts";
import { type ManagedMaster, type MasterBasics, serviceParts } from "./compose-parts.ts";
import { openAuditLog, openStandaloneSecurity } from "./compose-security.ts";
import { type MasterConfig, standaloneClusterConfig } from "./config.ts";
import { publish } from "./zookeeper.ts";

export interface ComposedMaster extends ManagedMaster {
  /** Port of the Mesos API. */
  readonly port: number;
}

/**
 * The master as a whole; it listens already, and leads once the manager runs.
 * @throws {OperatingError} CONFIG_INVALID, REGISTRY_CORRUPT, KUBE_…
 */
export async function composeMaster(
  config: MasterConfig,
  parts: ProcessParts,
  signal: AbortSignal,
): Promise<ComposedMaster> {
  const meter = new PromMeter({ defaults: true });
  const basics: MasterBasics = { ...parts, config, meter };
  const { ip: host, port } = config;
  const http = new HttpComponent({ name: "mesos-api", logger: parts.logger, host, port });
  // Up before it leads, so that standbys redirect.
  await http.start();
  const health: HealthServer = new HealthServer({
    address: config.healthAddress,
    port: config.healthPort,
    checks: () => ({
      liveness: manager.liveness,
      readiness: [...manager.readiness, ...readiness],
    }),
    ...(config.metricsOnHealth ? { metrics: () => meter.expose() } : {}),
  });
  const {
    service,
    manager,
    readiness = [],
  }: ManagedMaster = config.cluster === undefined
    ? await composeStandalone(basics, http, health)
    : await composeKubernetesMaster(basics, http, health, signal);
  http.serve(service.handler);
  return { manager, service, port: http.port };
}

/** The one master of a machine without Kubernetes: records in a folder, no election. */
async function composeStandalone(
  basics: MasterBasics,
  http: HttpComponent,
  health: HealthServer,
): Promise<ManagedMaster> {
  const { config, clock, logger } = basics;
  const registry = await FileRegistry.open(config.workDir, logger);
  const source = await RegistryConfig.open(registry, standaloneClusterConfig(config));
  const publication = publish(basics);
  const security = await openStandaloneSecurity(basics);
  const audit = await openAuditLog(basics);
  const service = new MasterService({
    ...serviceParts(basics, http.port),
    registry,
    configSource: configWithAcls(source, security.acls),
    configWriter: (term) => source.writerOf(term),
    onTermRaised: (raised) => publication?.announce(raised),
    authentication: security.authentication,
    rateLimits: security.rateLimits,
    audit: audit.log,
  });
  const manager = new Manager({
    clock,
    logger,
    servers: [health, http],
    activities: publication === undefined ? [service] : [service, publication],
    closers: [
      () => {
        security.stop();
        return audit.settled();
      },
      () => registry.close(),
    ],
  });
  return { service, manager };
}
