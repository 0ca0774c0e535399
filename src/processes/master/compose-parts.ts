import type { HealthCheck } from "../../runtime/manager/health.ts";
import type { Manager } from "../../runtime/manager/manager.ts";
import type {
  MasterService,
  MasterServiceParts,
} from "../../services/offer-engine/master-service.ts";
import type { Advertised } from "../../services/offer-engine/serve/master-info.ts";
import type { MeteredParts } from "../run-process.ts";
import { type MasterConfig, shownFlags } from "./config.ts";

/** The version of Mesos whose interface this is: clients parse it, digits only. */
export const MESOS_VERSION = "1.11.0";

export interface MasterBasics extends MeteredParts {
  readonly config: MasterConfig;
}

/** A master of either kind. */
export interface ManagedMaster {
  readonly manager: Manager;
  readonly service: MasterService;
  /** Beside the manager's own. */
  readonly readiness?: readonly HealthCheck[];
}

/** What both kinds of master have in common. */
export function serviceParts(
  { config, clock, logger, random, log }: MasterBasics,
  port: number,
): Omit<MasterServiceParts, "registry" | "configSource" | "authentication"> {
  return {
    clock,
    random,
    logger,
    log,
    advertised: advertisedOf(config, port),
    version: MESOS_VERSION,
    flags: shownFlags(config),
    lenientInput: config.lenientInput,
    hasTrailingBeat: config.trailingHeartbeat,
    allocation: {
      trigger: config.allocationTrigger,
      intervalMs: config.allocationIntervalMs,
      coalesceMs: config.coalesceMs,
      demandAware: config.demandAware,
      ...(config.allocationSeed === undefined ? {} : { seed: config.allocationSeed }),
    },
  };
}

export function advertisedOf(config: MasterConfig, port: number): Advertised {
  const ip = config.advertiseIp ?? config.podIp;
  return {
    hostname: config.hostname ?? ip,
    ip,
    port: config.advertisePort ?? port,
  };
}
