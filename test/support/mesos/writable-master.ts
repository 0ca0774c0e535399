import { RegistryConfig } from "../../../src/services/offer-engine/serve/registry-config.ts";
import type { ClusterConfig } from "../../../src/services/offer-engine/ports.ts";
import { makeClusterConfig } from "./cluster-config.ts";
import { MemoryRegistry } from "./memory-registry.ts";
import { startTestMaster, type TestMaster } from "./test-master.ts";

/** A master without a MesosCluster: what operators change through its API is kept as records of its Registry. */
export async function startWritableMaster(
  config: Partial<ClusterConfig> = {},
  registry = new MemoryRegistry(),
): Promise<TestMaster> {
  const source = await RegistryConfig.open(registry, makeClusterConfig(config));
  const configWriter = source.writerOf.bind(source);
  return startTestMaster({ registry, parts: { configSource: source, configWriter } });
}
