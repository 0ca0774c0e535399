import { FileRegistry } from "../../adapters/file-registry/file-registry.ts";
import { HealthServer } from "../../adapters/health-server/health-server.ts";
import { PromMeter } from "../../adapters/metrics/prom-meter.ts";
import { SystemRandom } from "../../adapters/system-random/system-random.ts";
import { Manager } from "../../runtime/manager/manager.ts";
import type { Clock } from "../../runtime/ports/clock.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import { MasterService } from "../../services/offer-engine/master-service.ts";
import type { ClusterConfigSource } from "../../services/offer-engine/ports.ts";
import { composeKubernetesMaster } from "./compose-kubernetes.ts";
import { firstFailure, type MasterBasics, serviceParts } from "./compose-parts.ts";
import { type MasterConfig, standaloneClusterConfig } from "./config.ts";
import { HttpComponent } from "./http-component.ts";

export interface ComposedMaster {
  readonly manager: Manager;
  readonly service: MasterService;
  /** Port of the Mesos API. */
  readonly port: number;
}

/**
 * The master as a whole; it listens already, and leads once the manager runs.
 * @throws {OperatingError} CONFIG_INVALID, REGISTRY_CORRUPT, KUBE_…
 */
export async function composeMaster(
  config: MasterConfig,
  clock: Clock,
  logger: Logger,
  signal: AbortSignal,
): Promise<ComposedMaster> {
  const meter = new PromMeter({ defaults: true });
  const basics: MasterBasics = { config, clock, logger, random: new SystemRandom(), meter };
  const http = new HttpComponent({ logger, host: config.ip, port: config.port });
  await http.start();
  const health = (readiness: () => string | undefined): HealthServer =>
    new HealthServer({
      address: config.healthAddress,
      port: config.healthPort,
      liveness: [],
      readiness: [{ name: "manager", failure: readiness }],
      ...(config.metricsOnHealth ? { metrics: () => meter.expose() } : {}),
    });
  const { service, manager } =
    config.cluster === undefined
      ? await composeStandalone(basics, http, health)
      : await composeKubernetesMaster(basics, http, health, signal);
  http.serve(service.handler);
  return { manager, service, port: http.port };
}

/** The one master of a machine without Kubernetes: records in a folder, no election. */
async function composeStandalone(
  basics: MasterBasics,
  http: HttpComponent,
  health: (readiness: () => string | undefined) => HealthServer,
): Promise<{ readonly service: MasterService; readonly manager: Manager }> {
  const { config, clock, logger } = basics;
  const registry = await FileRegistry.open(config.workDir, logger);
  const service = new MasterService({
    ...serviceParts(basics, http.port),
    registry,
    configSource: fixedConfig(config),
  });
  const manager: Manager = new Manager({
    clock,
    logger,
    servers: [health(() => firstFailure(manager)), http],
    activities: [service],
    closers: [() => registry.close()],
  });
  return { service, manager };
}

function fixedConfig(config: MasterConfig): ClusterConfigSource {
  const fixed = standaloneClusterConfig(config);
  return { current: () => fixed, subscribe: () => () => undefined };
}
