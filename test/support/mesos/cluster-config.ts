import type {
  ClusterConfig,
  ClusterConfigSource,
} from "../../../src/services/offer-engine/ports.ts";

export function makeClusterConfig(overrides: Partial<ClusterConfig> = {}): ClusterConfig {
  return {
    clusterName: "test",
    rolesAllowed: [],
    roles: [],
    rootSubmissions: true,
    offerTimeoutMs: 5000,
    maxTasksPerOffer: 100,
    heartbeatMs: 15_000,
    failoverTimeoutMaxMs: 4 * 7 * 24 * 3600 * 1000,
    completedFrameworksMax: 50,
    preemption: "Off",
    maintenanceWindows: [],
    recurringWindows: [],
    ...overrides,
  };
}

/** A source whose configuration a test changes with `set`. */
export class FixedConfigSource implements ClusterConfigSource {
  #config: ClusterConfig;
  readonly #listeners = new Set<() => void>();

  constructor(config: ClusterConfig) {
    this.#config = config;
  }

  current(): ClusterConfig {
    return this.#config;
  }

  subscribe(changed: () => void): () => void {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  }

  set(config: ClusterConfig): void {
    this.#config = config;
    for (const listener of this.#listeners) listener();
  }
}
