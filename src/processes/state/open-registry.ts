import { FileRegistry } from "../../adapters/file-registry/file-registry.ts";
import { connectKubernetes } from "../../adapters/kubernetes/connect.ts";
import { KubeLeaseStore } from "../../adapters/kubernetes/kube-lease-store.ts";
import { openAccess } from "../../adapters/kubernetes/open-access.ts";
import { KubeRegistry } from "../../adapters/kubernetes-registry/kube-registry.ts";
import { PromMeter } from "../../adapters/metrics/prom-meter.ts";
import { MESOS_CLUSTER } from "../../api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import { OperatingError } from "../../api/errors/operating-error.ts";
import type { Registry } from "../../services/offer-engine/ports.ts";
import type { ProcessParts } from "../run-process.ts";
import type { StateConfig } from "./config.ts";

export interface OpenRegistry {
  readonly registry: Registry;
  /** For people: what the records belong to. */
  readonly source: string;
  /** Who leads now; "" when nobody does. A standalone master cannot be asked. */
  readonly leader: () => Promise<string>;
  readonly close: () => Promise<void>;
}

/** The records of a MesosCluster, or of a standalone master's folder. */
export async function openRegistry(
  config: StateConfig,
  parts: ProcessParts,
  signal: AbortSignal,
): Promise<OpenRegistry> {
  if (config.workDir !== undefined) {
    const registry = await FileRegistry.open(config.workDir, parts.logger);
    return {
      registry,
      source: config.workDir,
      leader: () => Promise.resolve(""),
      close: () => registry.close(),
    };
  }
  return openClusterRegistry(config, parts, signal);
}

async function openClusterRegistry(
  config: StateConfig,
  parts: ProcessParts,
  signal: AbortSignal,
): Promise<OpenRegistry> {
  const { cluster: source = "" } = config;
  const [namespace = "", name = ""] = source.split("/");
  const access = await openAccess(config, parts.clock);
  const meter = new PromMeter({ defaults: false });
  const connection = connectKubernetes({ ...parts, access, meter });
  const kube = connection.transport;
  const uid = (await kube.get({ kind: MESOS_CLUSTER, namespace, name }, { signal }))?.metadata.uid;
  if (uid === undefined) {
    await connection.close();
    throw new OperatingError("CONFIG_INVALID", `there is no MesosCluster ${source}`);
  }
  const { group, version, kind } = MESOS_CLUSTER;
  const owner = { apiVersion: `${group}/${version}`, kind, name, uid };
  const lease = new KubeLeaseStore(kube, namespace, `${name}-master`);
  return {
    registry: new KubeRegistry({ kube, namespace, cluster: name, owner, signal }),
    source,
    leader: async () => (await lease.read(signal))?.record.holder ?? "",
    close: () => connection.close(),
  };
}
